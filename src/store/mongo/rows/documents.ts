import { Binary, type Document } from "mongodb";
import { forAccessLists } from "../../../text/access-list-names.ts";
import type { Login, Session, StoredPermit, StoredToken, StoredUser } from "../../identity-rows.ts";
import type { LoginRow } from "../../login-store.ts";
import { passkeysText, readPasskeys } from "../../passkey-text.ts";
import type { AccessLists, IdempotencyRecord, StoredSecret } from "../../secret-rows.ts";
import type { StoredKey } from "../../stored-key.ts";
import {
  bytes,
  count,
  flag,
  optionalBytes,
  optionalText,
  pairList,
  readRow,
  type Shape,
  text,
  textList,
} from "./field.ts";

type SecretRow = Omit<StoredSecret, "lists"> & AccessLists;

const noBytes = new Uint8Array(0);

const secretShape: Shape<SecretRow> = {
  format: count,
  tenant: text,
  id: text,
  key: text,
  version: count,
  owner: text,
  ...forAccessLists(() => textList),
  metadata: pairList,
  createdAtMs: count,
  createdBy: text,
  updatedAtMs: count,
  updatedBy: text,
  valueChangedAtMs: count,
  removed: flag,
  kid: text,
  envelope: bytes,
};

const emptySecret: SecretRow = {
  format: 0,
  tenant: "",
  id: "",
  key: "",
  version: 1,
  owner: "",
  ...forAccessLists(() => []),
  metadata: [],
  createdAtMs: 0,
  createdBy: "",
  updatedAtMs: 0,
  updatedBy: "",
  valueChangedAtMs: 0,
  removed: false,
  kid: "",
  envelope: noBytes,
};

/** A secret as a document of `secrets` or `history`; `operation` identifies the commit that wrote it. */
export function fromSecret(secret: StoredSecret, operation: string): Document {
  const { lists, metadata, envelope, ...fields } = secret;
  return {
    ...fields,
    ...lists,
    visibleTo: [...new Set(Object.values(lists).flat())],
    metadata: metadata.map(([k, v]) => ({ k, v })),
    envelope: new Binary(envelope),
    operation,
  };
}

/**
 * A filter for the document that `fromSecret` wrote, with every field that is authenticated. A document that was edited
 * since is another one.
 */
export function exactly(secret: StoredSecret, operation: string): Document {
  const { visibleTo: _index, ...fields } = fromSecret(secret, operation);
  // Texts, numbers, lists and bytes of this process, none of which can be an operator: `$eq` would cost twice as much.
  return fields;
}

/**
 * Reads what `fromSecret` wrote. A document that was edited into another shape has no envelope, and so does not verify.
 */
export function toSecret(document: Document): StoredSecret {
  const row = readRow(document, secretShape, emptySecret, ["envelope"]);
  const { readers, writers, deleters, canChangeReaders, canChangeWriters, canChangeDeleters, ...fields } = row;
  return { ...fields, lists: { readers, writers, deleters, canChangeReaders, canChangeWriters, canChangeDeleters } };
}

/** The lists before a change, as its row of `history` holds them. */
export function fromFormer(lists: AccessLists | undefined): Document | null {
  return lists === undefined ? null : { ...lists };
}

/** Reads what `fromFormer` wrote. */
export function toFormer(value: unknown): AccessLists | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const lists = value as Record<string, unknown>;
  return forAccessLists((name) => textList(lists[name]) ?? []);
}

/** Only users of issuers have the fields of a login, and only some users those of passkeys. */
type UserRow = Omit<StoredUser, "login" | "passkeys"> & Login & { readonly handle: string; readonly passkeys: string };

const userShape: Shape<UserRow> = {
  tenant: text,
  slug: text,
  roles: textList,
  admin: flag,
  operator: flag,
  createdAtMs: count,
  createdBy: text,
  updatedAtMs: count,
  updatedBy: text,
  removed: flag,
  issuer: optionalText,
  subject: optionalText,
  displayName: optionalText,
  handle: optionalText,
  passkeys: optionalText,
  kid: text,
  mac: bytes,
};

const emptyUser: UserRow = {
  tenant: "",
  slug: "",
  roles: [],
  admin: false,
  operator: false,
  createdAtMs: 0,
  createdBy: "",
  updatedAtMs: 0,
  updatedBy: "",
  removed: false,
  issuer: "",
  subject: "",
  displayName: "",
  handle: "",
  passkeys: "",
  kid: "",
  mac: noBytes,
};

export function fromUser({ login, passkeys, ...user }: StoredUser): Document {
  const made = passkeys && { handle: passkeys.handle, passkeys: passkeysText(passkeys) };
  return { ...user, ...login, ...made, mac: new Binary(user.mac) };
}

export function toUser(document: Document): StoredUser {
  const row = readRow(document, userShape, emptyUser, ["mac"]);
  const { issuer, subject, displayName, handle, passkeys, ...fields } = row;
  const user = { ...fields, ...readPasskeys(handle, passkeys) };
  const isLogin = issuer !== "" || subject !== "" || displayName !== "";
  return isLogin ? { ...user, login: { issuer, subject, displayName } } : user;
}

const permitShape: Shape<StoredPermit> = {
  tenant: text,
  name: text,
  patterns: textList,
  updatedAtMs: count,
  updatedBy: text,
  kid: text,
  mac: bytes,
};

const emptyPermit: StoredPermit = {
  tenant: "",
  name: "",
  patterns: [],
  updatedAtMs: 0,
  updatedBy: "",
  kid: "",
  mac: noBytes,
};

export function fromPermit(permit: StoredPermit): Document {
  return { ...permit, mac: new Binary(permit.mac) };
}

export function toPermit(document: Document): StoredPermit {
  return readRow(document, permitShape, emptyPermit, ["mac"]);
}

/** Only sessions have the fields of one, and a kind. */
type TokenRow = Omit<StoredToken, "session"> & Session & { readonly kind: string };

const sessionKind = "session";

const tokenShape: Shape<TokenRow> = {
  tenant: text,
  id: text,
  slug: text,
  hash: bytes,
  description: text,
  grants: textList,
  createdAtMs: count,
  createdBy: text,
  expireAtMs: count,
  revokedAtMs: count,
  kind: optionalText,
  issuer: optionalText,
  parent: optionalText,
  sid: optionalText,
  client: optionalText,
  refreshToken: optionalBytes,
  kid: text,
  mac: bytes,
};

const emptyToken: TokenRow = {
  tenant: "",
  id: "",
  slug: "",
  hash: noBytes,
  description: "",
  grants: [],
  createdAtMs: 0,
  createdBy: "",
  expireAtMs: 0,
  revokedAtMs: 0,
  kind: "",
  issuer: "",
  parent: "",
  sid: "",
  client: "",
  refreshToken: noBytes,
  kid: "",
  mac: noBytes,
};

export function fromToken({ session, ...token }: StoredToken): Document {
  const row = { ...token, hash: new Binary(token.hash), mac: new Binary(token.mac) };
  if (session === undefined) return row;
  return { ...row, kind: sessionKind, ...session, refreshToken: new Binary(session.refreshToken) };
}

export function toToken(document: Document): StoredToken {
  const row = readRow(document, tokenShape, emptyToken, ["mac"]);
  const { kind, issuer, parent, sid, client, refreshToken, ...token } = row;
  return kind === "" ? token : { ...token, session: { issuer, parent, sid, client, refreshToken } };
}

/** A step of a login; `_id` is its name. */
export function fromLogin({ endAtMs, sealed }: Omit<LoginRow, "id">): Document {
  return { endAtMs, sealed: new Binary(sealed) };
}

/** An edited step has nothing sealed, and so does not open. */
export function toLogin({ _id, ...document }: Document): LoginRow {
  return { id: String(_id), endAtMs: count(document.endAtMs) ?? 0, sealed: bytes(document.sealed) ?? noBytes };
}

const idempotencyShape: Shape<IdempotencyRecord> = {
  tenant: text,
  principal: text,
  rpc: text,
  key: text,
  requestMac: bytes,
  answer: text,
  createdAtMs: count,
  kid: text,
  mac: bytes,
};

const emptyIdempotency: IdempotencyRecord = {
  tenant: "",
  principal: "",
  rpc: "",
  key: "",
  requestMac: noBytes,
  answer: "",
  createdAtMs: 0,
  kid: "",
  mac: noBytes,
};

export function fromIdempotency(record: IdempotencyRecord, operation: string): Document {
  return { ...record, requestMac: new Binary(record.requestMac), mac: new Binary(record.mac), operation };
}

export function toIdempotency(document: Document): IdempotencyRecord {
  return readRow(document, idempotencyShape, emptyIdempotency, ["mac"]);
}

const keyShape: Shape<StoredKey> = {
  kid: text,
  // The purposes are not checked here: the store does not need to know them.
  purpose: (value) => text(value) as StoredKey["purpose"] | undefined,
  data: bytes,
  createdAtMs: count,
};

const emptyKey: StoredKey = { kid: "", purpose: "keyring", data: noBytes, createdAtMs: 0 };

export function fromKey(key: StoredKey): Document {
  return { ...key, data: new Binary(key.data) };
}

export function toKey(document: Document): StoredKey {
  return readRow(document, keyShape, emptyKey, ["data"]);
}
