import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

/** Parameters of a group, and its tests, as Wycheproof's files have them. */
export interface WycheproofGroup {
  readonly keySize: number;
  readonly ivSize?: number;
  readonly tagSize?: number;
  readonly tests: readonly WycheproofCase[];
}

/** One test: hex strings by name, and what must come of it. */
export interface WycheproofCase {
  readonly tcId: number;
  readonly comment: string;
  readonly result: "valid" | "invalid" | "acceptable";
  readonly size?: number;
  readonly [name: string]: unknown;
}

const folder = fileURLToPath(new URL("../../vectors/wycheproof", import.meta.url));

/** Runs `check` on every case of a Wycheproof file in `test/vectors/wycheproof`; `count` is how many it must have. */
export function describeWycheproof(
  file: string,
  count: number,
  check: (group: WycheproofGroup, vector: WycheproofCase) => void,
): void {
  const path = `${folder}/${file}`;
  describe(`Wycheproof ${file}`, () => {
    const { testGroups } = JSON.parse(readFileSync(path, "utf8")) as { testGroups: WycheproofGroup[] };
    const cases = testGroups.flatMap((group) => group.tests.map((vector) => ({ group, vector })));
    test("has all its cases", () => expect(cases).toHaveLength(count));
    test.each(cases)("case $vector.tcId: $vector.result", ({ group, vector }) => check(group, vector));
  });
}

/** A hex field of a case. */
export function hexOf(vector: WycheproofCase, name: string): Buffer {
  const text = vector[name];
  if (typeof text !== "string") throw new Error(`case ${vector.tcId} has no ${name}`);
  return Buffer.from(text, "hex");
}
