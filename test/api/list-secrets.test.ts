import { beforeAll, describe, expect, it } from "vitest";
import { SecretState, SecretView } from "../../gen/secret/v1/secret_service_pb.ts";
import { startWithAliceAndBob } from "../support/api/alice-and-bob.ts";
import { expectFailure } from "../support/api/failure.ts";
import { listKeys, readOne, saveOne } from "../support/api/secret-calls.ts";
import { grpc } from "../support/api/transports.ts";

const { service, admin, alice, bob } = await startWithAliceAndBob(grpc, { alice: { roles: ["backend"] } });

describe("selectors", () => {
  beforeAll(async () => {
    const keys = ["sel/a", "sel/b", "sel/sub/a", "selfish/a", "SEL/a", "sel"];
    await admin.secrets.saveSecrets({ secrets: keys.map((key) => ({ key, value: `value of ${key}` })) });
  });

  it("takes keys in the plural and the singular, without repeats", async () => {
    expect(await listKeys(admin, { keys: ["sel/b", "sel/a", "sel/b"] })).toEqual(["sel/a", "sel/b"]);
    expect(await listKeys(admin, { key: "sel/b" })).toEqual(["sel/b"]);
  });

  it("takes ids, and an id that has not the form of one is a key", async () => {
    const a = await readOne(admin, "sel/a");
    const id = a?.id ?? "";
    expect(id).toMatch(/^secr_[a-z2-7]{20}$/);
    expect(await listKeys(admin, { ids: [id] })).toEqual(["sel/a"]);
    expect(await listKeys(admin, { id })).toEqual(["sel/a"]);
    expect(await listKeys(admin, { ids: [id, "sel/b", "sel/a"] })).toEqual(["sel/a", "sel/b"]);
    expect(await admin.secrets.listSecrets({ ids: [id, "secr_absent", "sel/absent"] })).toMatchObject({
      missingKeys: [],
      missingIds: ["sel/absent", "secr_absent"],
    });
  });

  it("refuses selectors that exclude each other", async () => {
    const conflicts = [
      { keys: ["a"], ids: ["b"], field: "ids" },
      { keys: ["a"], key: "b", field: "key" },
      { ids: ["a"], id: "b", field: "id" },
      { key: "a", id: "b", field: "id" },
      { keys: ["a"], id: "b", field: "id" },
      { ids: ["a"], key: "b", field: "key" },
    ];
    for (const { field, ...request } of conflicts) {
      const expected = { code: "InvalidArgument", reason: "CONFLICTING_FIELDS", field } as const;
      await expectFailure(alice.secrets.listSecrets(request), expected);
    }
  });

  it("combines the others with AND, and a named secret that they leave out is missing", async () => {
    expect(await listKeys(admin, { namespace: "sel" })).toEqual(["sel/a", "sel/b", "sel/sub/a"]);
    expect(await listKeys(admin, { namespace: "sel", keyPattern: "*/a" })).toEqual(["sel/a", "sel/sub/a"]);
    expect(
      await admin.secrets.listSecrets({ keys: ["sel/a", "sel/b", "SEL/a"], namespace: "sel", keyPattern: "a" }),
    ).toMatchObject({ secrets: [{ key: "sel/a" }], missingKeys: ["sel/b", "SEL/a"] });
    const expired = await admin.secrets.listSecrets({ keys: ["sel/a"], state: SecretState.EXPIRED });
    expect(expired).toMatchObject({ secrets: [], missingKeys: ["sel/a"] });
    const { id = "" } = (await readOne(admin, "sel/a")) ?? {};
    const byId = await admin.secrets.listSecrets({ ids: [id], namespace: "SEL" });
    expect(byId).toMatchObject({ secrets: [], missingIds: [id] });
  });

  it("threat 56: takes a pattern literally, but for the star", async () => {
    const keys = ["glob/a.b", "glob/axb", "glob/a+b", "glob/A.B", "glob/_ab_"];
    await admin.secrets.saveSecrets({ secrets: keys.map((key) => ({ key, value: "v" })) });
    const matching = (keyPattern: string) => listKeys(admin, { keyPattern, namespace: "glob" });
    expect(await matching("a.b")).toEqual(["glob/a.b"]);
    expect(await matching("a+b")).toEqual(["glob/a+b"]);
    expect(await matching("glob/a*b")).toEqual(["glob/a+b", "glob/a.b", "glob/axb"]);
    expect(await matching("a*")).toEqual([]);
    expect(await matching("*/a*")).toEqual(["glob/a+b", "glob/a.b", "glob/axb"]);
    expect(await matching("**x**")).toEqual(["glob/axb"]);
    expect(await matching("lob")).toHaveLength(5);
    for (const keyPattern of ["a?b", "[ab]", "a.b$", "(a)", "a b", "ключ", "a\u0000", "{a}", "^a", "a|b", "\\w"]) {
      const expected = { code: "InvalidArgument", reason: "INVALID_FIELD", field: "keyPattern" } as const;
      await expectFailure(admin.secrets.listSecrets({ keyPattern }), expected);
    }
    await expectFailure(admin.secrets.listSecrets({ keyPattern: "*a".repeat(128) }), {
      code: "InvalidArgument",
      reason: "LIMIT_EXCEEDED",
      field: "keyPattern",
      limit: 255,
      actual: 256,
    });
    expect(await matching("*a".repeat(127))).toEqual([]);
  });

  it("checks every name before it looks", async () => {
    const invalid = { code: "InvalidArgument", reason: "INVALID_FIELD" } as const;
    await expectFailure(alice.secrets.listSecrets({ namespace: "a//b" }), { ...invalid, field: "namespace" });
    await expectFailure(alice.secrets.listSecrets({ namespace: ".." }), { ...invalid, field: "namespace" });
    await expectFailure(alice.secrets.listSecrets({ keys: ["ok", "not ok"] }), { ...invalid, field: "keys[1]" });
    await expectFailure(alice.secrets.listSecrets({ ids: ["ok", "/"] }), { ...invalid, field: "ids[1]" });
    await expectFailure(alice.secrets.listSecrets({ view: 9 as SecretView }), { ...invalid, field: "view" });
    await expectFailure(alice.secrets.listSecrets({ state: 9 as SecretState }), { ...invalid, field: "state" });
    const limit = { code: "InvalidArgument", reason: "LIMIT_EXCEEDED", limit: 1000, actual: 1001 } as const;
    await expectFailure(alice.secrets.listSecrets({ pageSize: 1001 }), { ...limit, field: "pageSize" });
    const keys = Array.from({ length: 1001 }, (_, at) => `k${at}`);
    await expectFailure(alice.secrets.listSecrets({ keys }), { ...limit, field: "keys" });
    expect((await alice.secrets.listSecrets({ keys: keys.slice(1) })).missingKeys).toHaveLength(1000);
  });

  it("threats 63, 64: knows only ASCII keys, byte for byte", async () => {
    const bad = [
      "a\u0000b",
      "a\nb",
      "а/x",
      "ａ",
      "a\u200db",
      "\u202ea",
      "é",
      "e\u0301",
      "a/../b",
      "./a",
      "/a",
      "a/",
      "a//b",
    ];
    for (const key of bad) {
      const expected = { code: "InvalidArgument", reason: "INVALID_FIELD", field: "keys[0]" } as const;
      await expectFailure(admin.secrets.listSecrets({ keys: [key] }), expected);
    }
    expect(await listKeys(admin, { keys: ["Sel/A", "sel/A", "SEL/A"] })).toEqual([]);
  });
});

describe("views", () => {
  beforeAll(async () => {
    await saveOne(alice, { key: "alice/view/written", value: "v", writers: ["bob"] });
    await saveOne(alice, { key: "alice/view/read", value: "v", readers: ["bob"] });
    await saveOne(alice, { key: "alice/view/deleted", value: "v", deleters: ["bob"] });
    await saveOne(alice, { key: "alice/view/role", value: "v", canChangeWriters: ["bob"] });
    await saveOne(alice, { key: "alice/view/none", value: "v" });
  });
  const namespace = "alice";
  const keyPattern = "/view/";

  it("shows keys and metadata to those with any right, values to readers only", async () => {
    const visible = ["alice/view/deleted", "alice/view/read", "alice/view/role", "alice/view/written"];
    for (const view of [SecretView.UNSPECIFIED, SecretView.KEYS, SecretView.METADATA]) {
      const { secrets } = await bob.secrets.listSecrets({ namespace, keyPattern, view });
      expect(secrets.map(({ key }) => key)).toEqual(visible);
      for (const secret of secrets) expect(secret.value).toBeUndefined();
    }
    const full = await bob.secrets.listSecrets({ namespace, keyPattern, view: SecretView.FULL });
    expect(full.secrets).toMatchObject([{ key: "alice/view/read", value: "v" }]);
  });

  it("counts a named secret without the right as missing, without saying why", async () => {
    const keys = ["alice/view/none", "alice/view/read", "alice/view/written", "alice/view/absent"];
    const full = await bob.secrets.listSecrets({ keys });
    expect(full.secrets.map(({ key }) => key)).toEqual(["alice/view/read"]);
    expect(full.missingKeys).toEqual(["alice/view/none", "alice/view/written", "alice/view/absent"]);
    const metadata = await bob.secrets.listSecrets({ keys, view: SecretView.METADATA });
    expect(metadata.missingKeys).toEqual(["alice/view/none", "alice/view/absent"]);
  });

  it("lets a role count like a slug", async () => {
    await saveOne(admin, { key: "team/KEY", value: "v", readers: ["backend"] });
    expect(await readOne(alice, "team/KEY")).toMatchObject({ value: "v", owner: "admin" });
    expect(await readOne(bob, "team/KEY")).toBeUndefined();
  });
});

describe("state", () => {
  const day = 24 * 3600 * 1000;
  it("follows the clock", async () => {
    const start = service.clock.now();
    const inDays = (days: number) => new Date(start + days * day).toISOString();
    await alice.secrets.saveSecrets({
      secrets: [
        { key: "alice/state/expires", value: "v", metadata: { expires: inDays(20) } },
        { key: "alice/state/rotates", value: "v", metadata: { rotation_interval: "10d" } },
        { key: "alice/state/plain", value: "v" },
      ],
    });
    const of = (state: SecretState) => listKeys(alice, { namespace: "alice", keyPattern: "/state/", state });
    expect(await of(SecretState.ACTIVE)).toHaveLength(3);
    service.clock.advance(6 * day);
    expect(await of(SecretState.EXPIRING)).toEqual(["alice/state/expires"]);
    service.clock.advance(4 * day);
    expect(await of(SecretState.ROTATION_DUE)).toEqual(["alice/state/rotates"]);
    await saveOne(alice, { key: "alice/state/rotates", value: "new" });
    expect(await of(SecretState.ROTATION_DUE)).toEqual([]);
    service.clock.advance(10 * day);
    expect(await of(SecretState.EXPIRED)).toEqual(["alice/state/expires"]);
    expect(await of(SecretState.ROTATION_DUE)).toEqual(["alice/state/rotates"]);
    expect(await of(SecretState.ACTIVE)).toEqual(["alice/state/plain"]);
    expect((await readOne(alice, "alice/state/expires"))?.value).toBe("v");
  });

  it("counts as expiring what expires within the time that a list names, also in its answer", async () => {
    const at = new Date(service.clock.now() + 20 * day).toISOString();
    await saveOne(alice, { key: "alice/within/later", value: "v", metadata: { expires: at } });
    const namespace = { namespace: "alice", keyPattern: "/within/", state: SecretState.EXPIRING };
    const within = (days: number) => ({ seconds: BigInt(days * 24 * 3600), nanos: 0 });
    expect(await listKeys(alice, { ...namespace, within: within(19) })).toEqual([]);
    const { secrets } = await alice.secrets.listSecrets({ ...namespace, within: within(20) });
    expect(secrets).toMatchObject([{ key: "alice/within/later", state: SecretState.EXPIRING }]);

    const invalid = { code: "InvalidArgument", field: "within" } as const;
    for (const days of [0, 3651]) {
      const refused = alice.secrets.listSecrets({ ...namespace, within: within(days) });
      await expectFailure(refused, { ...invalid, reason: "INVALID_FIELD" });
    }
    const alone = alice.secrets.listSecrets({ within: within(1) });
    await expectFailure(alone, { ...invalid, reason: "CONFLICTING_FIELDS" });
  });

  it("does not go on in another page when the time is another", async () => {
    const at = new Date(service.clock.now() + 10 * day).toISOString();
    const names = ["a", "b"].map((name) => ({ key: `alice/paged/${name}`, value: "v", metadata: { expires: at } }));
    await alice.secrets.saveSecrets({ secrets: names });
    const request = { keyPattern: "/paged/", state: SecretState.EXPIRING, pageSize: 1 };
    const { nextPageToken } = await alice.secrets.listSecrets({ ...request, within: { seconds: 864_000n } });
    const other = alice.secrets.listSecrets({ ...request, within: { seconds: 864_001n }, pageToken: nextPageToken });
    await expectFailure(other, { code: "InvalidArgument", reason: "INVALID_PAGE_TOKEN" });
  });
});
