import type { IdentityCommit, StoredPermit, StoredToken, StoredUser } from "./identity-rows.ts";

/** The part of a store that holds users, tokens and permits. */
export interface IdentityStore {
  /** The number of identity commits of a tenant; 0 before the first. */
  identityRevision(tenant: string): Promise<number>;
  findUser(tenant: string, slug: string): Promise<StoredUser | undefined>;
  /** Ordered by slug, removed ones included. */
  listUsers(tenant: string, after: string, limit: number): Promise<readonly StoredUser[]>;
  /** Tenants that have a row of a user, or of usage: ordered by name, after a name. */
  listTenants(after: string, limit: number): Promise<readonly string[]>;
  /** True when the store has no user in any tenant, which means that it is new. */
  hasNoUsers(): Promise<boolean>;
  findTokenByHash(hash: Uint8Array): Promise<StoredToken | undefined>;
  findToken(tenant: string, id: string): Promise<StoredToken | undefined>;
  /** Ordered by id; `slug` undefined for the tokens of all users. */
  listTokens(tenant: string, slug: string | undefined, after: string, limit: number): Promise<readonly StoredToken[]>;
  /** The users whom an issuer calls so, in any tenant, removed ones included. At most `limits.pageMax`. */
  findUsersOfIssuer(issuer: string, subject: string): Promise<readonly StoredUser[]>;
  /**
   * The users whom authenticators call so, in any tenant: one, unless the rows were edited. At most `limits.pageMax`.
   */
  findUsersByHandle(handle: string): Promise<readonly StoredUser[]>;
  /** Whether any user has, or had, a passkey or an invitation. */
  hasPasskeys(): Promise<boolean>;
  /** The sessions that an issuer calls so, in any tenant, ended ones included. At most `limits.pageMax`. */
  findSessionsOfIssuer(issuer: string, sid: string): Promise<readonly StoredToken[]>;
  /** Sessions of any tenant that ended before this time by their own end, the oldest first. */
  listEndedSessions(untilMs: number, limit: number): Promise<readonly StoredToken[]>;
  /** Those of these names that have a row, in no particular order. */
  findPermits(tenant: string, names: readonly string[]): Promise<readonly StoredPermit[]>;
  /** Ordered by name, also those without patterns. */
  listPermits(tenant: string, after: string, limit: number): Promise<readonly StoredPermit[]>;
  commitIdentity(commit: IdentityCommit): Promise<"committed" | "stale">;
}
