import { expect, test } from "vitest";
import { createTurns } from "../../src/flow/turns.ts";

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

test("each piece of work has a turn of the event loop of its own, in order", async () => {
  const turns = createTurns();
  const done: string[] = [];
  turns.run(() => {
    done.push("first");
    turns.run(() => done.push("third"));
  });
  turns.run(() => done.push("second"));
  expect(done).toEqual([]);
  const seen: string[][] = [];
  for (let at = 0; at < 3; at += 1) {
    await turn();
    seen.push([...done]);
  }
  expect(seen).toEqual([["first"], ["first", "second"], ["first", "second", "third"]]);
});
