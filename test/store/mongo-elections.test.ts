import { expect, onTestFinished, test } from "vitest";
import { openMongoStore } from "../../src/store/mongo/open.ts";
import { begin } from "../support/store/begin.ts";
import { aCommit, aSecret, tenant } from "../support/store/rows.ts";
import { serverWithFailPoint } from "../support/store/server-with-fail-point.ts";

const server = serverWithFailPoint();

test("reads that are refused in the middle of an election are unavailable, and those after it work", async () => {
  const store = await openMongoStore({ uri: server.newDatabase().uri });
  onTestFinished(() => store.close());
  await begin(store);
  const secret = aSecret("alice/A");
  await store.commitSecrets(aCommit([secret]));
  const page = { tenant, right: "any", prefix: "", glob: undefined, after: "", limit: 10, scanLimit: 100 } as const;
  const reads = () => [
    store.findSecrets({ tenant, keys: [secret.key], visibleTo: "everyone" }),
    store.listSecrets({ ...page, visibleTo: "everyone" }),
    store.listNames({ ...page, visibleTo: ["alice"] }),
    store.findUser(tenant, "alice"),
    store.newestChanges([{ tenant, name: secret.key, action: "secret.", isVersioned: true }], 1),
  ];
  const { failPoint } = server;
  const notWritablePrimary = 10_107;
  // What the driver keeps of the first refusal is compared with the others.
  await failPoint.on(["find", "aggregate"], { errorCode: notWritablePrimary }, 24);
  for (let round = 0; round < 4; round += 1) {
    for (const outcome of await Promise.allSettled(reads())) {
      if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ kind: "unavailable" });
    }
  }
  await failPoint.off();
  for (const read of reads()) await read;
});
