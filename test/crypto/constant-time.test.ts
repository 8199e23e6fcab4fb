import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const source = join(import.meta.dirname, "../../src");
const read = (file: string) => readFileSync(join(source, file), "utf8");

/** Where something secret is compared with what a caller sends or a database holds. */
const compared: Readonly<Record<string, string>> = {
  "audit/checkpoint.ts": "the MAC of a checkpoint",
  "audit/head.ts": "the MAC of a head",
  "audit/journal-segment.ts": "the MAC of a journal's start",
  "audit/recover-journals.ts": "the MAC of a record that the store has in the same place",
  "audit/verifier.ts": "the MAC of an audit record",
  "crypto/checksum.ts": "a checksum",
  "crypto/key-text.ts": "a key with the default key",
  "crypto/rest-envelope.ts": "a key commitment",
  "crypto/row-mac.ts": "a MAC of a row",
  "crypto/same-bytes.ts": "bytes, for the others here",
  "identity/invite-user.ts": "the code of an invitation",
  "keys/keys-in-use.ts": "the check of a key",
  "login/terminal.ts": "the verifier of a login in a terminal",
  "secrets/compare-namespaces.ts": "values of two secrets",
  "secrets/update-changes.ts": "the digest of a sealed value",
  "store/event-mac.ts": "the MAC of an event",
  "text/secret-value.ts": "a value",
};

const imported =
  /import \{[^}]*\b(?:timingSafeEqual\b[^}]*\} from "node:crypto|isSameBytes \} from "[./a-z]*\/same-bytes\.ts)"/;

describe("comparisons of what is secret", () => {
  it.each(Object.entries(compared))("threat 81: %s compares %s in constant time", (file) => {
    expect(read(file)).toMatch(imported);
    expect(read(file)).toMatch(/\b(?:timingSafeEqual|isSameBytes)\(/);
    expect(read(file)).not.toMatch(/Buffer\.compare\(/);
    // The check of a key is stored in the clear.
    expect(read(file).replaceAll("key.check.equals(", "")).not.toMatch(/\.equals\(/);
  });

  it("threat 81: all that compare in this way are listed", () => {
    const files = globSync("**/*.ts", { cwd: source }).filter((file) => imported.test(read(file)));
    expect(files.sort()).toEqual(Object.keys(compared));
  });

  it.each(["destroy-versions", "open-plan", "restore-version", "update-changes"])(
    "threat 81: secrets/%s.ts compares values by sameValue",
    (name) => {
      expect(read(`secrets/${name}.ts`)).toMatch(/\bsameValue\(/);
    },
  );
});
