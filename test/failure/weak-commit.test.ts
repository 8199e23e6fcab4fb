import { it, type TestContext } from "vitest";
import { openMongoStore } from "../../src/store/mongo/open.ts";
import type { Store } from "../../src/store/store.ts";
import { createHistory, type History } from "../support/failure/history.ts";
import { checkRegister } from "../support/failure/linearizability.ts";
import { type ReplicaSet, startReplicaSet } from "../support/mongo/replica-set.ts";
import { begin } from "../support/store/begin.ts";
import { aCommit, aSecret, nextVersion, tenant } from "../support/store/rows.ts";

const key = "held/KEY";
/** Long enough for a write to a primary that is alone, before it notices and steps down. */
const electionTimeoutMs = 3_000;

type AcknowledgedBy = "majority" | "primary";

async function open(test: TestContext, set: ReplicaSet, acknowledgedBy: AcknowledgedBy): Promise<Store> {
  const uri = set.uri.replace("/?", "/secrets?");
  const store = await openMongoStore({ uri, acknowledgedBy, times: { writeMs: 1_000 } });
  test.onTestFinished(() => store.close());
  await begin(store);
  return store;
}

/** A primary that is alone takes a write, dies, and comes back when the others have gone on without it. */
async function writeToLonePrimary(test: TestContext, acknowledgedBy: AcknowledgedBy): Promise<History> {
  const set = await startReplicaSet({ members: 3, electionTimeoutMs });
  test.onTestFinished(() => set.stop());
  const sound = await open(test, set, "majority");
  const store = await open(test, set, acknowledgedBy);
  const history = createHistory();
  const first = aSecret(key);
  const second = nextVersion(first);
  await commit(sound, history, first);

  const primary = await set.primary();
  const others = set.members.filter((member) => member !== primary);
  await Promise.all(others.map((member) => member.kill()));
  await commit(store, history, second);
  await primary.kill();
  await Promise.all(others.map((member) => member.start()));
  await set.primary();
  await primary.start();

  const end = history.invokeRead(key, "reader");
  const [found] = await sound.findSecrets({ tenant, keys: [key], visibleTo: "everyone" });
  end({ kind: "read", as: "admin", saw: found && { version: found.version, tag: `v${found.version}`, value: "" } });
  return history;

  async function commit(store: Store, history: History, secret: typeof first): Promise<void> {
    const write = { kind: "save", tag: `v${secret.version}`, value: "" } as const;
    const end = history.invokeWrite(key, "writer", write);
    const outcome = await store.commitSecrets(aCommit([secret])).then(
      () => ({ status: "ok", version: secret.version }) as const,
      () => ({ status: "unknown" }) as const,
    );
    end(outcome);
  }
}

it.concurrent("a store that acknowledges what only the primary has loses a write, and the checker of histories notices", async (test) => {
  const history = await writeToLonePrimary(test, "primary");
  test.expect(history.counts).toEqual({ ok: 2, fail: 0, unknown: 0, read: 1 });
  test.expect(checkRegister(history.registers.get(key) ?? [])).toContain("2 of 3 operations explained");
}, 90_000);

it.concurrent("threat 96: the same does not happen to the store as it is", async (test) => {
  const history = await writeToLonePrimary(test, "majority");
  test.expect(history.counts).toEqual({ ok: 1, fail: 0, unknown: 1, read: 1 });
  test.expect(checkRegister(history.registers.get(key) ?? [])).toBeUndefined();
}, 90_000);
