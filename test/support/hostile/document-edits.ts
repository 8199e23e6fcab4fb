import type { SQLOutputValue } from "node:sqlite";
import { accessListNames } from "../../../src/text/access-list-names.ts";

/** One change of one column. An edit that changes nothing, because there is nothing of the kind, does not count. */
export interface DocumentEdit {
  readonly name: string;
  readonly column: string;
  edit(original: SQLOutputValue): SQLOutputValue;
}

type Parts = [string[], string[], string[], string[], string[], string[], [string, string][]];

function onParts(name: string, edit: (parts: Parts) => void): DocumentEdit {
  return {
    name,
    column: "document",
    edit(original) {
      const parts: Parts = JSON.parse(String(original));
      edit(parts);
      return JSON.stringify(parts);
    },
  };
}

const listEdits = accessListNames.flatMap((list, at) => {
  const next = (at + 1) % accessListNames.length;
  return [
    onParts(`someone more in ${list}`, (parts) => parts[at as 0].push("mallory")),
    onParts(`someone less in ${list}`, (parts) => parts[at as 0].pop()),
    onParts(`no one in ${list}`, (parts) => parts[at as 0].splice(0)),
    onParts(`someone else in ${list}`, (parts) => parts[at as 0].splice(0, 1, "mallory")),
    onParts(`someone twice in ${list}`, (parts) => parts[at as 0].push(parts[at as 0][0] ?? "")),
    onParts(`another order in ${list}`, (parts) => parts[at as 0].reverse()),
    onParts(`an empty name in ${list}`, (parts) => parts[at as 0].push("")),
    onParts(`two names joined in ${list}`, (parts) => {
      const [first = "", second = "", ...rest] = parts[at as 0];
      parts[at as 0] = [`${first},${second}`, ...rest];
    }),
    onParts(`someone moved from ${list} to ${accessListNames[next]}`, (parts) => {
      parts[next as 0].unshift(parts[at as 0].shift() ?? "");
    }),
    onParts(`${list} and ${accessListNames[next]} exchanged`, (parts) => {
      const { [at]: mine, [next]: other } = parts;
      parts[at as 0] = other as string[];
      parts[next as 0] = mine as string[];
    }),
  ];
});

/** On the removed secret, which has no metadata, only those that add some change anything. */
const metadataEdits = [
  onParts("a pair of metadata more", (parts) => parts[6].push(["zone", "x"])),
  onParts("a pair of metadata less", (parts) => parts[6].pop()),
  onParts("no metadata", (parts) => parts[6].splice(0)),
  onParts("another order of metadata", (parts) => parts[6].reverse()),
  onParts("another name of metadata", (parts) => parts[6].splice(0, 1, ["expired", parts[6][0]?.[1] ?? ""])),
  onParts("another value of metadata", (parts) => parts[6].splice(0, 1, [parts[6][0]?.[0] ?? "", "2099-01-31"])),
  onParts("an impossible date in the metadata", (parts) => parts[6].splice(0, 1, ["expires", "never"])),
  onParts("name and value of metadata exchanged", (parts) => {
    for (const pair of parts[6]) pair.reverse();
  }),
  onParts("metadata with its text moved between name and value", (parts) => {
    const [name = "", value = ""] = parts[6][0] ?? [];
    parts[6].splice(0, 1, [name + value.slice(0, 1), value.slice(1)]);
  }),
  onParts("a pair of metadata named __proto__", (parts) => parts[6].unshift(["__proto__", "x"])),
  onParts("metadata moved into the last list", (parts) => parts[5].push(...parts[6].splice(0).flat())),
];

const brokenJson: readonly DocumentEdit[] = [
  ["no JSON", "{"],
  ["empty text", ""],
  ["null", "null"],
  ["an object", '{"readers":["mallory"]}'],
  ["six parts", "[[],[],[],[],[],[]]"],
  ["eight parts", "[[],[],[],[],[],[],[],[]]"],
  ["a list of numbers", "[[1],[],[],[],[],[],[]]"],
  ["a list that is text", '["alice",[],[],[],[],[],[]]'],
  ["metadata of three", '[[],[],[],[],[],[],[["a","b","c"]]]'],
  ["a lone surrogate", '[["\\ud800"],[],[],[],[],[],[]]'],
  ["deep nesting", `${"[".repeat(5_000)}${"]".repeat(5_000)}`],
].map(([name = "", text = ""]) => ({ name: `a document that is ${name}`, column: "document", edit: () => text }));

export const documentEdits: readonly DocumentEdit[] = [...listEdits, ...metadataEdits, ...brokenJson];
