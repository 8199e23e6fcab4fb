/**
 * The floors of `src/`, ground up. A room (a folder, or a loose file) imports only from floors below its own. The
 * linter enforces this with one list of folders for each room, in the `biome.json` of each folder, and
 * `test/architecture.test.ts` proves that these lists say what this page says.
 */
export interface Floor {
  readonly rooms: readonly string[];
  /** What the floor is for, in a few words. */
  readonly about: string;
}

export const floors: readonly Floor[] = [
  { rooms: ["limits.ts", "error.ts"], about: "every limit, every reason" },
  { rooms: ["text", "files", "flow", "log"], about: "tools without a domain" },
  { rooms: ["crypto"], about: "ciphers, MACs, formats" },
  { rooms: ["audit"], about: "records and chains" },
  { rooms: ["store"], about: "the interface of stores" },
  { rooms: ["store/sqlite/migrations", "store/mongo/rows"], about: "drivers of databases" },
  { rooms: ["store/sqlite", "store/mongo/connect"], about: "connections" },
  { rooms: ["store/mongo/read", "store/mongo/migrations"], about: "queries" },
  { rooms: ["store/mongo/restore"], about: "restores and snapshots" },
  { rooms: ["store/mongo/commit", "store/mongo/watch"], about: "commits and change streams" },
  { rooms: ["store/mongo"], about: "the store on MongoDB" },
  { rooms: ["keys"], about: "keys in use" },
  { rooms: ["rules"], about: "what all use cases share" },
  { rooms: ["secrets"], about: "use cases of secrets" },
  { rooms: ["jwt", "audit-log", "config", "metrics"], about: "issuers, audit queries, settings, meters" },
  { rooms: ["identity"], about: "users, tokens, callers" },
  { rooms: ["admission", "rotation", "backup"], about: "limits of calls, new keys, backups" },
  { rooms: ["http/call"], about: "one call" },
  { rooms: ["rpc/wire"], about: "protobuf to rules and back" },
  { rooms: ["rpc/list-response"], about: "encoders of lists" },
  { rooms: ["rpc"], about: "the services of the contract" },
  { rooms: ["login", "console", "vault"], about: "people sign in, the page; what speaks Vault" },
  { rooms: ["http/connection"], about: "one connection" },
  { rooms: ["workers"], about: "processes behind one port" },
  { rooms: ["service"], about: "puts the service together" },
  { rooms: ["main.ts"], about: "the commands" },
];

/** The command line tool stands next to the floors, and nothing imports it. Its own floors, ground up. */
export const cliFloors: readonly (readonly string[])[] = [
  ["cli/formats"],
  ["cli/print"],
  ["cli/frame"],
  ["cli/files"],
  ["cli/plan", "cli/run", "cli/git"],
  ["cli/commands"],
  ["cli"],
];

/** What `cli` may import from the floors: files that hold no key of the service and decide nothing. */
export const openToCli: readonly string[] = [
  "limits.ts",
  "files/read-bounded.ts",
  "files/write-whole.ts",
  "text/access-list-names.ts",
  "text/byte-order.ts",
  "text/escape-for-display.ts",
  "text/expires.ts",
  "text/key-grammar.ts",
  "text/secret-value.ts",
  "text/traceparent.ts",
  "crypto/checksum.ts",
  "crypto/sealing-key-file.ts",
  "crypto/sealed-text.ts",
  "crypto/sealed-value.ts",
  "rules/secret-key.ts",
  "rules/state.ts",
];

/** Drivers are behind the interface in `store`: only `service`, which opens them, imports their folders. */
const drivers = ["store/sqlite", "store/mongo"];

const driverOf = (room: string) => drivers.find((driver) => room === driver || room.startsWith(`${driver}/`));

const heights = new Map(floors.flatMap(({ rooms }, height) => rooms.map((room) => [room, height] as const)));
const cliHeights = new Map(cliFloors.flatMap((rooms, height) => rooms.map((room) => [room, height] as const)));

/** Every room, ground up, those of `cli` last. */
export const rooms: readonly string[] = [...heights.keys(), ...cliHeights.keys()];

/** Whether a room may import from another. `openToCli` names the files of the floors that `cli` may import as well. */
export function mayImport(room: string, other: string): boolean {
  if (room === other) return true;
  const [cliHeight, otherCliHeight] = [cliHeights.get(room), cliHeights.get(other)];
  if (cliHeight !== undefined || otherCliHeight !== undefined) {
    return cliHeight !== undefined && otherCliHeight !== undefined && otherCliHeight < cliHeight;
  }
  const driver = driverOf(other);
  if (driver !== undefined && driver !== driverOf(room) && room !== "service") return false;
  return (heights.get(other) ?? Number.POSITIVE_INFINITY) < (heights.get(room) ?? -1);
}
