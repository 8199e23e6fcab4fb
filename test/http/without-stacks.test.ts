import { EventEmitter } from "node:events";
import type { Duplex } from "node:stream";
import { expect, it } from "vitest";
import { closeWithoutStacks, withoutStacks } from "../../src/http/connection/without-stacks.ts";

const hasStack = () => (new Error("x").stack ?? "").includes(" at ");

it("threat 251: an error has no stack while connections are ended, and one afterwards", () => {
  let inside = true;
  withoutStacks(() => {
    inside = hasStack();
  });
  expect([inside, hasStack()]).toEqual([false, true]);
  const failing = () => {
    throw new TypeError("unexpected");
  };
  expect(() => withoutStacks(failing)).toThrow(TypeError);
  expect(hasStack()).toBe(true);
});

it("threat 251: what Node does when a socket closes makes no stacks, and other listeners have theirs", () => {
  const socket = new EventEmitter();
  const seen: boolean[] = [];
  socket.on("close", () => seen.push(hasStack()));
  closeWithoutStacks(socket as Duplex);
  socket.on("close", () => seen.push(hasStack()));
  socket.emit("close");
  expect(seen).toEqual([false, true]);
});
