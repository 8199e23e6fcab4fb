import { expect } from "vitest";
import { IntegrityError } from "../../src/crypto/integrity-error.ts";
import { createKeyring } from "../../src/crypto/keyring.ts";
import { openAtRest } from "../../src/crypto/rest-envelope.ts";
import { openDocument, sealDocument } from "../../src/secrets/document.ts";
import type { StoredSecret } from "../../src/store/secret-rows.ts";
import { accessListNames } from "../../src/text/access-list-names.ts";
import { describeVectors, expectFields, fromHex, type Vector } from "../support/vectors/golden.ts";
import { kidOf, referenceEnvelope } from "../support/vectors/reference.ts";
import {
  type ClearFields,
  documentAssociatedData,
  documentPlaintext,
  sampleFields,
} from "../support/vectors/sample-document.ts";
import { fixedBytes, keyA, keyB } from "../support/vectors/test-keys.ts";

interface DocumentVector extends Vector {
  readonly expect: "success" | "integrity error";
  readonly keys: readonly string[];
  readonly stored: ClearFields & { readonly kid: string; readonly envelope: string };
  /** What the fields must encode to. */
  readonly associatedData?: string;
  /** null: the document has none. */
  readonly value?: string | null;
  /** In place of `value`: a value that is bytes, in hex. */
  readonly valueBytes?: string;
  readonly sealedDigest?: string | null;
}

const storedFields = [...Object.keys(sampleFields), "kid", "envelope"];
const digest = fixedBytes("digest of a sealed text");
const sampleValue = "postgresql://user:pass@host:5432/db";

async function stored(fields: ClearFields, plaintext: Buffer, salt: string, key = keyA) {
  const associatedData = documentAssociatedData(fields);
  const envelope = await referenceEnvelope({ key, salt: fixedBytes(salt), plaintext, associatedData });
  return { ...fields, kid: (await kidOf(key)).toString("hex"), envelope: envelope.toString("hex") };
}

async function success(
  name: string,
  fields: ClearFields,
  value: string | undefined,
  sealedDigest: Buffer | undefined,
): Promise<DocumentVector> {
  return {
    name,
    expect: "success",
    keys: [keyA.toString("hex")],
    stored: await stored(fields, documentPlaintext(value, sealedDigest), `document ${name}`),
    associatedData: documentAssociatedData(fields).toString("hex"),
    value: value ?? null,
    sealedDigest: sealedDigest?.toString("hex") ?? null,
  };
}

const bytesFields = { ...sampleFields, format: 2 };

async function bytesSuccess(name: string, value: Buffer, sealedDigest?: Buffer): Promise<DocumentVector> {
  const plaintext = Buffer.concat([documentPlaintext("", sealedDigest), value]);
  return {
    name,
    expect: "success",
    keys: [keyA.toString("hex")],
    stored: await stored(bytesFields, plaintext, `document ${name}`),
    associatedData: documentAssociatedData(bytesFields).toString("hex"),
    valueBytes: value.toString("hex"),
    sealedDigest: sealedDigest?.toString("hex") ?? null,
  };
}

function failure(name: string, changed: DocumentVector["stored"], keys: readonly Buffer[] = [keyA]): DocumentVector {
  return { name, expect: "integrity error", keys: keys.map((key) => key.toString("hex")), stored: changed };
}

async function build(): Promise<readonly DocumentVector[]> {
  const none = {
    readers: [],
    writers: [],
    deleters: [],
    canChangeReaders: [],
    canChangeWriters: [],
    canChangeDeleters: [],
  };
  const good = await stored(sampleFields, documentPlaintext(sampleValue, undefined), "document a value");
  const odd = {
    ...sampleFields,
    metadata: [
      ["__proto__", "1"],
      ["note", "naïve \u{1f511}"],
    ] as const,
  };
  return [
    await success("a value", sampleFields, sampleValue, undefined),
    await success("a value that came sealed", sampleFields, sampleValue, digest),
    await success("removed", { ...sampleFields, removed: true, version: 8 }, undefined, undefined),
    await success("removed, with the digest", { ...sampleFields, removed: true }, undefined, digest),
    await success("empty lists, no metadata", { ...sampleFields, lists: none, metadata: [] }, "v", undefined),
    await success("text outside ASCII", odd, "\ufeffpä\u0000ss\u{1f511}\n", undefined),
    ...editedFields(good),
    ...editedLists(good),
    failure("kid of another key of the keyring", { ...good, kid: (await kidOf(keyB)).toString("hex") }, [keyA, keyB]),
    failure("key not in the keyring", good, [keyB]),
    failure("envelope of another document", {
      ...good,
      envelope: (await stored({ ...sampleFields, key: "bob/KEY" }, documentPlaintext("v", undefined), "other"))
        .envelope,
    }),
    failure("envelope cut by one byte", { ...good, envelope: good.envelope.slice(0, -2) }),
    failure("plaintext empty", await stored(sampleFields, Buffer.of(), "bad 1")),
    failure("plaintext with an unknown flag", await stored(sampleFields, Buffer.of(4), "bad 2")),
    failure("plaintext with a value that its flags deny", await stored(sampleFields, Buffer.of(0, 65), "bad 3")),
    failure("plaintext with half a digest", await stored(sampleFields, Buffer.of(2, 1, 2, 3), "bad 4")),
    failure("plaintext that is not UTF-8", await stored(sampleFields, Buffer.of(1, 0xc3, 0x28), "bad 5")),
    failure("unknown format", await stored({ ...sampleFields, format: 3 }, documentPlaintext("v", undefined), "bad 6")),
    await bytesSuccess("a value that is bytes", Buffer.of(0, 0xff, 0xc3, 0x28)),
    await bytesSuccess("bytes that came sealed", Buffer.of(0x80), digest),
    await bytesSuccess("bytes that are text also", Buffer.from(sampleValue)),
    failure("format of a text edited to that of bytes", { ...good, format: 2 }),
    failure("format of bytes edited to that of a text", {
      ...(await stored(bytesFields, documentPlaintext("v", undefined), "bad 7")),
      format: 1,
    }),
    failure("bytes without a value", await stored(bytesFields, documentPlaintext(undefined, undefined), "bad 8")),
  ];
}

function editedFields(good: DocumentVector["stored"]): readonly DocumentVector[] {
  return [
    failure("format edited", { ...good, format: 0 }),
    failure("tenant edited", { ...good, tenant: "other" }),
    failure("id edited", { ...good, id: "secr_other" }),
    failure("key edited", { ...good, key: "alice/OTHER" }),
    failure("version edited", { ...good, version: good.version + 1 }),
    failure("version negative", { ...good, version: -1 }),
    failure("owner edited", { ...good, owner: "eve" }),
    failure("createdAtMs edited", { ...good, createdAtMs: good.createdAtMs + 1 }),
    failure("createdBy edited", { ...good, createdBy: "eve" }),
    failure("updatedAtMs edited", { ...good, updatedAtMs: good.updatedAtMs + 1 }),
    failure("updatedAtMs a fraction", { ...good, updatedAtMs: good.updatedAtMs + 0.5 }),
    failure("updatedBy edited", { ...good, updatedBy: "eve" }),
    failure("valueChangedAtMs edited", { ...good, valueChangedAtMs: good.valueChangedAtMs + 1 }),
    failure("removed edited", { ...good, removed: true }),
    failure("metadata value edited", { ...good, metadata: [["expires", "2099-01-01"]] }),
    failure("metadata pair added", { ...good, metadata: [...good.metadata, ["note", "x"]] }),
    failure("metadata removed", { ...good, metadata: [] }),
  ];
}

function editedLists(good: DocumentVector["stored"]): readonly DocumentVector[] {
  const { lists } = good;
  const edits = accessListNames.flatMap((name) => [
    failure(`${name}: entry added`, { ...good, lists: { ...lists, [name]: [...lists[name], "zoe"] } }),
    failure(`${name}: entry removed`, { ...good, lists: { ...lists, [name]: lists[name].slice(1) } }),
  ]);
  const [first = "", ...rest] = lists.readers;
  const moved = { ...lists, readers: rest, writers: [first, ...lists.writers] };
  return [...edits, failure("entry moved from readers to writers", { ...good, lists: moved })];
}

describeVectors<DocumentVector>(
  "document.json",
  "Stored secrets: docs/encryption-format.md, section 4. Keys, envelope, associatedData and sealedDigest are lower-case hex.",
  ["name", "expect", "keys", "stored", "associatedData", "value", "valueBytes", "sealedDigest"],
  build,
  (vector) => {
    expectFields(vector.stored, storedFields);
    expectFields(vector.stored.lists, accessListNames);
    const [active, ...previous] = vector.keys.map(fromHex);
    const keyring = createKeyring(active ?? Buffer.alloc(0), previous);
    const document: StoredSecret = { ...vector.stored, envelope: fromHex(vector.stored.envelope) };
    if (vector.expect === "integrity error") {
      expect(() => openDocument(keyring, document)).toThrow(IntegrityError);
      return;
    }
    expect(vector.expect).toBe("success");
    const plaintext = openDocument(keyring, document);
    const { value = null } = plaintext;
    if (vector.valueBytes === undefined) expect(value).toBe(vector.value);
    else expect(value).toEqual(fromHex(vector.valueBytes));
    const sealedDigest =
      plaintext.sealedDigest === undefined ? null : Buffer.from(plaintext.sealedDigest).toString("hex");
    expect(sealedDigest).toBe(vector.sealedDigest);
    const again = sealDocument(keyring, document, plaintext);
    expect(openDocument(keyring, again)).toEqual(plaintext);
    // What was sealed is bound to exactly the bytes that the vector names.
    openAtRest(keyring, again.envelope, fromHex(vector.associatedData ?? ""));
  },
);
