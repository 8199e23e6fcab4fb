import { describe, expect, test } from "vitest";
import { readSecretFile } from "../../src/cli/formats/secret-file.ts";

const read = (text: string) => readSecretFile("app.yaml", text).map(({ input }) => input);
const problem = (text: string): string => {
  try {
    read(text);
  } catch (error) {
    return (error as Error).message;
  }
  return "no problem";
};

describe("forms of a file", () => {
  test("one mapping, a list of them, and several documents", () => {
    const [a, b] = [
      { key: "A", value: "1" },
      { key: "B", value: "2" },
    ];
    expect(read("key: A\nvalue: 1\n")).toEqual([a]);
    expect(read("- key: A\n  value: 1\n- key: B\n  value: 2\n")).toEqual([a, b]);
    expect(read("---\nkey: A\nvalue: 1\n---\n- key: B\n  value: 2\n...\n---\n")).toEqual([a, b]);
    expect(read("[]\n")).toEqual([]);
  });

  test("every field, with JSON syntax too", () => {
    const lists = { writers: ["b"], deleters: ["c"], canChangeReaders: ["d"], canChangeWriters: ["e"] };
    expect(
      read(`{"id": "secr_1", "key": "app/K", "value": "v", "encrypted": true, "checksum": "6eec9b9f",
        "checksumAlgorithm": "SHA-256", "readers": ["a", "a-b"], "writers": ["b"], "deleters": ["c"],
        "canChangeReaders": ["d"], "canChangeWriters": ["e"], "canChangeDeleters": [], "metadata": {"team": "x"},
        "owner": "app", "ifVersion": 0}`),
    ).toEqual([
      {
        ...lists,
        id: "secr_1",
        key: "app/K",
        value: "v",
        encrypted: true,
        checksum: "6eec9b9f",
        checksumAlgorithm: "SHA-256",
        readers: ["a", "a-b"],
        clear: ["canChangeDeleters"],
        metadata: { team: "x" },
        owner: "app",
        ifVersion: 0,
      },
    ]);
  });

  test("threat 5: an empty list or map clears, an absent one says nothing", () => {
    expect(read("key: A\nreaders: []\nmetadata: {}\n")).toEqual([{ key: "A", clear: ["readers", "metadata"] }]);
    expect(read("key: A\nvalue: v\n")).toEqual([{ key: "A", value: "v" }]);
  });

  test("an id that cannot be one is the key, as in files of the old service", () => {
    expect(read("id: app/K\nvalue: v\n")).toEqual([{ key: "app/K", value: "v" }]);
    expect(read("id: secr_1\nvalue: v\n")).toEqual([{ id: "secr_1", value: "v" }]);
    expect(() => read("id: a//b\nvalue: v\n")).toThrow(/:1:5: id is used as the key, and a key /);
  });

  test("each secret knows its place", () => {
    expect(readSecretFile("f.yml", "- key: A\n  value: 1\n\n- key: B\n  value: 2\n").map(({ place }) => place)).toEqual(
      ["f.yml:1", "f.yml:4"],
    );
  });
});

describe("texts are read exactly", () => {
  test.each(["0123", "12345678901234567890", "no", "1e3", "0x1f", "2024-12-31", "12:30:45", ".inf", "<<"])(
    "threat 71: %s stays what it is",
    (text) => expect(read(`key: A\nvalue: ${text}\n`)).toEqual([{ key: "A", value: text }]),
  );

  test("fault D14: null is not the text null, unless it is in quotes", () => {
    for (const text of ["~", "null", "Null", "NULL"]) {
      const message = "app.yaml:2:8: null is nothing in YAML: put it in quotes if it is the text";
      expect(() => read(`key: A\nvalue: ${text}\n`)).toThrow(expect.objectContaining({ message }));
      expect(read(`key: A\nvalue: "${text}"\n`)).toEqual([{ key: "A", value: text }]);
    }
    expect(() => read("key: A\nreaders: [null]\n")).toThrow(/null is nothing/);
    expect(() => read("key: A\nmetadata: {x: ~}\n")).toThrow(/null is nothing/);
  });

  test.each([
    ["apiVersion: v1\nkind: Secret\ndata: {A: c2tfbGl2ZQ==}\n", "is a manifest of Kubernetes"],
    ["A: x\nsops: {kms: []}\n", "is a file of SOPS"],
    ["DATABASE_URL: sk_live\nAPI_KEY: sk_live\n", "is a flat list of names and values"],
  ])("fault D14: %j names the format that it is in", (text, message) => {
    expect(() => read(text)).toThrow(new RegExp(`^app.yaml:1:1: ${message}`));
    expect(() => read(text)).not.toThrow(/sk_live/);
  });

  test.each([
    ["key: A\nvalue:\tx\n\treaders: [a]\n", /^app.yaml:3:1: /],
    ["key: A\nvalue: a\u0007b\n", /^app.yaml:2:\d+: .*character/],
  ])("fault D14: %j names the place and the character", (text, message) => {
    expect(() => read(text)).toThrow(message);
  });

  test("threat 72: line breaks as YAML says, other separators untouched", () => {
    expect(read("key: A\r\nvalue: |\r\n  x\r\n  y\r\n")[0]?.value).toBe("x\ny\n");
    expect(read('key: A\nvalue: "x\u0085y\u2028z"\n')[0]?.value).toBe("x\u0085y\u2028z");
    expect(read("key: A\nvalue: x\u0085y\u2028z\n")[0]?.value).toBe("x\u0085y\u2028z");
    expect(read("%YAML 1.1\n---\nkey: A\nvalue: no\n")[0]?.value).toBe("no");
  });

  test("threat 57: names of the language's own are metadata like any other", () => {
    const names = ["__proto__", "constructor", "toString", "hasOwnProperty"];
    const [input] = read(`key: A\nmetadata:\n${names.map((name) => `  ${name}: x\n`).join("")}`);
    expect(Object.keys(input?.metadata ?? {})).toEqual(names);
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
    expect(problem("key: A\n__proto__: {}\n")).toBe("app.yaml:2:1: unknown field");
  });
});

/** What is wrong, and where. The texts hold sk_live wherever a value could be. */
const wrong: readonly (readonly [string, string, string])[] = [
  [
    "threat 59: a typo in a field",
    "- key: A\n  reader: [sk_live]\n",
    "app.yaml:2:3: unknown field, did you mean readers?",
  ],
  [
    "threat 59: another spelling",
    "key: A\ncan_change_readers: []\n",
    "app.yaml:2:1: unknown field, did you mean canChangeReaders?",
  ],
  ["threat 59: a value without its name", "key: A\nsk_live: x\n", "app.yaml:2:1: unknown field"],
  ["threat 60: a field twice", "key: A\nvalue: sk_live\nvalue: x\n", "app.yaml:3:1: duplicate field"],
  ["threat 60: metadata twice", "key: A\nmetadata: {a: x, b: y, a: sk_live}\n", "app.yaml:2:24: duplicate field"],
  [
    "threat 69: an alias",
    "key: &a sk_live\nvalue: *a\n",
    "app.yaml:1:7: anchors (&) are not supported: write the value out",
  ],
  ["threat 69: a merge key", "key: A\n<<: {value: sk_live}\n", "app.yaml:2:1: unknown field"],
  [
    "threat 70: a binary tag",
    "key: A\nvalue: !!binary sk_live\n",
    "app.yaml:2:8: value is !!binary, and not valid base64",
  ],
  [
    "threat 70: a local tag",
    "key: A\nvalue: !sk_live x\n",
    "app.yaml:2:8: tags (!) are not supported: put the text in quotes",
  ],
  ["threat 70: an undeclared tag", "key: A\nvalue: !sk!live x\n", "app.yaml:2:16: is not valid YAML"],
  [
    "threat 72: a byte order mark",
    "\ufeffkey: A\nvalue: sk_live\n",
    "app.yaml:1:1: starts with a byte order mark: save it as UTF-8 without one",
  ],
  [
    "threat 72: a tab",
    "key: A\nmetadata:\n\tx: sk_live\n",
    "app.yaml:3:1: tab characters must not be used in indentation",
  ],
  ["threat 68: deep nesting", `key: ${"[".repeat(2000)}`, "app.yaml:1:13: is nested too deeply"],
  [
    "threat 62: half a surrogate pair",
    'key: A\nvalue: "sk_live\\ud83d"\n',
    "app.yaml:2:8: value holds half of a surrogate pair, which is not a character",
  ],
  [
    "threat 63: a key with a line break",
    'key: "sk\\nlive"\nvalue: x\n',
    "app.yaml:1:6: key may only contain A-Z a-z 0-9 _ . + = @ - and '/'",
  ],
  [
    "threat 73: broken YAML",
    "key: A\nvalue: sk_live: x\n",
    "app.yaml:2:15: cannot be read here: put special characters in quotes, and check the indentation",
  ],
  [
    "threat 73: an open quote",
    'key: A\nvalue: "sk_live\n',
    "app.yaml:3:1: a quote or a bracket above is not closed, or this line is not indented enough",
  ],
  [
    "fault D14: a tab where a field begins",
    "- key: A\n\tvalue: sk_live\n",
    "app.yaml:2:2: tab characters must not be used in indentation",
  ],
  [
    "fault D14: a control character",
    "key: A\nvalue: sk_live\u001bx\n",
    "app.yaml:2:15: is a control character: write it as an escape in double quotes",
  ],
  [
    "fault D14: a field without a space",
    "key: A\nvalue:sk_live\n",
    "app.yaml:3:1: the line above is not a field: NAME: VALUE, with a space",
  ],
  ["a field with nothing after it", "key: A\nvalue:\n", "app.yaml:2:1: value has nothing after it"],
  [
    "a list with nothing after it",
    "key: A\nreaders:\n",
    "app.yaml:2:1: readers has nothing after it (to empty the list write `[]`)",
  ],
  ["an empty value", 'key: A\nvalue: ""\n', "app.yaml:2:8: value must not be empty"],
  ["a value that is a list", "key: A\nvalue: [sk_live]\n", "app.yaml:2:8: value must be a text"],
  ["a list that is a text", "key: A\nreaders: sk_live\n", "app.yaml:2:10: readers must be a list such as [a, b]"],
  [
    "an entry of a list that is not a slug",
    "key: A\nreaders:\n  - a\n  - sk_live\n",
    "app.yaml:4:5: each of readers must be a-z and 0-9, in groups joined by single '-'",
  ],
  [
    "encrypted that is neither true nor false",
    "key: A\nencrypted: sk_live\n",
    "app.yaml:2:12: encrypted must be true or false",
  ],
  [
    "a version that is not a number",
    "key: A\nifVersion: -1\n",
    "app.yaml:2:12: ifVersion must be a whole number from 0 to 4294967295",
  ],
  [
    "metadata that is a list",
    "key: A\nmetadata: [sk_live]\n",
    "app.yaml:2:11: metadata must be a mapping of names to texts",
  ],
  ["no name", "value: sk_live\n", "app.yaml:1:1: needs a key or an id"],
  [
    "an entry that was cut off",
    "- key: A\n  value: sk_live\n- key: B\n",
    "app.yaml:3:3: says nothing about the secret except its name: is the end missing?",
  ],
  [
    "a text instead of a mapping",
    "- sk_live\n",
    "app.yaml:1:3: must be a mapping such as `key: NAME`, or a list of them",
  ],
  ["a list as the name of a field", "? [sk_live]\n: x\n", "app.yaml:1:3: the name of a field must be a text"],
  ["an empty file", "# nothing\n", "app.yaml:1:1: is empty (if this is intended, write an empty list: `[]`)"],
];

describe("what is wrong is reported by line and column, and never quoted", () => {
  test.each(wrong)("%s", (_, text, expected) => {
    expect(problem(text)).toBe(expected);
    expect(problem(text)).not.toMatch(/sk_live/);
  });

  test("threat 65: a value of 65,537 bytes", () => {
    expect(problem(`key: A\nvalue: ${"x".repeat(65_537)}\n`)).toBe(
      "app.yaml:2:8: value must be at most 65536 bytes, and has 65537",
    );
    expect(read(`key: A\nvalue: ${"x".repeat(65_536)}\n`)).toHaveLength(1);
  });
});
