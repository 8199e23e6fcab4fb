import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";

/** A vector: what it shows, what must come of it, and the fields of its kind. */
export interface Vector {
  readonly name: string;
  readonly expect: string;
}

/**
 * Tests that `test/vectors/<file>` is what `build` makes, then runs `check` on each vector that the file holds. The
 * files are data that other implementations also read. They are rewritten with UPDATE_GOLDEN=1, never under CI.
 *
 * `allowed` names the fields that a vector may have: an unknown one fails, since a check that no one makes is worse
 * than none.
 */
export function describeVectors<T extends Vector>(
  file: string,
  about: string,
  allowed: readonly (keyof T & string)[],
  build: () => Promise<readonly T[]> | readonly T[],
  check: (vector: T) => void | Promise<void>,
): void {
  const path = new URL(`../../vectors/${file}`, import.meta.url);
  const update = process.env.UPDATE_GOLDEN === "1";

  test(`${file} is what the generator makes`, async () => {
    if (update && process.env.CI !== undefined) expect.unreachable("vectors are never rewritten under CI");
    const text = `${JSON.stringify({ about, vectors: await build() }, undefined, 2)}\n`;
    if (update) writeFileSync(path, text);
    expect(readFileSync(path, "utf8")).toBe(text);
  });

  const vectors = existsSync(path) && !update ? readVectors<T>(path) : [];
  test.runIf(vectors.length > 0).each(vectors)(`${file}: $name: $expect`, async (vector) => {
    for (const field of Object.keys(vector)) expect(allowed, "fields that the runner knows").toContain(field);
    await check(vector);
  });
}

function readVectors<T>(path: URL): readonly T[] {
  const { vectors } = JSON.parse(readFileSync(path, "utf8")) as { vectors: readonly T[] };
  return vectors;
}

/** Fails on fields of a nested object that the runner does not know. */
export function expectFields(value: object, allowed: readonly string[]): void {
  for (const field of Object.keys(value)) expect(allowed, "fields that the runner knows").toContain(field);
}

export function fromHex(text: string): Buffer {
  const bytes = Buffer.from(text, "hex");
  expect(bytes.toString("hex"), "lower-case hex").toBe(text);
  return bytes;
}
