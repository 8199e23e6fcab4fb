import { Writable } from "node:stream";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createOutput, wantsProgress } from "../../src/cli/print/output.ts";
import { createCounter, waitVisibly, withProgress } from "../../src/cli/print/progress.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const clear = "\r\x1b[K";

function record(isTTY: boolean, { columns, mayProgress }: { columns?: number; mayProgress?: boolean } = {}) {
  const written: string[] = [];
  const stream = () => {
    const write = (chunk: string, _: unknown, done: () => void) => {
      written.push(chunk);
      done();
    };
    return Object.assign(new Writable({ decodeStrings: false, write }), { isTTY, ...(columns && { columns }) });
  };
  return {
    written,
    output: createOutput({
      stdout: stream(),
      stderr: stream(),
      exit: () => undefined,
      mayColour: false,
      ...(mayProgress !== undefined && { mayProgress }),
    }),
  };
}

/** Work that goes on until it is aborted. */
function startWork(output: ReturnType<typeof createOutput>) {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  return { done: withProgress(output, "saving", 500, () => promise), resolve, reject };
}

test("on a terminal the line counts seconds, and goes when the work ends", async () => {
  const { written, output } = record(true);
  const { done, resolve } = startWork(output);
  await vi.advanceTimersByTimeAsync(400);
  expect(written).toEqual([]);
  await vi.advanceTimersByTimeAsync(2200);
  resolve("result");
  expect(await done).toBe("result");
  output.result("result\n");
  expect(written).toEqual([
    `${clear}saving 500 secrets…`,
    `${clear}saving 500 secrets… 1 s`,
    `${clear}saving 500 secrets… 2 s`,
    clear,
    "result\n",
  ]);
  await vi.advanceTimersByTimeAsync(5000);
  expect(written).toHaveLength(5);
});

test("a hint meanwhile gets a line of its own; a failure leaves none behind", async () => {
  const { written, output } = record(true);
  const { done, reject } = startWork(output);
  await vi.advanceTimersByTimeAsync(500);
  output.hint("note");
  await vi.advanceTimersByTimeAsync(1000);
  reject(new Error("failed"));
  await expect(done).rejects.toThrow("failed");
  expect(written).toEqual([
    `${clear}saving 500 secrets…`,
    clear,
    "oo: hint: note\n",
    `${clear}saving 500 secrets… 1 s`,
    clear,
  ]);
});

test("nothing elsewhere, nor with --quiet, which leaves hints out too and errors in", async () => {
  const elsewhere = record(false);
  const quiet = record(true);
  quiet.output.beQuiet();
  for (const { output } of [elsewhere, quiet]) {
    const { done, resolve } = startWork(output);
    await vi.advanceTimersByTimeAsync(5000);
    resolve("");
    await done;
    output.hint("note");
    output.error("wrong");
  }
  expect(elsewhere.written).toEqual(["oo: hint: note\n", "oo: error: wrong\n"]);
  expect(quiet.written).toEqual(["oo: error: wrong\n"]);
});

test("work without a pause shows how far it is, at most once a second", () => {
  const { written, output } = record(true);
  let nowMs = 0;
  const count = createCounter(output, () => nowMs);
  for (; nowMs < 2_600; nowMs += 100) count(() => `${nowMs} MB`);
  output.result("done\n");
  expect(written).toEqual([`${clear}500 MB`, `${clear}1500 MB`, `${clear}2500 MB`, clear, "done\n"]);
});

test("a call of one second says so, but not while the work that makes it shows more", async () => {
  const { written, output } = record(true);
  const { promise, resolve } = Promise.withResolvers<string>();
  const called = waitVisibly(output, () => promise);
  const { done, resolve: end } = startWork(output);
  const within = waitVisibly(output, () => promise);
  await vi.advanceTimersByTimeAsync(1600);
  resolve("answer");
  end("result");
  expect(await Promise.all([called, within, done])).toEqual(["answer", "answer", "result"]);
  expect(written.filter((text) => text.includes("waiting for the service"))).toEqual([
    `${clear}waiting for the service…`,
    `${clear}waiting for the service… 1 s`,
  ]);
});

test("a line that is replaced fits the terminal, whatever its width", () => {
  const { written, output } = record(true, { columns: 20 });
  output.progress("importing 600 secrets… 12 s");
  output.progress("importing 600 secre");
  output.progress("importing 600 secret");
  expect(written).toEqual([
    `${clear}importing 600 secr…`,
    `${clear}importing 600 secre`,
    `${clear}importing 600 secr…`,
  ]);
});

test("there is none in CI, nor on a terminal that replaces nothing", () => {
  const { written, output } = record(true, { mayProgress: false });
  output.progress("importing 600 secrets…");
  output.hint("note");
  expect(written).toEqual(["oo: hint: note\n"]);
  expect([{ CI: "true" }, { TERM: "dumb" }].map((env) => wantsProgress(env))).toEqual([false, false]);
  expect([{}, { CI: "" }, { TERM: "xterm", NO_COLOR: "1" }].map((env) => wantsProgress(env))).toEqual([
    true,
    true,
    true,
  ]);
});
