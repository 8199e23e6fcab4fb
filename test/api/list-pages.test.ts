import { beforeAll, describe, expect, it } from "vitest";
import { SecretState, SecretView } from "../../gen/secret/v1/secret_service_pb.ts";
import { startWithAliceAndBob } from "../support/api/alice-and-bob.ts";
import { expectFailure } from "../support/api/failure.ts";
import { listKeys, listPages, saveOne } from "../support/api/secret-calls.ts";
import { grpc } from "../support/api/transports.ts";

const { admin, alice, bob } = await startWithAliceAndBob(grpc, { alice: { roles: ["backend"] } });

describe("pages", () => {
  const many = 2_500;
  beforeAll(async () => {
    const keys = Array.from({ length: many }, (_, at) => `many/${String(at).padStart(4, "0")}`);
    for (let from = 0; from < many; from += 500) {
      const secrets = keys.slice(from, from + 500).map((key, at) => ({
        key,
        value: key,
        ...((from + at) % 500 === 7 ? { readers: ["bob"] } : {}),
      }));
      await admin.secrets.saveSecrets({ secrets });
    }
  });

  it("reach the end, with each secret once", async () => {
    const pages = await listPages(admin, { namespace: "many", pageSize: 1000 });
    expect(pages.map(({ secrets }) => secrets.length)).toEqual([1000, 1000, 500]);
    const keys = pages.flatMap(({ secrets }) => secrets.map(({ key }) => key));
    expect(new Set(keys).size).toBe(many);
    expect(keys).toEqual(keys.toSorted());
    expect((await admin.secrets.listSecrets({ namespace: "many" })).secrets).toHaveLength(100);
  });

  it("hold what the caller sees, however much else there is", async () => {
    const [first, ...others] = await listPages(bob, { namespace: "many", pageSize: 5 });
    expect(first?.secrets.map(({ key }) => key)).toEqual([
      "many/0007",
      "many/0507",
      "many/1007",
      "many/1507",
      "many/2007",
    ]);
    expect(others.flatMap(({ secrets }) => secrets)).toEqual([]);
    const full = await listPages(bob, { namespace: "many", pageSize: 2, view: SecretView.FULL });
    expect(full.flatMap(({ secrets }) => secrets.map(({ value }) => value))).toHaveLength(5);
    expect(await listKeys(alice, { namespace: "many" })).toEqual([]);
  });

  it("go on behind secrets that were removed or added meanwhile", async () => {
    const first = await admin.secrets.listSecrets({ namespace: "many", pageSize: 10 });
    await admin.secrets.removeSecrets({ keys: ["many/0009", "many/0010"] });
    await saveOne(admin, { key: "many/0010x", value: "v" });
    const next = await admin.secrets.listSecrets({
      namespace: "many",
      pageSize: 2,
      pageToken: first.nextPageToken,
    });
    expect(next.secrets.map(({ key }) => key)).toEqual(["many/0010x", "many/0011"]);
  });

  it("belong to one caller and one filter", async () => {
    const request = { namespace: "many", pageSize: 2 };
    const { nextPageToken: pageToken } = await bob.secrets.listSecrets(request);
    expect((await bob.secrets.listSecrets({ ...request, pageSize: 3, pageToken })).secrets).toHaveLength(3);
    const refused = { code: "InvalidArgument", reason: "INVALID_PAGE_TOKEN", field: "pageToken" } as const;
    const otherCallers = [alice, admin];
    for (const caller of otherCallers)
      await expectFailure(caller.secrets.listSecrets({ ...request, pageToken }), refused);
    const otherRequests = [
      { namespace: "man" },
      { namespace: "" },
      { keyPattern: "many" },
      { view: SecretView.FULL },
      { state: SecretState.ACTIVE },
      { namespace: "", keys: ["many/0007"] },
    ];
    for (const other of otherRequests) {
      await expectFailure(bob.secrets.listSecrets({ ...request, ...other, pageToken }), refused);
    }
    for (const broken of [`${pageToken}A`, pageToken.slice(0, -2), pageToken.toLowerCase(), "A".repeat(5000)]) {
      await expectFailure(bob.secrets.listSecrets({ ...request, pageToken: broken }), refused);
    }
  });

  it("stop at 3 MiB, named secrets included, and fit what a gRPC client takes by default", async () => {
    const keys = Array.from({ length: 70 }, (_, at) => `large/${String(at).padStart(2, "0")}`);
    const value = "x".repeat(64 * 1024);
    for (let from = 0; from < keys.length; from += 35) {
      await admin.secrets.saveSecrets({ secrets: keys.slice(from, from + 35).map((key) => ({ key, value })) });
    }
    for (const request of [{ keys: [...keys, "large/absent"] }, { namespace: "large", view: SecretView.FULL }]) {
      const pages = await listPages(admin, request);
      expect(pages.length).toBe(2);
      expect(pages.flatMap(({ secrets }) => secrets.map(({ key }) => key))).toEqual(keys);
      expect(pages.map(({ missingKeys }) => missingKeys)).toEqual([[], "keys" in request ? ["large/absent"] : []]);
      const { nextPageToken = "" } = pages[0] ?? {};
      const other = { keys: keys.slice(1), pageToken: nextPageToken };
      await expectFailure(admin.secrets.listSecrets(other), { code: "InvalidArgument", reason: "INVALID_PAGE_TOKEN" });
    }
  });

  it("report on the last page all named secrets that are not shown", async () => {
    const value = "x".repeat(64 * 1024);
    const secrets = Array.from({ length: 50 }, (_, at) => ({ key: `alice/big/${at + 10}`, value, readers: ["bob"] }));
    await alice.secrets.saveSecrets({ secrets });
    await saveOne(alice, { key: "alice/big/00", value: "v", writers: ["bob"] });
    await saveOne(alice, { key: "alice/big/01", value: "v", readers: ["bob"] });
    await alice.secrets.removeSecrets({ key: "alice/big/01" });
    const keys = [...secrets.map(({ key }) => key), "alice/big/00", "alice/big/01"];
    const pages = await listPages(bob, { keys });
    expect(pages.length).toBe(2);
    expect(pages.map(({ missingKeys }) => missingKeys)).toEqual([[], ["alice/big/00", "alice/big/01"]]);
  });

  it("count metadata in bytes, not in characters", async () => {
    const metadata = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`m${at}`, "密".repeat(170)]));
    const keys = Array.from({ length: 300 }, (_, at) => `wide/${String(at).padStart(3, "0")}`);
    for (let from = 0; from < keys.length; from += 100) {
      await admin.secrets.saveSecrets({
        secrets: keys.slice(from, from + 100).map((key) => ({ key, value: "v", metadata })),
      });
    }
    const pages = await listPages(admin, { namespace: "wide", pageSize: 1000 });
    expect(pages.flatMap(({ secrets }) => secrets.map(({ key }) => key))).toEqual(keys);
  });

  it("stop looking after 10,000 rows, and go on with the next page", async () => {
    const keys = Array.from({ length: 10_500 }, (_, at) => `scan/${String(at).padStart(5, "0")}`);
    for (let from = 0; from < keys.length; from += 1000) {
      await admin.secrets.saveSecrets({ secrets: keys.slice(from, from + 1000).map((key) => ({ key, value: "v" })) });
    }
    const pages = await listPages(admin, { namespace: "scan", keyPattern: "*/10*99", pageSize: 50 });
    expect(pages.flatMap(({ secrets }) => secrets.map(({ key }) => key))).toEqual([
      "scan/10099",
      "scan/10199",
      "scan/10299",
      "scan/10399",
      "scan/10499",
    ]);
    expect(pages.map(({ secrets }) => secrets.length)).toEqual([0, 5]);
  });
});
