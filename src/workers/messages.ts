import type { Settings } from "../config/config.ts";
import type { TakenSecrets } from "../config/load-config.ts";

/** What all workers have to forget before one of them acknowledges a change. */
export type Forgotten =
  | { readonly kind: "callers" }
  | { readonly kind: "quotas"; readonly tenant: string }
  | { readonly kind: "sealing-keys"; readonly kids: readonly string[] };

/**
 * What a worker begins with. It holds secrets: it goes through the channel between the two processes, never through
 * arguments or the environment, which other programs can read.
 */
export interface Start {
  readonly type: "start";
  /** From 1; a worker that is started again has the number of the one that it replaces. */
  readonly slot: number;
  readonly flags: Settings;
  readonly secrets: TakenSecrets;
  /** The port that the others listen on. Undefined: that of the settings. */
  readonly port: number | undefined;
  /** Whether to make a link that signs a browser in, for the person who starts the service. */
  readonly wantsLink: boolean;
}

/** What the parent shows of the service. */
export interface ServiceFacts {
  readonly url: string;
  readonly port: number;
  readonly encryptionKey: string;
  readonly adminTokenFile: string | undefined;
  readonly consoleUrl: string | undefined;
  readonly firstLink: string | undefined;
}

/** From the parent to a worker. What has an id is answered with the same id. */
export type ToWorker =
  | Start
  /** From now on the worker gets what it has to forget. */
  | { readonly type: "joined" }
  | { readonly type: "forget"; readonly id: number; readonly what: Forgotten }
  /** All others have forgotten what this worker announced, or have ended. */
  | { readonly type: "announced"; readonly id: number }
  | { readonly type: "metrics"; readonly id: number }
  | { readonly type: "reload" }
  | { readonly type: "stop"; readonly graceMs: number };

/** From a worker to the parent. */
export type FromWorker =
  | { readonly type: "join" }
  | { readonly type: "ready"; readonly facts: ServiceFacts }
  | { readonly type: "readiness"; readonly isReady: boolean }
  | { readonly type: "announce"; readonly id: number; readonly what: Forgotten }
  | { readonly type: "done"; readonly id: number; readonly result?: unknown };
