import type { MongoClient, TopologyDescription } from "mongodb";

/** The server that is the primary, as far as this process knows. */
export interface PrimaryWatch {
  /**
   * Counts the primaries; a server that is elected again counts as another one. 0 before the first, and always behind a
   * router.
   */
  readonly term: number;
  /** When the current term became known, by the clock of `performance.now`. -Infinity for the first term. */
  readonly changedAtMs: number;
}

/** Starts to listen. Must be called before the client connects. */
export function watchPrimary(client: MongoClient): PrimaryWatch {
  let term = 0;
  let known = "";
  let changedAtMs = -Infinity;
  client.on("topologyDescriptionChanged", ({ newDescription }) => {
    const primary = primaryOf(newDescription);
    if (primary === undefined || primary === known) return;
    if (known !== "") changedAtMs = performance.now();
    known = primary;
    term += 1;
  });
  return {
    get term() {
      return term;
    },
    get changedAtMs() {
      return changedAtMs;
    },
  };
}

function primaryOf({ servers }: TopologyDescription): string | undefined {
  for (const { type, address, electionId } of servers.values()) {
    if (type === "RSPrimary") return `${address} ${electionId?.toHexString() ?? ""}`;
  }
  return undefined;
}
