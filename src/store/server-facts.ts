/** How safely the server of a database is set up. */
export interface ServerFacts {
  readonly version: string;
  /** Known holes of that version, in words. */
  readonly holes: readonly string[];
  /** It lets nobody in without a password or a certificate. */
  readonly authenticates: boolean;
  /** Connections to it are encrypted. */
  readonly encrypted: boolean;
  /** All of it is on this machine. */
  readonly isLocal: boolean;
  /** A write is acknowledged when most members of the set have it. */
  readonly acknowledgedByMost: boolean;
  /** What most members have, they have on disk. */
  readonly majorityIsOnDisk: boolean;
}
