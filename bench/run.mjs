// The measurement: one Postgres, four servers, the same facts, rounds that take turns. `bench/run` starts it.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { write } from "./directory.mjs";
import { cpuSeconds, freePort, machineSeconds, median, memory, start, stop, stopAll, until } from "./processes.mjs";
import { SERVERS } from "./queries.mjs";

const check = process.argv.includes("--check");
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? (check ? 1 : 3));
const SECONDS = Number(process.env.BENCH_SECONDS ?? (check ? 1 : 5));
const WARM_UP = Number(process.env.BENCH_WARM_UP ?? (check ? 1 : 4));
const CONNECTIONS = Number(process.env.BENCH_CONNECTIONS ?? 16);
const TEAMS_ASKED = 500;
const here = import.meta.dirname;
const { HEARTEN_BINARY: hearten, LIMIT_TARGET } = process.env;
// Hearten refuses settings it does not know, and takes every HEARTEN_… for one.
delete process.env.HEARTEN_BINARY;
const node = join(here, "peers/node_modules/.bin/node");
const NAMES = { hearten: "Hearten", yoga: "graphql-yoga + DataLoader + pg", postgraphile: "PostGraphile 5", limit: "one SQL statement, bare HTTP" };
const PERSONAS = { admin: "admin", "people partner": "partner", "people partner of one division": "partner.sales", executive: "board", manager: "manager", employee: "employee" };

const work = mkdtempSync(join(tmpdir(), "hearten-bench-"));
const say = (text) => console.log(`== ${text}`);
let ended = false;
async function end(code) {
  if (ended) return;
  ended = true;
  await stopAll();
  rmSync(work, { recursive: true, force: true });
  process.exit(code);
}
process.on("SIGINT", () => end(130));
process.on("SIGTERM", () => end(143));

async function startPostgres() {
  const versions = "/usr/lib/postgresql";
  const newest = readdirSync(versions).sort((a, b) => b - a)[0];
  const bin = join(versions, newest, "bin");
  const data = join(work, "postgres");
  mkdirSync(data);
  let as = [];
  // Postgres refuses to run as root.
  if (process.getuid() === 0) {
    const [uid, gid] = ["-u", "-g"].map((flag) => Number(execFileSync("id", [flag, "postgres"])));
    chownSync(data, uid, gid);
    chmodSync(work, 0o755);
    as = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"];
  }
  const run = (...command) => [...as, ...command];
  const [first, ...rest] = run(join(bin, "initdb"), "-D", join(data, "data"), "-U", "hearten", "--auth=trust", "-E", "UTF8", "--locale=C");
  execFileSync(first, rest, { cwd: data, stdio: "ignore" });
  const port = await freePort();
  // The data fits in memory and only reads are measured; jit off is kind to short statements.
  const settings = ["shared_buffers=512MB", "jit=off", "fsync=off", "max_connections=100"].flatMap((one) => ["-c", one]);
  const [command, ...args] = run(join(bin, "postgres"), "-D", join(data, "data"), "-h", "127.0.0.1", "-p", port, "-k", data, ...settings);
  const server = start(command, args, { cwd: data, log: join(work, "postgres.log") });
  server.kind = "postgres";
  await until("Postgres", server, () => spawnSync(join(bin, "pg_isready"), ["-q", "-h", "127.0.0.1", "-p", port]).status === 0);
  const sql = (text) => execFileSync(join(bin, "psql"), ["-h", "127.0.0.1", "-p", port, "-U", "hearten", "-d", "postgres", "-v", "ON_ERROR_STOP=1", "-qAtc", text], { encoding: "utf8" }).trim();
  return { server, sql, url: `postgres://hearten@127.0.0.1:${port}/postgres`, version: newest };
}

/** Starts the demo on Postgres; it seeds an empty database and takes a seeded one as it is. */
async function startHearten(url) {
  const log = join(work, `hearten-${Date.now()}.log`);
  const server = start(hearten, ["demo", "--database-url", url, "--listen", "127.0.0.1:0", "--json"], {
    log,
    // Hundreds of thousands of requests by one person would soon empty the bucket that keeps one person from doing that.
    env: { HEARTEN_GRAPHQL__COST_BUCKET: "2000000000", HEARTEN_GRAPHQL__COST_RESTORED_PER_SECOND: "1000000000" },
  });
  const ready = await until("Hearten", server, () => JSON.parse(readFileSync(log, "utf8").split("\n").find((line) => line.startsWith("{"))));
  const tokens = Object.fromEntries(ready.personas.map(({ role, token }) => [role, token]));
  return { server, url: new URL(ready.graphql).origin, tokens };
}

async function startPeer(command, args, env) {
  const port = await freePort();
  const server = start(command, args, { log: join(work, `${port}.log`), env: { NODE_ENV: "production", GRAPHILE_ENV: "production", PORT: String(port), ...env } });
  return { server, url: `http://127.0.0.1:${port}` };
}

/** One request on a connection of its own. */
async function ask(server, { method, path, headers, body }) {
  const response = await new Promise((resolve, reject) => {
    http.request(server.url + path, { method, headers: { ...headers, ...(body && { "content-length": Buffer.byteLength(body) }) }, agent: false }, resolve)
      .on("error", reject).end(body);
  });
  const text = Buffer.concat(await response.toArray()).toString();
  if (response.statusCode !== 200) throw new Error(`${response.statusCode}: ${text.slice(0, 500)}`);
  const answer = JSON.parse(text);
  if (answer.errors) throw new Error(JSON.stringify(answer.errors).slice(0, 500));
  return { answer, bytes: Buffer.byteLength(text) };
}

/** All servers asked must say the same before any of them is timed. Returns the mean size of each server's answers. */
async function verify(servers, question, subjects) {
  const sizes = Object.fromEntries(Object.keys(servers).map((name) => [name, 0]));
  const empty = new Set();
  const filled = new Set();
  for (const subject of subjects) {
    let expected;
    for (const [name, server] of Object.entries(servers)) {
      const { request, facts } = SERVERS[name][question];
      const { answer, bytes } = await ask(server, request(subject));
      sizes[name] += bytes / subjects.length;
      const said = facts(answer);
      for (const [fact, value] of Object.entries(said)) (value === null || value === 0 || value.length === 0 ? empty : filled).add(fact);
      if (!expected) expected = said;
      else assert.deepEqual(said, expected, `${name} answers ${question} differently`);
    }
  }
  // Servers that agree on nothing agree easily.
  assert.deepEqual([...empty].filter((fact) => !filled.has(fact)), [], `nobody has this in ${question}`);
  return sizes;
}

const quote = (text) => `[==[${text}]==]`;

/** The wrk script that asks for all subjects in turn. The requests are built beforehand. */
function script(name, question, subjects) {
  const requests = subjects.map((subject) => {
    const { method, path, headers, body } = SERVERS[name][question].request(subject);
    const fields = Object.entries(headers).map(([key, value]) => `["${key}"]=${quote(value)}`).join(",");
    return `requests[#requests + 1] = wrk.format("${method}", "${path}", {${fields}}, ${body ? quote(body) : "nil"})`;
  });
  const file = join(work, `${name}-${question}.lua`);
  writeFileSync(file, `local requests, turn = {}, 0
function init(args)
  ${requests.join("\n  ")}
end
function request() turn = turn % #requests + 1; return requests[turn] end
function done(s, l)
  local e = s.errors
  io.write(string.format('\\n{"requests":%d,"seconds":%f,"bytes":%d,"p50":%f,"p99":%f,"errors":%d}\\n', s.requests, s.duration / 1e6, s.bytes,
    l:percentile(50) / 1e3, l:percentile(99) / 1e3, e.connect + e.read + e.write + e.status + e.timeout))
end
`);
  return file;
}

function load(server, postgres, file, seconds) {
  const before = [cpuSeconds(server.server.pid), cpuSeconds(postgres.server.pid), cpuSeconds(process.pid), machineSeconds()];
  const begun = performance.now();
  const out = spawnSync("wrk", ["-t1", `-c${CONNECTIONS}`, `-d${seconds}s`, "--timeout", "10s", "-s", file, server.url], { encoding: "utf8" });
  const wall = (performance.now() - begun) / 1000;
  const after = [cpuSeconds(server.server.pid), cpuSeconds(postgres.server.pid), cpuSeconds(process.pid), machineSeconds()];
  const last = out.stdout.trim().split("\n").pop();
  if (!last.startsWith("{")) throw new Error(`wrk failed:\n${out.stdout}${out.stderr}`);
  const result = JSON.parse(last);
  const [own, database, all, machine] = after.map((value, at) => value - before[at]);
  return {
    rps: result.requests / result.seconds, p50: result.p50, p99: result.p99, errors: result.errors,
    bytes: result.bytes / result.requests,
    cpu: (own * 1e6) / result.requests, database: (database * 1e6) / result.requests,
    // What ran on the machine beside this measurement, in cores.
    others: Math.max(0, machine - all) / wall,
  };
}

async function measure(all, postgres, question, subjects, label) {
  // Some servers leave a question out.
  const servers = Object.fromEntries(Object.entries(all).filter(([name]) => SERVERS[name][question]));
  say(`${label}: do all servers say the same of ${subjects.length} subjects?`);
  const sizes = await verify(servers, question, subjects.slice(0, 60));
  const names = Object.keys(servers);
  const files = Object.fromEntries(names.map((name) => [name, script(name, question, subjects)]));
  for (const name of names) load(servers[name], postgres, files[name], WARM_UP);
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) {
    const cells = {};
    for (const name of names) {
      const cell = load(servers[name], postgres, files[name], SECONDS);
      if (cell.errors) throw new Error(`${name} failed ${cell.errors} requests of ${label}`);
      // An error that is answered with 200 would be a short answer.
      if (cell.bytes < sizes[name] * 0.9) throw new Error(`${name} gave short answers to ${label}`);
      cells[name] = cell;
    }
    rounds.push(cells);
    say(`${label}, round ${round + 1}: ${names.map((name) => `${name} ${cells[name].rps.toFixed(0)}/s`).join(", ")}; others used ${Math.max(...names.map((name) => cells[name].others)).toFixed(2)} cores`);
  }
  return { label, question, sizes, rounds };
}

const spread = (values, digits = 2) => `${median(values).toFixed(digits)} (${Math.min(...values).toFixed(digits)}–${Math.max(...values).toFixed(digits)})`;

function table({ label, rounds }) {
  const limit = "limit" in rounds[0];
  const heads = ["server", "requests/s ÷ PostGraphile", limit && "÷ SQL limit", "requests/s", "p50 ms", "p99 ms", "CPU µs a request, with Postgres's", "PostGraphile's ÷ it", limit && "SQL limit's ÷ it"];
  const row = (cells) => `| ${cells.filter((cell) => cell !== false).join(" | ")} |`;
  const lines = [`\n### ${label}\n`, row(heads), row(heads.map((head) => head && "---"))];
  const work = (cell) => cell.cpu + cell.database;
  for (const name of Object.keys(rounds[0])) {
    const of = (field) => rounds.map((round) => round[name][field]);
    const to = (other) => spread(rounds.map((round) => round[name].rps / round[other].rps));
    const less = (other) => spread(rounds.map((round) => work(round[other]) / work(round[name])));
    lines.push(row([
      NAMES[name], to("postgraphile"), limit && to("limit"), spread(of("rps"), 0), median(of("p50")).toFixed(1), median(of("p99")).toFixed(1),
      `${median(of("cpu")).toFixed(0)} + ${median(of("database")).toFixed(0)}`, less("postgraphile"), limit && less("limit"),
    ]));
  }
  return lines.join("\n");
}

async function inviteEverybody(hearten) {
  const gql = async (query, variables) => {
    const body = JSON.stringify({ query, variables });
    const headers = { "content-type": "application/json", authorization: `Bearer ${hearten.tokens["people partner"]}` };
    const { answer } = await ask(hearten, { path: "/graphql", method: "POST", headers, body });
    const [payload] = Object.values(answer.data);
    if (payload.errors.length) throw new Error(JSON.stringify(payload.errors));
    return payload;
  };
  const text = (text) => [{ locale: "en", text }];
  const question = { key: "well", text: text("How well can you work?"), kind: { rating: { points: 5 } } };
  const draft = { kind: "PULSE", title: text("Whole company pulse"), sections: [{ key: "work", title: text("Work"), questions: [question] }] };
  const { survey } = await gql("mutation($draft: SurveyDraftInput!) { surveyCreate(input: {draft: $draft}) { survey { id } errors { message } } }", { draft });
  await gql("mutation($survey: ID!) { surveyLaunch(input: {survey: $survey}) { errors { message } } }", { survey: survey.id });
}

async function main() {
  say(`load average ${loadavg().map((value) => value.toFixed(2)).join(" ")}`);
  const postgres = await startPostgres();
  say("seeding the demo, importing 2,000 teams and 100,000 persons");
  await stop((await startHearten(postgres.url)).server);
  await write(work);
  execFileSync(hearten, ["import", "--organization", "demo", "--teams", join(work, "teams.csv"), "--persons", join(work, "persons.csv")],
    { env: { ...process.env, HEARTEN_DATABASE__URL: postgres.url, HEARTEN_LOG__FILTER: "warn" }, stdio: ["ignore", "ignore", "inherit"] });
  postgres.sql(readFileSync(join(here, "sql/postgraphile.sql"), "utf8"));
  postgres.sql("vacuum analyze");

  const env = { DATABASE_URL: postgres.url };
  // Postgres would plan the statements of these two again each time, since they take arrays; measured, this spares them a
  // tenth to a third of its work.
  const planned = { DATABASE_URL: `${postgres.url}?options=-c%20plan_cache_mode%3Dforce_generic_plan` };
  const servers = {
    hearten: await startHearten(postgres.url),
    yoga: await startPeer(node, [join(here, "peers/yoga.mjs")], { ...planned, CONNECTIONS: "4" }),
    postgraphile: await startPeer(node, [join(here, "peers/postgraphile.mjs")], { ...planned, CONNECTIONS: "4" }),
    limit: await startPeer(join(LIMIT_TARGET, "release/hearten-bench-limit"), [], {
      ...env, CONNECTIONS: "4", SQL_DIRECTORY: join(here, "sql/directory.sql"), SQL_HOME: join(here, "sql/home.sql"),
    }),
  };
  const { tokens } = servers.hearten;
  const teams = postgres.sql("select id from teams where external_id like 'x%' order by external_id").split("\n");
  const asked = Array.from({ length: TEAMS_ASKED }, (_, at) => ({ team: teams[at * Math.floor(teams.length / TEAMS_ASKED)], token: tokens.employee }));
  const people = Object.entries(PERSONAS).map(([role, email]) => ({ person: postgres.sql(`select id from persons where email = '${email}@demo.example'`), token: tokens[role] }));
  for (const [name, { server, url }] of Object.entries(servers)) {
    const { request } = SERVERS[name].directory;
    await until(name, server, () => ask({ url }, request(asked[0])), 60);
  }

  const results = [
    await measure(servers, postgres, "directory", asked, "Directory"),
    await measure(servers, postgres, "home", people, "Home"),
    await measure(servers, postgres, "homeScreen", people, "The whole home screen"),
  ];
  say("launching a survey that invites everybody");
  await inviteEverybody(servers.hearten);
  postgres.sql("vacuum analyze");
  results.push(await measure(servers, postgres, "home", people, "Home, while everybody is invited to a survey"));
  results.push(await measure(servers, postgres, "homeScreen", people, "The whole home screen, while everybody is invited to a survey"));

  const resident = Object.entries(servers).map(([name, { server }]) => `${NAMES[name]} ${memory(server.pid).toFixed(0)} MiB`);
  const report = [...results.map(table), `\nResident after the load (PSS, all processes): ${resident.join(", ")}.`,
    `\n${ROUNDS} rounds of ${SECONDS} s, ${CONNECTIONS} connections, Postgres ${postgres.version}; at most ${Math.max(...results.flatMap(({ rounds }) => rounds.flatMap((round) => Object.values(round).map((cell) => cell.others)))).toFixed(2)} cores used by others.`].join("\n");
  console.log(report);
  mkdirSync(join(here, "results"), { recursive: true });
  const stamp = new Date().toISOString().replace(/[:.]/g, "-");
  writeFileSync(join(here, "results", `${stamp}.json`), JSON.stringify(results, null, 1));
  writeFileSync(join(here, "results", `${stamp}.md`), report + "\n");
}

main().then(() => end(0), (error) => { console.error(error); return end(1); });
