import { limits } from "../../limits.ts";
import { type AccessListName, accessListNames } from "../../text/access-list-names.ts";
import { isSecretId, keyProblem, slugProblem, utf8Bytes } from "../../text/key-grammar.ts";
import { FileError, type FileRule } from "./file-error.ts";
import { otherFormat } from "./other-formats.ts";
import { fieldNames, type SecretInput, setList, setMetadata, type TextName, textNames } from "./secret-fields.ts";
import {
  type Complain,
  createPlaces,
  readYaml,
  type YamlField,
  type YamlMap,
  type YamlNode,
  type YamlText,
} from "./yaml.ts";

/** A secret as a file describes it. */
export interface FileSecret {
  readonly input: SecretInput;
  /** Where in the file each of its fields is. */
  readonly entry: YamlMap;
  /** File and line, such as `app.yaml:12`. */
  readonly place: string;
  /** An error about one of its fields (or `metadata.name`), or without `field` about the whole entry. */
  readonly complain: (problem: string, rule?: FileRule, field?: string) => FileError;
}

/**
 * The secrets of one YAML file: a mapping, a list of mappings, or several such documents. Nothing is guessed. An
 * unknown field, a repeated field, or a value of the wrong kind is an error.
 * @throws FileError with line and column, and without any text of the file
 */
export function readSecretFile(file: string, text: string): FileSecret[] {
  return readEntries(file, text).map((entry) => {
    if (entry instanceof FileError) throw entry;
    return entry;
  });
}

/** Like `readSecretFile`, with an error in place of each wrong entry. For invalid YAML, only the error about that. */
export function readEntries(file: string, text: string): (FileSecret | FileError)[] {
  const { complain, line } = createPlaces(file, text);
  try {
    const documents = readYaml(text, complain, { binaryField: "value" });
    if (documents.length === 0) throw complain(0, "is empty (if this is intended, write an empty list: `[]`)");
    const entries = documents.flatMap((document) => (document.kind === "list" ? document.items : [document]));
    return readUntilHopeless(entries, (entry) => readSecret(entry, complain, line));
  } catch (error) {
    if (error instanceof FileError) return [error];
    throw error;
  }
}

/** A file with as many wrong entries as a batch may have is not a file of secrets: an error for each would not help. */
function readUntilHopeless(entries: readonly YamlNode[], read: (entry: YamlNode) => FileSecret) {
  const found: (FileSecret | FileError)[] = [];
  let wrong = 0;
  for (const entry of entries) {
    const secret = catchFileError(() => read(entry));
    found.push(secret);
    if (secret instanceof FileError) wrong += 1;
    if (wrong === limits.batchItems) break;
  }
  return found;
}

function catchFileError<Result>(read: () => Result): Result | FileError {
  try {
    return read();
  } catch (error) {
    if (error instanceof FileError) return error;
    throw error;
  }
}

function readSecret(entry: YamlNode, complain: Complain, line: (at: number) => string): FileSecret {
  if (entry.kind !== "map") throw complain(entry.at, "must be a mapping such as `key: NAME`, or a list of them");
  return {
    input: readEntry(entry, complain),
    entry,
    place: line(entry.at),
    complain: (problem, rule, path) => complain(findField(entry, path)?.value.at ?? entry.at, problem, rule),
  };
}

function findField({ fields }: YamlMap, path = ""): YamlField | undefined {
  const isPart = ({ name }: YamlField) => path.startsWith(`${name}.`);
  const exact = fields.find(({ name }) => name === path);
  const outer = exact === undefined ? fields.find(isPart) : undefined;
  if (outer?.value.kind !== "map") return exact ?? outer;
  return findField(outer.value, path.slice(outer.name.length + 1)) ?? outer;
}

function readEntry(entry: YamlMap, complain: Complain): SecretInput {
  const other = otherFormat(entry);
  if (other !== undefined) throw complain(entry.at, other);
  const input: SecretInput = {};
  for (const field of entry.fields) readField(field, input, complain);
  checkValueSize(entry, input, complain);
  if (input.key === undefined && input.id === undefined) throw complain(entry.at, "needs a key or an id");
  takeIdForKey(entry, input, complain);
  const says = entry.fields.some(({ name }) => name !== "key" && name !== "id");
  if (!says) throw complain(entry.at, "says nothing about the secret except its name: is the end missing?");
  return input;
}

/** An id that is not valid is used as the key, as in the service: in files of its predecessor the id is the name. */
function takeIdForKey(entry: YamlMap, input: SecretInput, complain: Complain): void {
  const { id, key } = input;
  if (id === undefined || key !== undefined || isSecretId(id)) return;
  const problem = keyProblem(id);
  const at = entry.fields.find(({ name }) => name === "id")?.value.at ?? entry.at;
  if (problem !== undefined) throw complain(at, `id is used as the key, and a key ${problem.rule}`, "key");
  input.key = id;
  delete input.id;
}

function readField({ name, at, value }: YamlField, input: SecretInput, complain: Complain): void {
  if (value.kind === "text" && !value.isWritten && fieldNames.includes(name)) {
    const empty = isListName(name) ? " (to empty the list write `[]`)" : "";
    throw complain(at, `${name} has nothing after it${empty}`);
  }
  if (name === "value" && value.kind === "text" && value.isBinary) {
    input.valueBytes = readBinary(value, complain);
  } else if (isTextName(name)) {
    input[name] = readText(name, value, complain);
  } else if (isListName(name)) {
    setList(input, name, readList(name, value, complain));
  } else if (name === "metadata") {
    setMetadata(input, readMetadata(value, complain));
  } else if (name === "encrypted") {
    const text = value.kind === "text" ? value.text : "";
    if (text !== "true" && text !== "false") throw complain(value.at, "encrypted must be true or false");
    input.encrypted = text === "true";
  } else if (name === "ifVersion") {
    const text = value.kind === "text" ? value.text : "";
    const version = /^(0|[1-9][0-9]{0,9})$/.test(text) ? Number(text) : Number.POSITIVE_INFINITY;
    if (version > 0xffff_ffff) throw complain(value.at, "ifVersion must be a whole number from 0 to 4294967295");
    input.ifVersion = version;
  } else {
    const similar = similarField(name);
    if (similar !== undefined) throw complain(at, `unknown field, did you mean ${similar}?`);
    throw new FileError(complain(at, "unknown field").complaint, [`the fields are ${fieldNames.join(", ")}`]);
  }
}

function readText(name: TextName, node: YamlNode, complain: Complain): string {
  if (node.kind !== "text") throw complain(node.at, `${name} must be a text`);
  refuseNull(node, complain);
  const { text } = node;
  if (text === "") throw complain(node.at, `${name} must not be empty`);
  if (!text.isWellFormed()) throw complain(node.at, `${name} holds half of a surrogate pair, which is not a character`);
  if (name === "key") {
    const problem = keyProblem(text);
    if (problem !== undefined) throw complain(node.at, `key ${problem.rule}`, "key");
  }
  return text;
}

function readBinary({ text, at }: YamlText, complain: Complain): Uint8Array {
  const base64 = text.replace(/\s/g, "");
  const isBase64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(base64);
  if (!isBase64) throw complain(at, "value is !!binary, and not valid base64");
  if (base64 === "") throw complain(at, "value must not be empty");
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
}

/** Other readers of YAML take `null` for nothing, so it is not known what is meant. */
function refuseNull({ text, at, isBlock, isQuoted }: YamlText, complain: Complain): void {
  if (isBlock || isQuoted || !/^(null|Null|NULL|~)$/.test(text)) return;
  throw complain(at, "null is nothing in YAML: put it in quotes if it is the text");
}

/** Leaves out sealed values: a sealed text is larger than its value, and only the service knows the size of that. */
function checkValueSize(entry: YamlMap, { value, valueBytes, encrypted }: SecretInput, complain: Complain): void {
  const at = entry.fields.find(({ name }) => name === "value")?.value.at ?? entry.at;
  if (valueBytes !== undefined && encrypted === true) {
    throw complain(at, "value is !!binary, and a sealed value is a text: leave out the tag or 'encrypted: true'");
  }
  if ((value === undefined && valueBytes === undefined) || encrypted === true) return;
  const bytes = valueBytes?.length ?? utf8Bytes(value ?? "");
  if (bytes <= limits.valueBytes) return;
  throw complain(at, `value must be at most ${limits.valueBytes} bytes, and has ${bytes}`);
}

function readList(name: AccessListName, node: YamlNode, complain: Complain): string[] {
  if (node.kind !== "list") throw complain(node.at, `${name} must be a list such as [a, b]`);
  return node.items.map((item) => {
    if (item.kind !== "text") throw complain(item.at, `${name} must be a list of slugs and roles`);
    refuseNull(item, complain);
    const problem = slugProblem(item.text);
    if (problem !== undefined) throw complain(item.at, `each of ${name} ${problem.rule}`);
    return item.text;
  });
}

function readMetadata(node: YamlNode, complain: Complain): Map<string, string> {
  if (node.kind !== "map") throw complain(node.at, "metadata must be a mapping of names to texts");
  const pairs = new Map<string, string>();
  for (const { name, at, value } of node.fields) {
    if (value.kind !== "text") throw complain(value.at, "metadata must be a mapping of names to texts");
    refuseNull(value, complain);
    if (!value.isWritten) throw complain(at, 'this metadata has nothing after it (an empty text is "")');
    if (!name.isWellFormed() || !value.text.isWellFormed()) {
      throw complain(at, "metadata holds half of a surrogate pair, which is not a character");
    }
    pairs.set(name, value.text);
  }
  return pairs;
}

function isTextName(name: string): name is TextName {
  return (textNames as readonly string[]).includes(name);
}

function isListName(name: string): name is AccessListName {
  return (accessListNames as readonly string[]).includes(name);
}

/** Suggests only known field names. It never quotes the file, whose text may be a value that lost its indentation. */
function similarField(name: string): string | undefined {
  const plain = (text: string) => text.toLowerCase().replace(/[-_ ]/g, "");
  const wanted = plain(name);
  const near = (field: string) =>
    plain(field) === wanted || plain(field) === `${wanted}s` || `${plain(field)}s` === wanted;
  return fieldNames.find(near);
}
