import { describe, expect, test } from "vitest";
import { applyEdits, sealedValueEdits } from "../../src/cli/files/sealed-value-edits.ts";
import { readSecretFile } from "../../src/cli/formats/secret-file.ts";

const sealed = { value: "seal.v1.X", checksum: "12345678", checksumAlgorithm: "CRC32" };

function sealAll(text: string): string {
  const entries = readSecretFile("a.yaml", text).filter(({ input }) => input.encrypted !== true);
  return applyEdits(
    text,
    entries.flatMap(({ entry }) => sealedValueEdits(text, entry, sealed)),
  );
}

describe("a value is replaced and nothing else", () => {
  test.each([
    ["key: A\nvalue: b", "key: A\nvalue: seal.v1.X\nencrypted: true"],
    ["key: A\nvalue: b # why\nreaders: []\n", "key: A\nvalue: seal.v1.X # why\nencrypted: true\nreaders: []\n"],
    ["- value: b\n  key: A\n", "- value: seal.v1.X\n  encrypted: true\n  key: A\n"],
    ["-   key: A\n    value: 'it''s'\n", "-   key: A\n    value: seal.v1.X\n    encrypted: true\n"],
    ['{key: A, value: "b\\"", readers: [x]}\n', "{key: A, value: seal.v1.X, encrypted: true, readers: [x]}\n"],
    ["key: A\r\nvalue: b\r\nid: x\r\n", "key: A\r\nvalue: seal.v1.X\r\nencrypted: true\r\nid: x\r\n"],
    [
      "key: A\nvalue: |  # why\n  b\n  c\n\nreaders: []\n",
      "key: A\nvalue: seal.v1.X  # why\nencrypted: true\n\nreaders: []\n",
    ],
    ["key: A\nvalue: >-\n  b\n  c", "key: A\nvalue: seal.v1.X\nencrypted: true"],
    ["key: A\nvalue: |2+\n    b\n\n# end\n", "key: A\nvalue: seal.v1.X\nencrypted: true\n\n# end\n"],
    ["key: A\nvalue: b\n  c\nid: x", "key: A\nvalue: seal.v1.X\nencrypted: true\nid: x"],
    ["key: A\nencrypted: false # not yet\nvalue: b\n", "key: A\nencrypted: true # not yet\nvalue: seal.v1.X\n"],
    [
      "key: A\nvalue: b\nchecksum: 00000000\nchecksumAlgorithm: CRC32\n",
      'key: A\nvalue: seal.v1.X\nencrypted: true\nchecksum: "12345678"\nchecksumAlgorithm: CRC32\n',
    ],
    ['"key": A\n"value": b\n', '"key": A\n"value": seal.v1.X\nencrypted: true\n'],
    ["key: A\nvalue:\n  b\n", "key: A\nvalue:\n  seal.v1.X\nencrypted: true\n"],
    [
      "---\nkey: A\nvalue: b\n---\nkey: B\nvalue: c\n",
      "---\nkey: A\nvalue: seal.v1.X\nencrypted: true\n---\nkey: B\nvalue: seal.v1.X\nencrypted: true\n",
    ],
    [
      "- key: A\n  value: seal.v1.old\n  encrypted: true\n- key: B\n  value: c\n",
      "- key: A\n  value: seal.v1.old\n  encrypted: true\n- key: B\n  value: seal.v1.X\n  encrypted: true\n",
    ],
  ])("%j", (text, expected) => {
    expect(sealAll(text)).toBe(expected);
  });
});
