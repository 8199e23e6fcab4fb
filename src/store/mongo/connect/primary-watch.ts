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

/**
 * The same, and all that shows that another server may have answered under the same address. A process that reads
 * before its records are in the database needs to know more.
 */
export interface ConnectionWatch extends PrimaryWatch {
  /** Counts terms, and connections to the primary that failed. */
  readonly epoch: number;
  /** When the current epoch began. -Infinity for the first. */
  readonly epochChangedAtMs: number;
  /**
   * Compares the election that a reply names with that of the current term. Another one begins a new term. False when
   * it is another one, or unknown.
   */
  isOfElection(electionId: string | undefined): boolean;
}

/** Starts to listen. Must be called before the client connects. */
export function watchPrimary(client: MongoClient): ConnectionWatch {
  let term = 0;
  let epoch = 0;
  let known: Primary | undefined;
  let changedAtMs = -Infinity;
  let epochChangedAtMs = -Infinity;

  function nextEpoch(): void {
    epoch += 1;
    epochChangedAtMs = performance.now();
  }

  function nextTerm(primary: Primary): void {
    if (known !== undefined) {
      changedAtMs = performance.now();
      nextEpoch();
    }
    known = primary;
    term += 1;
  }

  client.on("topologyDescriptionChanged", ({ newDescription }) => {
    const primary = primaryOf(newDescription);
    if (primary === undefined) return;
    if (primary.address !== known?.address || primary.electionId !== known.electionId) nextTerm(primary);
  });
  client.on("connectionPoolCleared", ({ address }) => {
    if (address === known?.address) nextEpoch();
  });
  client.on("connectionClosed", ({ address, reason }) => {
    if (reason === "error" && address === known?.address) nextEpoch();
  });
  return {
    get term() {
      return term;
    },
    get changedAtMs() {
      return changedAtMs;
    },
    get epoch() {
      return epoch;
    },
    get epochChangedAtMs() {
      return epochChangedAtMs;
    },
    isOfElection(electionId) {
      if (known === undefined || electionId === undefined) return false;
      if (electionId === known.electionId) return true;
      nextTerm({ ...known, electionId });
      return false;
    },
  };
}

interface Primary {
  readonly address: string;
  readonly electionId: string | undefined;
}

function primaryOf({ servers }: TopologyDescription): Primary | undefined {
  for (const { type, address, electionId } of servers.values()) {
    if (type === "RSPrimary") return { address, electionId: electionId?.toHexString() };
  }
  return undefined;
}
