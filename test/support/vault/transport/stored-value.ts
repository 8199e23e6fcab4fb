import type { VaultAnswer } from "../vault-call.ts";

// The rules of the mount `secret/` once more, from its specification and without code of the service: it would agree
// with itself. Texts are cut into tokens here, which is slow and simple.

const token = /"(?:[^"\\]|\\.)*"|[^\s"{}[\],:]+|[{}[\],:]/g;
const segment = /^[A-Za-z0-9_.+=@-]+$/;
const deepest = 32;

type Member = readonly [name: string, raw: string];

/** Whether Vault's path can name a key. */
export function isPathOf(key: string): boolean {
  const segments = key.split("/");
  const isSegment = (text: string) => segment.test(text) && text !== "." && text !== "..";
  return key.length <= 255 && segments.length <= 8 && segments.every(isSegment);
}

/** The fields that a client writes so that a value is stored as it is; undefined when there are none. */
export function fieldsFor(value: string | undefined): string | undefined {
  if (value === undefined || !isPlain(value)) return undefined;
  const own = membersOf(value);
  const fields = own === undefined ? `{"value":${JSON.stringify(value)}}` : joined(own);
  return storedFor(fields) === value ? fields : undefined;
}

/** The stored value behind the fields of an answer. */
export function valueIn(answer: VaultAnswer): string {
  const data = memberOf(answer.text, "data");
  const fields = data === undefined ? undefined : memberOf(data, "data");
  if (fields === undefined) throw new Error(`no fields in ${answer.text}`);
  return storedFor(fields);
}

function storedFor(fields: string): string {
  const all = membersOf(fields);
  if (all === undefined) throw new Error(`not the fields of a secret: ${fields}`);
  const [first] = all;
  if (all.length === 1 && first?.[0] === "value" && first[1].startsWith('"')) {
    const text: string = JSON.parse(first[1]);
    if (isPlain(text) && membersOf(text) === undefined) return text;
  }
  return joined(all.toSorted(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
}

/** Whether a text can be the whole value of a secret, unless it would be read as an object or is too large. */
function isPlain(text: string): boolean {
  return text !== "" && text.isWellFormed() && !text.startsWith("seal.v1.");
}

/** A member of an object, in which a secret may be. */
function memberOf(object: string, wanted: string): string | undefined {
  return membersOf(object, deepest + 2)?.find(([name]) => name === wanted)?.[1];
}

function joined(all: readonly Member[]): string {
  return `{${all.map(([name, raw]) => `${JSON.stringify(name)}:${raw}`).join(",")}}`;
}

/** The members of an object; undefined for any other text, one that names something twice and one that is too deep. */
function membersOf(text: string, levels = deepest): readonly Member[] | undefined {
  try {
    JSON.parse(text);
    const tokens = [...text.matchAll(token)].map(([found]) => found);
    return read(tokens.reverse(), levels).members;
  } catch {
    return undefined;
  }
}

/** Takes the next value from the end of `rest`. */
function read(rest: string[], levels: number): { readonly raw: string; readonly members?: readonly Member[] } {
  const start = rest.pop() ?? "";
  if (start !== "{" && start !== "[") return { raw: start };
  if (levels === 0) throw new Error("too deep");
  const members: Member[] = [];
  const parts: string[] = [];
  while (rest.at(-1) !== "}" && rest.at(-1) !== "]") {
    if (rest.at(-1) === ",") rest.pop();
    const name = start === "{" ? `${rest.pop()}${rest.pop()}` : "";
    const { raw } = read(rest, levels - 1);
    parts.push(name + raw);
    if (name !== "") members.push([JSON.parse(name.slice(0, -1)), raw]);
  }
  if (new Set(members.map(([name]) => name)).size < members.length) throw new Error("a name twice");
  const raw = `${start}${parts.join(",")}${rest.pop()}`;
  return start === "{" ? { raw, members } : { raw };
}
