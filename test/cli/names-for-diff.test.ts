import { expect, test } from "vitest";
import { namesForDiff } from "../../src/cli/git/names-for-diff.ts";

test("a diff shows that bytes have changed, and never what they are", () => {
  const shown = (base64: string) => namesForDiff(`key: K\nvalue: !!binary "${base64}"\n`, Buffer.alloc(32, 1));
  expect(shown("AAECAwQF")).toContain("bytes, not sealed");
  expect(shown("AAECAwQF")).not.toBe(shown("BBECAwQF"));
  expect(shown("AAECAwQF")).not.toContain("AAECAwQF");
});
