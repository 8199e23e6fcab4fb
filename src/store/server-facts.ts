/** How securely a database server is set up. */
export interface ServerFacts {
  readonly version: string;
  /** Known vulnerabilities of that version, each with its name and effect. */
  readonly vulnerabilities: readonly string[];
  /** Every connection needs a password or a certificate. */
  readonly authenticates: boolean;
  /** Connections to it are encrypted. */
  readonly encrypted: boolean;
  /** All its hosts are on this machine. */
  readonly isLocal: boolean;
  /** A write is acknowledged by a majority of the replica set. */
  readonly acknowledgedByMajority: boolean;
  /** A write that a majority acknowledges is durable there. */
  readonly majorityIsDurable: boolean;
}
