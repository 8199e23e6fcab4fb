/**
 * A step of a login that is under way, such as a code that may be used once. The service seals it: a store knows only
 * its name and its end.
 */
export interface LoginRow {
  /** Reveals nothing: the hash of a code, or a name. */
  readonly id: string;
  readonly endAtMs: number;
  readonly sealed: Uint8Array;
}

/** A compare-and-set: `former` is what is stored now; undefined for nothing. `next` undefined deletes the row. */
export interface LoginWrite {
  readonly id: string;
  readonly former: Uint8Array | undefined;
  readonly next: Pick<LoginRow, "endAtMs" | "sealed"> | undefined;
}

/** The part of a store that holds logins under way, so that any process of the service can finish one. */
export interface LoginStore {
  findLogin(id: string): Promise<LoginRow | undefined>;
  /** Of several that write the same row at once, one gets true. */
  writeLogin(write: LoginWrite): Promise<boolean>;
  countLogins(): Promise<number>;
  /** Deletes those that ended before this time. */
  dropLogins(untilMs: number): Promise<void>;
}
