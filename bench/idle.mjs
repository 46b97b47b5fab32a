// How soon the demo answers, and what it then holds in memory.
//
//   node bench/idle.mjs [BINARY] [STARTS]    target/release/hearten, 5 starts
//
// Each start is a new demo: a temporary SQLite file, migrated and seeded with 150 people, two published surveys and an
// open one. Measured from the start of the process: until the answer to the first query has arrived, and the resident
// memory after ten idle seconds. A demo started again on its directory does not seed.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { median, start, stop, stopAll } from "./processes.mjs";

const binary = process.argv[2] ?? join(import.meta.dirname, "../target/release/hearten");
const starts = Number(process.argv[3] ?? 5);
const query = JSON.stringify({ query: "{ viewer { person { displayName } } }" });

async function once(directory, index, idle) {
  const log = join(directory, `${index}.log`);
  const begun = performance.now();
  const server = start(binary, ["demo", "--listen", "127.0.0.1:0", "--json", "--directory", join(directory, "data")], { log });
  let ready;
  while (!ready) {
    if (server.exitCode !== null || performance.now() - begun > 60_000) throw new Error(readFileSync(log, "utf8"));
    await sleep(2);
    const line = readFileSync(log, "utf8").split("\n", 2);
    if (line.length === 2) ready = JSON.parse(line[0]);
  }
  const headers = { "content-type": "application/json", authorization: `Bearer ${ready.personas[0].token}` };
  const answer = await (await fetch(ready.graphql, { method: "POST", headers, body: query })).json();
  const first = (performance.now() - begun) / 1000;
  if (!answer.data?.viewer.person.displayName) throw new Error(JSON.stringify(answer));
  await sleep(idle);
  const status = readFileSync(`/proc/${server.pid}/status`, "utf8");
  const field = (name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)[1]) / 1024;
  const found = { first, resident: field("VmRSS"), own: field("RssAnon") };
  await stop(server);
  return found;
}

const spread = (values, digits) => `${median(values).toFixed(digits)} (${Math.min(...values).toFixed(digits)}–${Math.max(...values).toFixed(digits)})`;
const directory = mkdtempSync(join(tmpdir(), "hearten-idle-"));
try {
  console.log(`load average ${loadavg()[0].toFixed(2)}; median (least–most) of ${starts} starts`);
  const fresh = [];
  const again = [];
  for (let index = 0; index < starts; index++) {
    rmSync(join(directory, "data"), { recursive: true, force: true });
    fresh.push(await once(directory, `${index}-new`, 10_000));
    again.push(await once(directory, `${index}-again`, 0));
  }
  console.log(`first answer, new demo:      ${spread(fresh.map((one) => one.first), 2)} s`);
  console.log(`first answer, started again: ${spread(again.map((one) => one.first), 2)} s`);
  console.log(`idle resident memory:        ${spread(fresh.map((one) => one.resident), 1)} MiB, of it not backed by files ${spread(fresh.map((one) => one.own), 1)} MiB`);
} finally {
  await stopAll();
  rmSync(directory, { recursive: true, force: true });
}
