/**
 * Loaded into the service under attack: writes down each turn of its event loop that took long, as when it ended (ms
 * since 1970), how long it took, and how long the processor worked in this thread meanwhile. The rest is what the
 * thread waited for the processor.
 */
import { appendFileSync } from "node:fs";
import { isMainThread } from "node:worker_threads";

const file = process.env.ATTACK_TURNS;
const stepMs = 5;
const longMs = 25;

if (isMainThread && file !== undefined) {
  const lines: string[] = [];
  let lastMs = performance.now();
  let last = process.threadCpuUsage();
  setInterval(() => {
    const nowMs = performance.now();
    const { user, system } = process.threadCpuUsage(last);
    const workedMs = (user + system) / 1000;
    if (nowMs - lastMs > longMs) lines.push(`${Date.now()} ${Math.round(nowMs - lastMs)} ${Math.round(workedMs)}\n`);
    lastMs = nowMs;
    last = process.threadCpuUsage();
  }, stepMs).unref();
  setInterval(() => {
    if (lines.length > 0) appendFileSync(file, lines.splice(0).join(""));
  }, 250).unref();
}
