import { BSON, type Document } from "mongodb";
import { type AccessListName, accessListNames, forAccessLists } from "../../../text/access-list-names.ts";
import type { Metadata, StoredSecret } from "../../secret-rows.ts";
import type { SecretName } from "../../secret-store.ts";
import { bsonKind, bsonName, isNamed, textAt, UnknownBsonError, walkBson } from "./bson-walk.ts";
import { toSecret } from "./documents.ts";

/**
 * Reads the documents of one reply, each from where it begins. Whatever `fromSecret` would not have written is read by
 * `toSecret`: for the same bytes both return the same. Secrets share lists that are alike.
 *
 * With 16 callers 3 times as many pages of 100 as with documents that the driver makes
 * (`npm run bench:parts -- --only raw-page`).
 */
export interface RawSecrets {
  secretAt(start: number): StoredSecret;
  /** The same of a document with the fields `key` and `id` alone. */
  nameAt(start: number): SecretName;
  /** The identities under which the index finds the secret, or whatever the document holds in their place. */
  identitiesAt(start: number): readonly unknown[];
}

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };
type Fields = Mutable<Omit<StoredSecret, "lists">>;
type FieldName = keyof Fields;

/** How a field is stored. */
type Kind = "text" | "count" | "flag" | "bytes" | "pairs" | "list";

/** Every field in the order of `fromSecret`, so that in most documents the next element is that of the next field. */
const fields: readonly {
  readonly field: FieldName | AccessListName;
  readonly kind: Kind;
  readonly name: Uint8Array;
}[] = (
  [
    ["format", "count"],
    ["tenant", "text"],
    ["id", "text"],
    ["key", "text"],
    ["version", "count"],
    ["owner", "text"],
    ["createdAtMs", "count"],
    ["createdBy", "text"],
    ["updatedAtMs", "count"],
    ["updatedBy", "text"],
    ["valueChangedAtMs", "count"],
    ["removed", "flag"],
    ["kid", "text"],
    ...accessListNames.map((list) => [list, "list"] as const),
    ["metadata", "pairs"],
    ["envelope", "bytes"],
  ] as const
).map(([field, kind]) => ({ field, kind, name: bsonName(field) }));

const keyName = bsonName("key");
const idName = bsonName("id");
const visibleTo = bsonName("visibleTo");
const pairName = bsonName("k");
const pairValue = bsonName("v");

const everyBit = 2 ** fields.length - 1;
const envelopeBit = 1 << fields.findIndex(({ field }) => field === "envelope");

const noBytes = new Uint8Array(0);

export function createRawSecrets(reply: Buffer): RawSecrets {
  const latest = new Map<string, { from: number; to: number; list: readonly string[] }>();

  /** The list of the document before, if the bytes are those. */
  function listAt(name: string, from: number, to: number): readonly string[] {
    const before = latest.get(name);
    if (before !== undefined && reply.compare(reply, before.from, before.to, from, to) === 0) return before.list;
    const list: string[] = [];
    walkBson(reply, from, (kind, _name, start, end) => {
      if (kind !== bsonKind.text) throw new UnknownBsonError();
      list.push(textAt(reply, start, end));
    });
    latest.set(name, { from, to, list });
    return list;
  }

  function read(start: number): StoredSecret {
    const found: Partial<Record<FieldName, unknown>> = {};
    const lists: Partial<Record<AccessListName, readonly string[]>> = {};
    let next = 0;
    let seen = 0;
    walkBson(reply, start, (kind, name, from, to) => {
      const at = indexOf(reply, name, next);
      const wanted = fields[at];
      if (wanted === undefined) return;
      next = at + 1;
      seen |= 1 << at;
      if (wanted.kind !== "list") found[wanted.field as FieldName] = fieldAt(reply, wanted.kind, kind, from, to);
      else if (kind === bsonKind.array)
        lists[wanted.field as AccessListName] = listAt(wanted.field as AccessListName, from, to);
      else throw new UnknownBsonError();
    });
    // A page without values does not ask for the envelope.
    found.envelope ??= noBytes;
    if ((seen | envelopeBit) !== everyBit) throw new UnknownBsonError();
    return { ...(found as Fields), lists: forAccessLists((list) => lists[list] ?? []) };
  }

  /** In a reply that is read from the index, nearly all time goes to finding the two names. */
  function name(start: number): SecretName {
    const last = start + reply.readInt32LE(start) - 1;
    const afterKey = endOfText(reply, start + 4, keyName, last);
    if (afterKey < 0 || endOfText(reply, afterKey, idName, last) !== last) return nameInAnyOrder(start);
    return {
      key: textAt(reply, start + 5 + keyName.length, afterKey),
      id: textAt(reply, afterKey + 1 + idName.length, last),
    };
  }

  function nameInAnyOrder(start: number): SecretName {
    let key: string | undefined;
    let id: string | undefined;
    walkBson(reply, start, (kind, at, from, to) => {
      if (kind !== bsonKind.text) return;
      if (isNamed(reply, at, keyName)) key = textAt(reply, from, to);
      else if (isNamed(reply, at, idName)) id = textAt(reply, from, to);
    });
    if (key === undefined || id === undefined) throw new UnknownBsonError();
    return { key, id };
  }

  function identities(start: number): readonly unknown[] {
    let found: readonly string[] = [];
    walkBson(reply, start, (kind, at, from, to) => {
      if (!isNamed(reply, at, visibleTo)) return;
      if (kind === bsonKind.array) found = listAt("visibleTo", from, to);
      else if (kind === bsonKind.text) found = [textAt(reply, from, to)];
      else throw new UnknownBsonError();
    });
    return found;
  }

  /** What the driver makes of the document, where the narrow reading does not know it. */
  function orElse<T>(start: number, narrow: (start: number) => T, whole: (document: Document) => T): T {
    try {
      return narrow(start);
    } catch (error) {
      if (!(error instanceof UnknownBsonError)) throw error;
      const options = { promoteBuffers: false, validation: { utf8: false } };
      return whole(BSON.deserialize(reply.subarray(start, start + reply.readInt32LE(start)), options));
    }
  }

  return {
    secretAt: (start) => orElse(start, read, toSecret),
    nameAt: (start) =>
      orElse(start, name, (document) => {
        const { key, id } = toSecret(document);
        return { key, id };
      }),
    identitiesAt: (start) => orElse(start, identities, (document) => [document.visibleTo].flat()),
  };
}

/** Where the element at `at` ends, if it is a text with this name and ends before `end`; otherwise -1. */
function endOfText(buffer: Buffer, at: number, name: Uint8Array, end: number): number {
  const from = at + 1 + name.length;
  if (from + 4 > end || buffer[at] !== bsonKind.text || !isNamed(buffer, at + 1, name)) return -1;
  const length = buffer.readInt32LE(from);
  const to = from + 4 + length;
  return length < 1 || to > end ? -1 : to;
}

/** The field whose name begins at `at`; the search begins with the expected one. -1 for fields of the store alone. */
function indexOf(buffer: Buffer, at: number, expected: number): number {
  for (let turn = 0; turn < fields.length; turn += 1) {
    const index = (expected + turn) % fields.length;
    const field = fields[index];
    if (field !== undefined && isNamed(buffer, at, field.name)) return index;
  }
  return -1;
}

function fieldAt(buffer: Buffer, wanted: Exclude<Kind, "list">, kind: number, from: number, to: number): unknown {
  switch (wanted) {
    case "text":
      if (kind === bsonKind.text) return textAt(buffer, from, to);
      break;
    case "count": {
      const number = numberAt(buffer, kind, from);
      if (Number.isSafeInteger(number)) return number;
      break;
    }
    case "flag":
      if (kind === bsonKind.flag) return buffer[from] === 1;
      break;
    case "bytes":
      // Of the plain subtype: others may hold another length in front of the bytes.
      if (kind === bsonKind.binary && buffer[from + 4] === 0) {
        return new Uint8Array(buffer.buffer, buffer.byteOffset + from + 5, to - from - 5);
      }
      break;
    case "pairs":
      if (kind === bsonKind.array) return pairsAt(buffer, from);
      break;
  }
  throw new UnknownBsonError();
}

function numberAt(buffer: Buffer, kind: number, from: number): number | undefined {
  if (kind === bsonKind.int32) return buffer.readInt32LE(from);
  if (kind === bsonKind.double) return buffer.readDoubleLE(from);
  if (kind === bsonKind.int64) return Number(buffer.readBigInt64LE(from));
  return undefined;
}

function pairsAt(buffer: Buffer, start: number): Metadata {
  const pairs: [string, string][] = [];
  walkBson(buffer, start, (pairKind, _index, pairStart) => {
    if (pairKind !== bsonKind.object) throw new UnknownBsonError();
    let k: string | undefined;
    let v: string | undefined;
    walkBson(buffer, pairStart, (kind, name, from, to) => {
      if (kind !== bsonKind.text) return;
      if (isNamed(buffer, name, pairName)) k = textAt(buffer, from, to);
      else if (isNamed(buffer, name, pairValue)) v = textAt(buffer, from, to);
    });
    if (k === undefined || v === undefined) throw new UnknownBsonError();
    pairs.push([k, v]);
  });
  return pairs;
}
