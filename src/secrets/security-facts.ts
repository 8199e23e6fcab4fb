import type { ServerFacts } from "../store/server-facts.ts";
import type { StoreSpace } from "../store/store-space.ts";

/** How securely this process is set up. */
export interface SecurityFacts {
  /** The active encryption key: as good as random, typed text, easy to guess, or the public default. */
  readonly key: "random" | "text" | "weak" | "default";
  /** The active key lies in the data directory. */
  readonly keyInDataDirectory: boolean;
  /** The active key was a variable of the environment that the process was started with. */
  readonly keyInEnvironment: boolean;
  /** Rows that still need another key than the active one. */
  readonly formerRows: number;
  /** Some of these rows need a key that is easy to guess, or the public default key. */
  readonly formerWeakly: boolean;
  readonly beyondLoopback: boolean;
  readonly tls: boolean;
  /** The chain of certificates that clients see. Undefined without TLS. */
  readonly certificate: CertificateFacts | undefined;
  /** Changed files whose new content is not used, each with the reason. */
  readonly notReloaded: readonly string[];
  readonly auditFailing: boolean;
  readonly reflection: boolean;
  /** Names of secrets are in the paths of requests. */
  readonly vaultApi: boolean;
  /** Browsers get the page at addresses where they cannot sign in. */
  readonly consoleWithoutTls: boolean;
  /** Metrics are served on an address that is not loopback. */
  readonly metricsBeyondLoopback: boolean;
  readonly root: boolean;
  /** Options of Node that let a debugger attach or the memory be copied. */
  readonly debugOptions: readonly string[];
  /** Files with keys, tokens or data that other users of the machine can read or write. */
  readonly openFiles: readonly string[];
  /** A folder with data that a restart of the machine empties. */
  readonly inMemory: FolderInMemory | undefined;
  /** Room on the disk of the store. Undefined when the store does not say. */
  readonly space: StoreSpace | undefined;
  /** How many use more than nine tenths of one of their quotas. */
  readonly nearQuota: { readonly users: number; readonly tenants: number };
  /** An admin has a token without an end although people log in. */
  readonly endlessAdminToken: boolean;
  /** Stored data that was changed outside the service or is damaged, as a message for each. */
  readonly damaged: readonly string[];
  /** Undefined for the embedded store. */
  readonly server: ServerFacts | undefined;
}

export interface FolderInMemory {
  readonly folder: string;
  /** The store and the journal of access, or only the journal. */
  readonly holds: "everything" | "journal";
}

export interface CertificateFacts {
  readonly standing: "valid" | "expiring" | "expired" | "not-yet-valid";
  /** Whole days until it expires; negative afterwards. */
  readonly days: number;
}
