import type { CanonicalField } from "../crypto/canonical.ts";
import { IntegrityError } from "../crypto/integrity-error.ts";
import type { Keyring } from "../crypto/keyring.ts";
import { rowMac, verifyRowMac } from "../crypto/row-mac.ts";
import { type Grants, readGrantTexts } from "../rules/grants.ts";
import type { Passkeys, Session, StoredToken, StoredUser } from "../store/identity-rows.ts";
import { passkeyText } from "../store/passkey-text.ts";

/**
 * Users and tokens are stored with a MAC under the keyring, so an attacker who can write to the database cannot make
 * themselves an admin, or a token. The labels and the order of the fields are frozen in `test/vectors/row-mac.json`.
 */
const userLabel = "secret-svc/user/v1";
const loginUserLabel = "secret-svc/user/v2";
const passkeyUserLabel = "secret-svc/user/v3";
const tokenLabel = "secret-svc/token/v1";
const narrowedTokenLabel = "secret-svc/token/v2";
const sessionLabel = "secret-svc/token/v3";

export type UserFields = Omit<StoredUser, "kid" | "mac">;
export type TokenFields = Omit<StoredToken, "kid" | "mac">;

/** Adds the MAC under the active key. Needed whenever a field has changed. */
export function signUser(keyring: Keyring, user: UserFields): StoredUser {
  return { ...user, ...rowMac(keyring, userLabelOf(user), userFields(user)) };
}

/** Throws `IntegrityError` when anything of the row was changed outside the service. */
export function verifyUser(keyring: Keyring, user: StoredUser): StoredUser {
  verifyRowMac(keyring, userLabelOf(user), userFields(user), user.kid, user.mac);
  return user;
}

/** Adds the MAC under the active key. Needed whenever a field has changed. */
export function signToken(keyring: Keyring, token: TokenFields): StoredToken {
  return { ...token, ...rowMac(keyring, tokenLabelOf(token), tokenFields(token)) };
}

/** Throws `IntegrityError` when anything of the row was changed outside the service. */
export function verifyToken(keyring: Keyring, token: StoredToken): StoredToken {
  verifyRowMac(keyring, tokenLabelOf(token), tokenFields(token), token.kid, token.mac);
  return token;
}

/** As `verifyToken`, and the program must know the grants. */
export function verifyUsableToken(keyring: Keyring, token: StoredToken): StoredToken {
  grantsOf(verifyToken(keyring, token));
  return token;
}

/**
 * Users of issuers have their own label: a row does not verify after its issuer was removed, or added. So have users
 * with passkeys or an invitation, whether an issuer knows them or not.
 */
function userLabelOf(user: UserFields): string {
  if (user.passkeys !== undefined) return passkeyUserLabel;
  return user.login === undefined ? userLabel : loginUserLabel;
}

function userFields(user: UserFields): readonly CanonicalField[] {
  const { passkeys } = user;
  const login = user.login ?? (passkeys && { issuer: "", subject: "", displayName: "" });
  return [
    user.tenant,
    user.slug,
    user.roles,
    user.admin,
    user.operator,
    user.createdAtMs,
    user.createdBy,
    user.updatedAtMs,
    user.updatedBy,
    user.removed,
    ...(login === undefined ? [] : [login.issuer, login.subject, login.displayName]),
    ...(passkeys === undefined ? [] : passkeyFields(passkeys)),
  ];
}

function passkeyFields({ handle, keys, invitation }: Passkeys): readonly CanonicalField[] {
  return [handle, keys.map(passkeyText), invitation?.hash ?? "", invitation?.endAtMs ?? 0];
}

/** What a verified token is narrowed to. Throws `IntegrityError` for grants that this program does not know. */
export function grantsOf(token: Pick<TokenFields, "grants">): Grants {
  const grants = readGrantTexts(token.grants);
  if (grants === undefined) throw new IntegrityError();
  return grants;
}

/**
 * Narrowed tokens have their own label: a row does not verify after its grants were removed, or its first ones added.
 * So have sessions, narrowed or not.
 */
function tokenLabelOf(token: TokenFields): string {
  if (token.session !== undefined) return sessionLabel;
  return token.grants.length === 0 ? tokenLabel : narrowedTokenLabel;
}

function sessionFields({ issuer, parent, sid, client, refreshToken }: Session): readonly CanonicalField[] {
  return [issuer, parent, sid, client, refreshToken];
}

function tokenFields(token: TokenFields): readonly CanonicalField[] {
  const { grants, session } = token;
  return [
    token.tenant,
    token.id,
    token.slug,
    token.hash,
    token.description,
    token.createdAtMs,
    token.createdBy,
    token.expireAtMs,
    token.revokedAtMs,
    ...(grants.length === 0 && session === undefined ? [] : [grants]),
    ...(session === undefined ? [] : sessionFields(session)),
  ];
}
