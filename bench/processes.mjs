// Starting servers, ending them by pid, and reading from /proc what they use.
import { execFileSync, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync, readdirSync } from "node:fs";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const running = new Set();

/** Starts a program; its output goes to `log`. It is ended with this one. */
export function start(command, args, { log, env = {}, cwd } = {}) {
  const out = log ? openSync(log, "a") : "ignore";
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ["ignore", out, out] });
  if (log) closeSync(out);
  child.log = log;
  child.done = new Promise((resolve) => child.once("close", resolve));
  child.once("error", (error) => console.error(`${command}: ${error.message}`));
  running.add(child);
  child.done.then(() => running.delete(child));
  return child;
}

/** Ends a program, kindly first. */
export async function stop(child, signal = "SIGTERM") {
  if (!running.has(child)) return;
  const below = tree(child.pid);
  child.kill(signal);
  if (!(await Promise.race([child.done.then(() => true), sleep(10_000, false, { ref: false })]))) child.kill("SIGKILL");
  for (const pid of below) if (pid !== child.pid) try { process.kill(pid, "SIGTERM"); } catch { /* it went with its parent */ }
}

export async function stopAll() {
  for (const child of [...running].reverse()) await stop(child, child.kind === "postgres" ? "SIGINT" : "SIGTERM");
}

/** A port that was free a moment ago. */
export function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Calls `probe` until it returns something. */
export async function until(what, child, probe, seconds = 120) {
  const end = Date.now() + seconds * 1000;
  while (Date.now() < end) {
    if (child.exitCode !== null) break;
    try {
      const found = await probe();
      if (found) return found;
    } catch { /* not yet */ }
    await sleep(100);
  }
  throw new Error(`${what} did not start:\n${child.log ? readFileSync(child.log, "utf8").slice(-2000) : ""}`);
}

const stat = (pid) => readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");

/** A process and everything below it. */
export function tree(root) {
  const children = new Map();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const parent = Number(stat(name)[1]);
      children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
    } catch { /* gone */ }
  }
  const found = [root];
  for (const pid of found) found.push(...(children.get(pid) ?? []));
  return found;
}

const TICK = 1 / Number(execFileSync("getconf", ["CLK_TCK"]));

/** CPU seconds that a process and everything below it have used, with those below that have ended. */
export function cpuSeconds(root) {
  let ticks = 0;
  for (const pid of tree(root)) {
    try {
      const fields = stat(pid);
      for (const at of [11, 12, 13, 14]) ticks += Number(fields[at]);
    } catch { /* gone */ }
  }
  return ticks * TICK;
}

/** CPU seconds that the whole machine was busy. */
export function machineSeconds() {
  const [user, nice, system, , , irq, soft, steal] = readFileSync("/proc/stat", "utf8").split("\n")[0].trim().split(/\s+/).slice(1).map(Number);
  return (user + nice + system + irq + soft + steal) * TICK;
}

/** Resident memory of a process and everything below it, in MiB; shared pages count once (PSS). */
export function memory(root) {
  let kilobytes = 0;
  for (const pid of tree(root)) {
    try {
      kilobytes += Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))[1]);
    } catch { /* gone */ }
  }
  return kilobytes / 1024;
}

export const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};
