/** How securely the server of a database is set up. */
export interface ServerFacts {
  readonly version: string;
  /** Known vulnerabilities of that version, in words. */
  readonly vulnerabilities: readonly string[];
  /** It lets no one in without a password or a certificate. */
  readonly authenticates: boolean;
  /** Connections to it are encrypted. */
  readonly encrypted: boolean;
  /** All its hosts are on this machine. */
  readonly isLocal: boolean;
  /** A write is acknowledged once a majority of the members of the set has it. */
  readonly acknowledgedByMajority: boolean;
  /** A write that a majority has is durable on a majority. */
  readonly majorityIsDurable: boolean;
}
