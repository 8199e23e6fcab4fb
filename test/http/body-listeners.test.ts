import { PassThrough } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { readBody } from "../../src/http/call/body.ts";
import { Traffic } from "../../src/http/call/traffic.ts";

const options = {
  limitBytes: 10,
  framingBytes: 0,
  declared: undefined,
  smallBytes: 10,
  traffic: new Traffic(() => {}),
  makeRoom: (_bytes: number, done: (error: unknown) => void) => done(undefined),
};

/** Gives only a weak reference to the one who waits for the body. */
function waitForBody(source: PassThrough, bodies: string[]): WeakRef<object> {
  const done = (_error: unknown, bytes: Buffer) => void bodies.push(bytes.toString());
  readBody(source, options, done);
  return new WeakRef(done);
}

it("a stream whose body was read, or refused, does not hold on to its waiters", async () => {
  setFlagsFromString("--expose-gc");
  const collectGarbage: () => void = runInNewContext("gc");
  const bodies: string[] = [];
  const streams = ["read", "longer than ten bytes"].map((text) => {
    const source = new PassThrough();
    const waiting = waitForBody(source, bodies);
    source.end(text);
    return { source, waiting };
  });
  // Weak references hold until the end of the turn that made them.
  for (let turn = 0; turn < 10; turn += 1) await nextTurn();
  expect(bodies.toSorted()).toEqual(["", "read"]);
  collectGarbage();
  expect(streams.map(({ waiting }) => waiting.deref())).toEqual([undefined, undefined]);
  expect(streams.map(({ source }) => source.listenerCount("data") + source.listenerCount("end"))).not.toEqual([0, 0]);
});
