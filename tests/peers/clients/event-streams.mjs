// Server-sent events: the stream as it goes over the wire, then the client of the protocol (`graphql-sse`).
//
// usage: PEER_TOKENS='{"people partner": …}' node event-streams.mjs URL

import assert from 'node:assert/strict';
import { createClient } from 'graphql-sse';
import { all, bearer, check, finish, publishedSurvey, url } from './report.mjs';

const ENDLESS = 'subscription { publicationAppeared { id } }';
const ONE = 'subscription ($survey: ID!) { publicationAppeared(survey: $survey) { id survey { id } } }';
const variables = { survey: await publishedSurvey('people partner') };

function stream(query, init = {}) {
  const headers = { ...bearer('people partner'), accept: 'text/event-stream', 'content-type': 'application/json' };
  return fetch(url, { method: 'POST', headers, body: JSON.stringify({ query, variables }), ...init });
}

await check('streams', 'headers', async () => {
  const response = await stream(ONE);
  assert.equal(response.status, 200);
  assert.match(response.headers.get('content-type'), /^text\/event-stream/);
  assert.match(response.headers.get('cache-control'), /no-store/);
  await response.text();
});
await check('streams', 'next with data, then complete, then the end', async () => {
  const text = await (await stream(ONE)).text();
  const events = text.replaceAll('\r\n', '\n').split('\n\n').filter((event) => event.trim() && !event.startsWith(':'));
  assert.equal(events.length, 2, text);
  const [, data] = /^event: ?next\ndata: ?(.+)$/.exec(events[0]) ?? assert.fail(text);
  assert.equal(JSON.parse(data).data.publicationAppeared.survey.id, variables.survey);
  assert.match(events[1], /^event: ?complete/);
});
await check('streams', 'a stream is open before anything happens', async () => {
  const leave = new AbortController();
  const response = await stream(ENDLESS, { signal: leave.signal });
  assert.equal(response.status, 200);
  leave.abort();
});

const client = createClient({ url, headers: bearer('people partner'), retryAttempts: 0 });
await check('graphql-sse', 'a subscription yields its event and ends', async () => {
  const events = await all(client.iterate({ query: ONE, variables }));
  assert.deepEqual(events.map(({ data }) => data.publicationAppeared.survey.id), [variables.survey]);
});
await check('graphql-sse', 'a query yields one answer', async () => {
  const answers = await all(client.iterate({ query: '{ __typename }' }));
  assert.deepEqual(answers.map(({ data }) => data), [{ __typename: 'Query' }]);
});
await check('graphql-sse', 'what does not validate yields its errors', async () => {
  // The protocol lets the server choose between an event with errors and a refused request.
  const answers = await all(client.iterate({ query: '{ noSuchField }' })).catch((error) => [{ errors: [error] }]);
  assert.ok(answers[0].errors.length, JSON.stringify(answers));
});
await check('graphql-sse', 'an endless subscription can be left', async () => {
  const endless = client.iterate({ query: ENDLESS });
  const first = endless.next();
  await endless.return();
  assert.equal((await first).done, true);
});
client.dispose();
finish();
