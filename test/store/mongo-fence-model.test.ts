import { expect, it } from "vitest";
import { type Conditions, findStaleAnswer } from "../support/store/fence-model.ts";

const all: Conditions = { proofBeforeQuery: true, proofIsNew: true, sameElection: true };

it("threat 301: nothing that can happen in the model lets out an answer that is older than the bound", () => {
  const { stale, states } = findStaleAnswer(all);
  expect(stale).toBeUndefined();
  expect(states).toBeGreaterThan(5_000);
});

it.each(Object.keys(all))("threat 301: without the condition %s one comes out", (left) => {
  const { stale } = findStaleAnswer({ ...all, [left]: false });
  expect(stale?.at(-1)).toBe("its answer leaves");
});
