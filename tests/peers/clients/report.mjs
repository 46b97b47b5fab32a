// What every script here tells the test that runs it: one line of JSON, {"figures": …, "failures": [{"name", "reason"}]}.

import assert from 'node:assert/strict';

const PATIENCE_MS = 30_000;
const failures = [];
const tallies = new Map();

// Runs one check of a group. It fails by throwing, and by taking longer than any check here should.
export async function check(group, name, body) {
  const tally = tallies.get(group) ?? { passed: 0, all: 0 };
  tallies.set(group, tally);
  tally.all += 1;
  let alarm;
  const late = new Promise((_, reject) => {
    alarm = setTimeout(() => reject(new Error(`not done within ${PATIENCE_MS / 1000} s`)), PATIENCE_MS);
  });
  try {
    await Promise.race([body(), late]);
    tally.passed += 1;
  } catch (error) {
    failures.push({ name: `${group}: ${name}`, reason: told(error) });
  } finally {
    clearTimeout(alarm);
  }
}

// Clients throw errors, lists of GraphQL errors, and the closing of a socket.
function told(error) {
  const closed = error?.code === undefined ? '' : ` (${error.code})`;
  const text = error?.message || error?.reason || (Array.isArray(error) ? JSON.stringify(error) : String(error));
  return `${text}${closed}`.slice(0, 600);
}

// Ends the process, so that a connection that somebody left open does not keep it.
export function finish() {
  const figures = [...tallies].map(([group, { passed, all }]) => `${group} ${passed}/${all}`).join(', ');
  process.stdout.write(`${JSON.stringify({ figures, failures })}\n`, () => process.exit(failures.length ? 1 : 0));
}

// The server under test: where it is, and who asks. The tokens come by the environment, because arguments are seen by
// everybody on the machine.
export const url = process.argv[2];
export const tokens = JSON.parse(process.env.PEER_TOKENS ?? '{}');
export const bearer = (role) => ({ authorization: `Bearer ${tokens[role]}` });
export const socketUrl = url?.replace(/^http/, 'ws');

export async function ask(role, query, variables) {
  const headers = { 'content-type': 'application/json', ...bearer(role) };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
  const answer = await response.json();
  assert.ok(!answer.errors, JSON.stringify(answer.errors));
  return answer.data;
}

// A survey whose results are out: a subscription to it answers at once and ends.
export async function publishedSurvey(role) {
  const { surveys } = await ask(role, '{ surveys(first: 1, filter: { state: PUBLISHED }) { nodes { id } } }');
  assert.ok(surveys.nodes.length, 'the demo has no published survey');
  return surveys.nodes[0].id;
}

// What an asynchronous iterator yields until it ends by itself.
export async function all(iterator) {
  const values = [];
  for await (const value of iterator) values.push(value);
  return values;
}
