import net from "node:net";
import { afterEach, expect, test } from "vitest";
import { type Line, lineTo, startTeamService, type TeamService } from "../support/workers/team-service.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

async function linesOf(service: TeamService): Promise<Line[]> {
  const lines = await Promise.all(service.workers().map((pid) => lineTo(service, pid)));
  cleanups.push(() => {
    for (const line of lines) line.close();
  });
  return lines;
}

/** The statuses of as many calls with each worker, and how often each came. */
async function count(lines: readonly Line[], times: number, token: string) {
  const counts = new Map<number, number>();
  for (let at = 0; at < times; at += 1) {
    for (const line of lines) {
      const { status } = await line.call(token, "GET", "/secret-svc/whoami");
      counts.set(status, (counts.get(status) ?? 0) + 1);
    }
  }
  return counts;
}

test("threat 327: a user has no more calls in a minute with several workers than with one", async () => {
  const env = { SECRET_SVC_CALLS_PER_MINUTE: "20", SECRET_SVC_FAILURES_PER_MINUTE: "10" };
  const service = await startTeamService(cleanups, { env });
  const startMs = performance.now();
  const lines = await linesOf(service);
  const calls = await count(lines, 20, service.token);
  // Each bucket refills while the test runs.
  const refilled = (perMinute: number) =>
    Math.ceil(((performance.now() - startMs) / 60_000) * perMinute) + lines.length;
  expect(calls.get(200)).toBeGreaterThanOrEqual(20);
  expect(calls.get(200)).toBeLessThanOrEqual(20 + refilled(20));
  expect(calls.get(429)).toBeGreaterThan(0);
  const failures = await count(lines, 20, `oo_${"A".repeat(43)}`);
  expect(failures.get(401)).toBeGreaterThanOrEqual(10);
  expect(failures.get(401)).toBeLessThanOrEqual(10 + refilled(10));
});

test("threat 327: an address has no more connections with several workers than with one", async () => {
  const service = await startTeamService(cleanups, { env: { SECRET_SVC_CONNECTIONS_PER_ADDRESS: "8" } });
  const { port } = new URL(service.url);
  const open = new Set<net.Socket>();
  for (let at = 0; at < 60; at += 1) {
    const socket = net.connect(Number(port), "127.0.0.1");
    socket.on("error", () => {});
    open.add(socket);
    socket.once("close", () => open.delete(socket));
    socket.write("GET /healthz HTTP/1.1\r\nhost: a\r\n");
  }
  cleanups.push(() => {
    for (const socket of open) socket.destroy();
  });
  await expect.poll(() => open.size, { timeout: 10_000 }).toBeLessThanOrEqual(8);
});
