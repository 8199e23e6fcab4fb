import { monitorEventLoopDelay } from "node:perf_hooks";
import { gzipSync } from "node:zlib";
import { Code } from "@connectrpc/connect";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Fixture, jsonHeaders, send, startServer } from "../support/http/fixture.ts";
import { callGrpc, gzipBomb } from "../support/http/gzip-calls.ts";

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startServer();
});
afterAll(() => fixture.server.close());

test("threat 66: gzip bombs, many at a time, hold neither the event loop nor memory", async () => {
  const path = "/secret-svc/secrets";
  const headers = { ...jsonHeaders, "content-encoding": "gzip" };
  const bytes = await gzipBomb(200);
  expect(bytes.length).toBeLessThan(300_000);
  await send(fixture, "POST", path, gzipSync("{}"), headers);
  await callGrpc(fixture, gzipSync(""), 1, "gzip");
  const rss = process.memoryUsage().rss;
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const answers = await Promise.all(Array.from({ length: 10 }, () => send(fixture, "POST", path, bytes, headers)));
  const statuses = await Promise.all(Array.from({ length: 10 }, () => callGrpc(fixture, bytes, 1, "gzip")));
  delay.disable();
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([429]));
  expect(new Set(statuses)).toEqual(new Set([String(Code.ResourceExhausted)]));
  expect(delay.max / 1e6).toBeLessThan(50);
  expect(process.memoryUsage().rss - rss).toBeLessThan(150 * 1024 * 1024);
});
