import { readDotenv } from "../../src/cli/formats/dotenv-file.ts";
import type { SecretInput } from "../../src/cli/formats/secret-fields.ts";
import { readSecretFile } from "../../src/cli/formats/secret-file.ts";
import { createPlaces, readYaml, type YamlNode } from "../../src/cli/formats/yaml.ts";
import { keyProblem } from "../../src/text/key-grammar.ts";

/** What a text was read as. `secrets` is the file format of `oo`, with access lists and metadata. */
export type FileKind = "dotenv" | "secrets" | "map";

export interface ReadFile {
  readonly kind: FileKind;
  readonly inputs: readonly SecretInput[];
}

/**
 * Reads what was pasted or dropped: a dotenv file, the secret files of `oo`, or YAML or JSON whose nested maps are
 * folders. The prefix goes before every key. Throws an error with the place in the text, which never quotes the text.
 */
export function readFile(text: string, prefix: string): ReadFile {
  const folder = prefix.trim().replace(/\/+$/, "");
  const withFolder = (key: string) => (folder === "" ? key : `${folder}/${key}`);
  if (looksLikeDotenv(text)) {
    const inputs = readDotenv("line", text).map(({ name, value }) => ({ key: withFolder(name), value }));
    return { kind: "dotenv", inputs };
  }
  const { complain } = createPlaces("line", text);
  const documents = readYaml(text, complain);
  if (documents.some(isSecretFile)) {
    const inputs = readSecretFile("line", text).map(({ input }) =>
      input.key === undefined ? input : { ...input, key: withFolder(input.key) },
    );
    return { kind: "secrets", inputs };
  }
  const inputs: SecretInput[] = [];
  for (const document of documents) {
    addNode(document, folder, inputs, (at, problem) => {
      throw complain(at, problem);
    });
  }
  return { kind: "map", inputs };
}

/** The first line that is neither empty nor a comment is an assignment. In YAML, "=" cannot follow a name like this. */
export function looksLikeDotenv(text: string): boolean {
  const first = text.split("\n").find((line) => !/^\s*(?:#.*)?$/.test(line)) ?? "";
  return /^\s*(?:export\s+)?[A-Za-z_][A-Za-z0-9_.-]*\s*=/.test(first);
}

/** A mapping with a key or an id and something to save, or a list of them. */
function isSecretFile(node: YamlNode): boolean {
  if (node.kind === "list") return node.items.length > 0 && node.items.every(isSecretFile);
  if (node.kind !== "map") return false;
  const names = node.fields.map(({ name }) => name);
  const keyed = node.fields.some(({ name, value }) => (name === "key" || name === "id") && value.kind === "text");
  return (
    keyed && names.some((name) => ["value", "readers", "writers", "deleters", "metadata", "encrypted"].includes(name))
  );
}

function addNode(
  node: YamlNode,
  path: string,
  inputs: SecretInput[],
  fail: (at: number, problem: string) => never,
): void {
  if (node.kind === "list") fail(node.at, "a list is not a value: a secret holds one text");
  if (node.kind === "map") {
    for (const { name, at, value } of node.fields) {
      const key = path === "" ? name : `${path}/${name}`;
      if (value.kind === "text") {
        const problem = keyProblem(key);
        if (problem !== undefined) fail(at, `the key ${problem.rule}`);
        if (!value.isWritten || value.text === "") fail(at, "there is no value after this name");
        inputs.push({ key, value: value.text });
      } else addNode(value, key, inputs, fail);
    }
    return;
  }
  fail(node.at, "must be lines such as NAME=value, or a mapping such as `NAME: value`");
}
