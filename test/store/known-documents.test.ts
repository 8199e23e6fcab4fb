import { BSON } from "mongodb";
import { describe, expect, test } from "vitest";
import { fromSecret } from "../../src/store/mongo/rows/documents.ts";
import { createKnownDocuments } from "../../src/store/mongo/rows/known-documents.ts";
import { createRawSecrets } from "../../src/store/mongo/rows/raw-secret.ts";
import type { StoredSecret } from "../../src/store/secret-rows.ts";
import { aSecret } from "../support/store/rows.ts";

/** As a reply has it: other memory each time. */
function readBy(known = createKnownDocuments()) {
  return (secret: StoredSecret, operation = "op") => {
    const before = Buffer.alloc(3);
    const reply = Buffer.concat([before, BSON.serialize({ _id: secret.id, ...fromSecret(secret, operation) })]);
    const found = known(reply, before.length, createRawSecrets(reply).secretAt);
    // What was read must not change with the reply.
    reply.fill(0xff);
    return found;
  };
}

describe("a document that was read before", () => {
  test("is the same secret, which is frozen and has bytes of its own, as long as all of its bytes are equal", () => {
    const read = readBy();
    const stored = aSecret("a");
    const first = read(stored);
    expect(first).toEqual(stored);
    expect(Object.isFrozen(first)).toBe(true);
    expect(read(stored)).toBe(first);
    const edited: Partial<StoredSecret>[] = [
      { tenant: "other" },
      { id: "sec_2" },
      { version: 2 },
      { owner: "mallory" },
      { lists: { ...first.lists, readers: [...first.lists.readers, "mallory"] } },
      { metadata: [["x", "y"]] },
      { updatedAtMs: first.updatedAtMs + 1 },
      { removed: true },
      { kid: "0".repeat(16) },
      { envelope: first.envelope.map((byte, at) => (at === 5 ? byte ^ 1 : byte)) },
    ];
    for (const fields of edited) {
      const secret = { ...stored, ...fields };
      expect(read(secret)).not.toBe(first);
      expect(read(secret)).toEqual(secret);
    }
    expect(read(stored)).toBe(first);
  });

  test("is read anew when it has more than 4 KiB", () => {
    const stored = aSecret("a");
    const sized = (chars: number) => ({ ...stored, metadata: [["n", "x".repeat(chars)] as const] });
    const least = BSON.calculateObjectSize({ _id: sized(0).id, ...fromSecret(sized(0), "op") });
    const areSame = (chars: number) => {
      const read = readBy();
      const secret = sized(chars);
      const first = read(secret);
      return read(secret) === first;
    };
    expect([areSame(4096 - least), areSame(4097 - least)]).toEqual([true, false]);
  });

  test("is forgotten, the oldest first, when there are too many", () => {
    const read = readBy(createKnownDocuments(2));
    const [inA, inB] = [aSecret("a"), aSecret("b")];
    const [a, b] = [read(inA), read(inB)];
    expect([read(inA) === a, read(inB) === b]).toEqual([true, true]);
    read(aSecret("c"));
    expect(read(inB)).toBe(b);
    expect(read(inA)).not.toBe(a);
  });
});
