import type { AuditRecord } from "../audit/record.ts";

/** Whom an issuer says a user is. Such a user logs in there, and is found by issuer and subject. */
export interface Login {
  readonly issuer: string;
  /** What the issuer calls this person, for ever. Never an address, which may pass to another person. */
  readonly subject: string;
  readonly displayName: string;
}

/** A passkey of a user. Bytes are base64url, as WebAuthn writes them in JSON. */
export interface Passkey {
  readonly id: string;
  /** What the authenticator calls it. */
  readonly credential: string;
  /** As COSE has it. */
  readonly publicKey: string;
  /** How often it was used, as the authenticator counts; 0 for one that does not count. */
  readonly counter: number;
  /** What the person calls it. */
  readonly name: string;
  readonly createdAtMs: number;
}

/** A link with which a user makes a passkey, once. */
export interface Invitation {
  /** SHA-256 of its secret, as base64url; "" once it was used. */
  readonly hash: string;
  /** When it ends or, once it was used, when that was. */
  readonly endAtMs: number;
}

/** With what a user signs in who has no login provider. */
export interface Passkeys {
  /** What authenticators call the user: 32 random bytes as base64url. It stays for as long as the user does. */
  readonly handle: string;
  readonly keys: readonly Passkey[];
  /** Undefined when there is none. */
  readonly invitation?: Invitation | undefined;
}

/** What a token is that a login made. */
export interface Session {
  /** Where the person logged in; "" for a session that was made from a token or a passkey. */
  readonly issuer: string;
  /** Id of the token or passkey that it was made from, and ends with; "" for a login at an issuer. */
  readonly parent: string;
  /** What the issuer calls this session; "" when it does not say. */
  readonly sid: string;
  /** What the client says that it is, such as "Chromium, Linux". */
  readonly client: string;
  /** Encrypted, for the issuer; empty when there is none. */
  readonly refreshToken: Uint8Array;
}

/** A user as it is stored: in the clear, with a MAC. */
export interface StoredUser {
  readonly tenant: string;
  readonly slug: string;
  readonly roles: readonly string[];
  readonly admin: boolean;
  readonly operator: boolean;
  readonly createdAtMs: number;
  readonly createdBy: string;
  readonly updatedAtMs: number;
  readonly updatedBy: string;
  /** Removed users are retained, so that their slug is not given to another user by accident. */
  readonly removed: boolean;
  /** Undefined for a user who was made here. */
  readonly login?: Login | undefined;
  /** Undefined for a user who has never had any. */
  readonly passkeys?: Passkeys | undefined;
  readonly kid: string;
  /** Authenticates all of the above under the keyring. */
  readonly mac: Uint8Array;
}

/** A token as it is stored: in the clear, with a MAC. The token itself is not stored, only its hash. */
export interface StoredToken {
  readonly tenant: string;
  readonly id: string;
  readonly slug: string;
  /** SHA-256 of the token. */
  readonly hash: Uint8Array;
  readonly description: string;
  /** The only uses of a narrowed token, as `action:glob`, sorted by bytes; empty for a token that is not narrowed. */
  readonly grants: readonly string[];
  readonly createdAtMs: number;
  readonly createdBy: string;
  /** 0 = never. */
  readonly expireAtMs: number;
  /** 0 = not revoked. */
  readonly revokedAtMs: number;
  /** Undefined for a token that someone made. */
  readonly session?: Session | undefined;
  readonly kid: string;
  readonly mac: Uint8Array;
}

/** The keys that a user or a role may create, as it is stored: in the clear, with a MAC. */
export interface StoredPermit {
  readonly tenant: string;
  /** The slug of a user, or a role. */
  readonly name: string;
  /**
   * Globs over whole keys, sorted by bytes. Empty once all were taken away: the row stays, so that an older one is
   * noticed.
   */
  readonly patterns: readonly string[];
  readonly updatedAtMs: number;
  readonly updatedBy: string;
  readonly kid: string;
  readonly mac: Uint8Array;
}

/** Users and tokens to write with their audit records, if no other commit changed the tenant's identities meanwhile. */
export interface IdentityCommit {
  readonly tenant: string;
  /** The `identityRevision` of the tenant on which the decision to write was based. */
  readonly expectedRevision: number;
  readonly users: readonly StoredUser[];
  readonly tokens: readonly StoredToken[];
  readonly permits?: readonly StoredPermit[];
  /** Ids of tokens to delete. */
  readonly droppedTokens?: readonly string[];
  /** Limits of the tenant, as text; "" for none. Absent: they stay. */
  readonly quotas?: string | undefined;
  readonly audit: readonly AuditRecord[];
}
