import { expect, it } from "vitest";
import { limits } from "../../../src/limits.ts";
import type { SecretEvent } from "../../../src/store/secret-events.ts";
import type { StoredSecret } from "../../../src/store/secret-rows.ts";
import type { Store } from "../../../src/store/store.ts";
import { begin } from "../../support/store/begin.ts";
import { aCommit, aLists, aSecret, nextVersion, tenant } from "../../support/store/rows.ts";
import type { Fixture } from "./contract.ts";

/** A watch of one tenant. */
export interface Watch {
  /** The first answer: where the watch starts. */
  readonly position: string;
  /** Waits for so many events. */
  take(count: number): Promise<readonly SecretEvent[]>;
  end(): void;
}

/** Waits until it has started. */
export async function startWatch(store: Store, after = "", of = tenant): Promise<Watch> {
  const ending = new AbortController();
  const batches = store.watchSecrets({ tenant: of, after, signal: ending.signal })[Symbol.asyncIterator]();
  const first = await batches.next();
  if (first.done === true) throw new Error("the watch ended at once");
  let waiting = [...first.value.events];
  return {
    position: first.value.position,
    async take(count) {
      while (waiting.length < count) {
        const next = await batches.next();
        if (next.done === true) break;
        waiting.push(...next.value.events);
      }
      const taken = waiting.slice(0, count);
      waiting = waiting.slice(count);
      return taken;
    },
    end: () => ending.abort(),
  };
}

/** `key@version` of each. */
export const namesOf = (events: readonly SecretEvent[]) =>
  events.map(({ secret }) => `${secret.key}@${secret.version}`);

export function watchContract(fixture: Fixture): void {
  it("reports every version from now on, with what it was and without its envelope", async () => {
    await fixture.store.commitSecrets(aCommit([aSecret("alice/EARLIER")]));
    const watch = await startWatch(fixture.store);
    const created = aSecret("alice/A", { lists: aLists({ readers: ["bob"] }), metadata: [["note", "x"]] });
    const updated = nextVersion(created, { lists: aLists({ writers: ["carol"] }) });
    const removed = nextVersion(updated, { removed: true, metadata: [] });
    await fixture.store.commitSecrets(aCommit([created]));
    const change = { secret: updated, expectedVersion: 1, formerLists: created.lists };
    await fixture.store.commitSecrets({ ...aCommit([]), changes: [change] });
    await fixture.store.commitSecrets({
      ...aCommit([]),
      changes: [{ secret: removed, expectedVersion: 2, formerLists: updated.lists }],
    });
    const events = await watch.take(3);
    const bare = (secret: StoredSecret) => ({ ...secret, kid: expect.any(String), envelope: new Uint8Array(0) });
    expect(events.map(({ secret }) => ({ ...secret, kid: "" }))).toEqual(
      [created, updated, removed].map((secret) => ({ ...bare(secret), kid: "" })),
    );
    expect(events.map(({ formerLists }) => formerLists)).toEqual([undefined, created.lists, updated.lists]);
    watch.end();
    expect(await watch.take(1)).toEqual([]);
  });

  it("reports nothing of commits that failed, of documents written anew, and of other tenants", async () => {
    const secret = aSecret("alice/A");
    await fixture.store.commitSecrets(aCommit([secret]));
    const watch = await startWatch(fixture.store);
    const stale = { secret: nextVersion(secret), expectedVersion: 7 };
    await fixture.store.commitSecrets({
      ...aCommit([]),
      changes: [{ secret: aSecret("alice/B"), expectedVersion: 0 }, stale],
    });
    await fixture.store.commitSecrets({ ...aCommit([]), changes: [{ secret, expectedVersion: 1 }] });
    await fixture.store.commitSecrets({
      ...aCommit([]),
      tenant: "other",
      changes: [{ secret: aSecret("alice/A", { tenant: "other" }), expectedVersion: 0 }],
    });
    await fixture.store.commitSecrets(aCommit([aSecret("alice/C")]));
    expect(namesOf(await watch.take(1))).toEqual(["alice/C@1"]);
    watch.end();
  });

  it("goes on after any event, with nothing lost and nothing reported twice", async () => {
    const watch = await startWatch(fixture.store);
    let secret = aSecret("alice/A");
    const expected: string[] = [];
    const write = async (count: number) => {
      for (let at = 0; at < count; at += 1) {
        const others = [0, 1, 2].map((other) => aSecret(`alice/${expected.length}-${other}`));
        await fixture.store.commitSecrets(aCommit([secret, ...others]));
        expected.push(...[secret, ...others].map(({ key, version }) => `${key}@${version}`));
        secret = nextVersion(secret);
      }
    };
    await write(limits.historyVersions + 3);
    const all = await watch.take(expected.length);
    expect(namesOf(all)).toEqual(expected);
    watch.end();
    for (const at of [0, 1, 2, 5, all.length - 2, all.length - 1]) {
      const later = await startWatch(fixture.store, all[at]?.position);
      const left = expected.slice(at + 1);
      await write(1);
      expect(namesOf(await later.take(left.length + 4))).toEqual(expected.slice(at + 1));
      later.end();
    }
    const again = await startWatch(fixture.store, watch.position);
    expect(namesOf(await again.take(expected.length))).toEqual(expected);
    again.end();
  });

  it("goes on in another process where one ended", async () => {
    const watch = await startWatch(fixture.store);
    await fixture.store.commitSecrets(aCommit([aSecret("alice/A"), aSecret("alice/B")]));
    const [first] = await watch.take(1);
    const reopened = await fixture.reopen();
    // Events are verified with the key of the chains.
    await begin(reopened);
    // It ended; what had not arrived by then is for the one that goes on.
    expect((await watch.take(5)).length).toBeLessThanOrEqual(1);
    const later = await startWatch(reopened, first?.position);
    expect(namesOf(await later.take(1))).toEqual(["alice/B@1"]);
    later.end();
  });

  it("refuses a position that it does not know", async () => {
    for (const after of ["nonsense", "1.1", "826A", "-1"]) {
      await expect(startWatch(fixture.store, after)).rejects.toMatchObject({ name: "WatchPositionError" });
    }
  });

  it("serves many watchers at once", async () => {
    const watches = await Promise.all(Array.from({ length: 40 }, () => startWatch(fixture.store)));
    const secrets = Array.from({ length: 10 }, (_, at) => aSecret(`alice/${at}`));
    await Promise.all(secrets.map((secret) => fixture.store.commitSecrets(aCommit([secret]))));
    for (const watch of watches) {
      expect(namesOf(await watch.take(10)).sort()).toEqual(secrets.map(({ key }) => `${key}@1`).sort());
      watch.end();
    }
  });
}
