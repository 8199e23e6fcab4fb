import type { SecretFields } from "../../../src/secrets/document.ts";
import { count, flag, list, message, text } from "./reference.ts";

export type ClearFields = SecretFields;

export const sampleFields: ClearFields = {
  format: 1,
  tenant: "default",
  id: "secr_k2vh4w7cbn5yxq3mzt6e",
  key: "alice/DATABASE_URL",
  version: 7,
  owner: "alice",
  lists: {
    readers: ["alice", "backend"],
    writers: ["alice"],
    deleters: ["alice"],
    canChangeReaders: ["alice"],
    canChangeWriters: ["alice"],
    canChangeDeleters: ["alice"],
  },
  metadata: [["expires", "2027-01-01"]],
  createdAtMs: 1_750_000_000_000,
  createdBy: "alice",
  updatedAtMs: 1_760_000_000_000,
  updatedBy: "bob",
  valueChangedAtMs: 1_755_000_000_000,
  removed: false,
};

/** Associated data of a document, as docs/encryption-format.md describes it. */
export function documentAssociatedData(fields: ClearFields): Buffer {
  return message("secret-svc/secret/v1", [
    count(fields.format),
    text(fields.tenant),
    text(fields.id),
    text(fields.key),
    count(fields.version),
    text(fields.owner),
    list(fields.lists.readers),
    list(fields.lists.writers),
    list(fields.lists.deleters),
    list(fields.lists.canChangeReaders),
    list(fields.lists.canChangeWriters),
    list(fields.lists.canChangeDeleters),
    list(fields.metadata.flat()),
    count(fields.createdAtMs),
    text(fields.createdBy),
    count(fields.updatedAtMs),
    text(fields.updatedBy),
    count(fields.valueChangedAtMs),
    flag(fields.removed),
  ]);
}

/** Plaintext of a document. */
export function documentPlaintext(value: string | undefined, sealedDigest: Uint8Array | undefined): Buffer {
  const flags = (value === undefined ? 0 : 1) + (sealedDigest === undefined ? 0 : 2);
  return Buffer.concat([Buffer.of(flags), sealedDigest ?? Buffer.alloc(0), Buffer.from(value ?? "", "utf8")]);
}
