import { derivedId } from "../../../src/rules/secret-key.ts";
import { type Api, startService, type TestService } from "../api/fixture.ts";
import { inMemory } from "../api/transports.ts";
import { type Intruder, intrude, type Row, recordedAtOnce } from "./database.ts";
import type { Target } from "./operations.ts";

/** A service in this process with an intruder at its database. */
export interface Hostile {
  readonly service: TestService;
  readonly intruder: Intruder;
  /** Owner of the secrets under `alice/`, not an admin. */
  readonly alice: Api;
  /** Has no right on anything. */
  readonly mallory: Api;
  readonly live: Target;
  readonly removed: Target;
  /** Callers who may do everything with the targets. */
  readonly callers: readonly { readonly name: string; readonly api: Api }[];
  rowOf(key: string): Row;
  stop(): Promise<void>;
}

/** One live and one removed secret, with different entries in every list and two pairs of metadata. */
export async function startHostile(): Promise<Hostile> {
  const service = await startService(inMemory, { environment: recordedAtOnce });
  const alice = await service.addUser("alice");
  const mallory = await service.addUser("mallory");
  const neighbour = "alice/NEIGHBOUR";
  const named = (key: string) => ({ key, id: derivedId("default", key), neighbour });
  const live = { ...named("alice/LIVE"), value: "canary-of-live-7d1e", others: [neighbour] };
  const removed = { ...named("alice/REMOVED"), value: "canary-of-removed-5b0c", others: [live.key, neighbour] };
  const lists = {
    readers: ["bob", "carol"],
    writers: ["bob", "dave"],
    deleters: ["erin"],
    canChangeReaders: ["frank", "grace"],
    canChangeWriters: ["heidi"],
    canChangeDeleters: ["ivan"],
  };
  const metadata = { team: "payments", expires: "2032-01-31" };
  const both = [live, removed].map(({ key, id, value }) => ({ key, id, value }));
  await alice.secrets.saveSecrets({
    secrets: [...both, { key: neighbour, value: "value-of-neighbour" }].map((each) => ({
      ...each,
      ...lists,
      metadata,
    })),
  });
  service.clock.advance(60_000);
  // A second version, so that the history has an older row to put back.
  await alice.secrets.saveSecrets({ secrets: [{ key: live.key, metadata: { ...metadata, team: "billing" } }] });
  await alice.secrets.removeSecrets({ keys: [removed.key] });
  const intruder = intrude(service.dataDir);
  return {
    service,
    intruder,
    alice,
    mallory,
    live,
    removed,
    callers: [
      { name: "an admin", api: service.admin },
      { name: "the owner", api: alice },
    ],
    rowOf: (key) => intruder.row("SELECT * FROM secret WHERE tenant = 'default' AND key = ?", key),
    async stop() {
      intruder.close();
      await service.stop();
    },
  };
}
