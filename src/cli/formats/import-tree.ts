import { limits } from "../../limits.ts";
import { utf8Bytes } from "../../text/key-grammar.ts";
import { isText, type SecretValue } from "../../text/secret-value.ts";
import { createPlaces, readYaml, type YamlMap, type YamlNode } from "./yaml.ts";

/** A name and a value from the file of another tool. */
export interface ImportedValue {
  /** Segments are joined by "/". */
  readonly name: string;
  readonly value: SecretValue;
}

/** What cannot become a secret. `why` follows the name, and never quotes a value. */
export interface LeftOut {
  readonly name: string;
  readonly why: string;
}

export interface Imported {
  readonly values: readonly ImportedValue[];
  readonly leftOut: readonly LeftOut[];
}

/**
 * The documents of a text in YAML or JSON. Numbers and flags stay the texts that they are written as. With
 * `takesBytes`, values may have the tag `!!binary`.
 * @throws FileError with line and column, and without any text of the file
 */
export function readTree(file: string, text: string, takesBytes = false): YamlNode[] {
  // A tab is allowed between the parts of JSON, never within its texts; in YAML it is not.
  const isJson = /^\s*[[{]/.test(text);
  const source = isJson ? text.replaceAll("\t", " ") : text;
  return readYaml(source, createPlaces(file, source).complain, takesBytes ? { binaryField: "*" } : {});
}

export function mapOf(node: YamlNode | undefined): YamlMap | undefined {
  return node?.kind === "map" ? node : undefined;
}

export function itemsOf(node: YamlNode | undefined): readonly YamlNode[] {
  return node?.kind === "list" ? node.items : [];
}

export function fieldOf(node: YamlNode | undefined, name: string): YamlNode | undefined {
  return mapOf(node)?.fields.find((field) => field.name === name)?.value;
}

/** The text of a field; undefined when there is none, or it is nothing. */
export function textOf(node: YamlNode | undefined, name: string): string | undefined {
  const value = fieldOf(node, name);
  return value?.kind === "text" && !isNothing(value) ? value.text : undefined;
}

/** Collects values, and says of each other one why it is left out. */
export function createCollector() {
  const values: ImportedValue[] = [];
  const leftOut: LeftOut[] = [];
  const skip = (name: string, why: string) => void leftOut.push({ name: name === "" ? "an entry" : name, why });

  function add(name: string, value: SecretValue): void {
    const bytes = typeof value === "string" ? utf8Bytes(value) : value.length;
    if (name === "") skip(name, "has no name");
    else if (value.length === 0) skip(name, "has an empty value");
    else if (bytes > limits.valueBytes) skip(name, `has ${bytes} bytes, and a value has at most ${limits.valueBytes}`);
    else if (typeof value === "string" && !value.isWellFormed())
      skip(name, "holds half of a surrogate pair, which is not a character");
    else if (values.some((each) => each.name === name)) skip(name, "is there twice");
    else values.push({ name, value });
  }

  /** Everything below a node: names of maps are segments. */
  function addTree(name: string, node: YamlNode): void {
    if (node.kind === "map") {
      for (const field of node.fields) addTree(name === "" ? field.name : `${name}/${field.name}`, field.value);
    } else if (node.kind === "list") skip(name, "is a list, and a secret has one value");
    else if (node.isBinary) addBytes(name, node.text);
    else if (isNothing(node)) skip(name, "is null");
    else add(name, node.text);
  }

  /** What has the tag `!!binary` stays bytes even if it could be a text, as in files of `oo`. */
  function addBytes(name: string, base64: string): void {
    const bytes = decodeBase64(base64);
    if (bytes === undefined) skip(name, "is !!binary, and not base64");
    else add(name, bytes);
  }

  /** Bytes in base64, which are a text where they can be one. */
  function addBase64(name: string, base64: string): void {
    const bytes = decodeBase64(base64);
    if (bytes === undefined) skip(name, "is not base64");
    else add(name, isText(bytes) ? Buffer.from(bytes).toString() : bytes);
  }

  return { add, addTree, addBase64, skip, finish: (): Imported => ({ values, leftOut }) };
}

export type Collector = ReturnType<typeof createCollector>;

function isNothing(node: YamlNode): boolean {
  if (node.kind !== "text" || node.isQuoted || node.isBlock) return false;
  return !node.isWritten || /^(null|Null|NULL|~)$/.test(node.text);
}

function decodeBase64(text: string): Uint8Array | undefined {
  try {
    const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/").replace(/\s/g, ""));
    return Uint8Array.from(binary, (char) => char.charCodeAt(0));
  } catch {
    return undefined;
  }
}
