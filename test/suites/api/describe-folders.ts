import { expect, it } from "vitest";
import { CredentialKind, NameKind } from "../../../gen/secret/v1/identity_service_pb.ts";
import { SecretState, SecretView } from "../../../gen/secret/v1/secret_service_pb.ts";
import { limits } from "../../../src/limits.ts";
import { rights } from "../../../src/text/access-list-names.ts";
import { expectFailure } from "../../support/api/failure.ts";
import { listPages } from "../../support/api/secret-calls.ts";
import type { Callers } from "./describe-api.ts";

const day = 24 * 3600 * 1000;

/**
 * What a person needs to find their way: rights, folders, removed secrets, texts and names; the same over every
 * transport.
 */
export function describeFolders(callers: () => Callers): void {
  it("shows what the caller may do with each secret", async () => {
    const { admin, alice, bob } = callers();
    const secret = { key: "alice/RIGHTS", value: "v", readers: ["alice", "bob"], deleters: ["bob"] };
    await alice.secrets.saveSecrets({ secrets: [secret] });
    const shown = async (api: typeof bob, view: SecretView) =>
      (await api.secrets.listSecrets({ namespace: "alice", keyPattern: "*RIGHTS", view })).secrets[0]?.rights;
    expect(await shown(bob, SecretView.METADATA)).toEqual(["read", "delete"]);
    expect(await shown(bob, SecretView.FULL)).toEqual(["read", "delete"]);
    expect(await shown(bob, SecretView.KEYS)).toEqual([]);
    expect(await shown(admin, SecretView.METADATA)).toEqual([...rights]);
    const versions = await bob.secrets.listVersions({ key: secret.key });
    expect(versions.versions[0]?.secret?.rights).toEqual([]);
  });

  it("threat 171: rights are those of the token, not of its user", async () => {
    const { service, alice } = callers();
    await alice.secrets.saveSecrets({ secrets: [{ key: "alice/NARROW", value: "v" }] });
    const grants = [{ action: "read", keyPatterns: ["alice/N*"] }];
    const narrowed = service.as((await alice.identity.createToken({ grants })).secret);
    const { secrets } = await narrowed.secrets.listSecrets({});
    expect(secrets.map(({ key, rights: of }) => [key, of])).toEqual([["alice/NARROW", ["read"]]]);
  });

  it("lists a folder: what is directly in it, and how much is in its folders", async () => {
    const { service, admin, bob } = callers();
    const date = (ms: number) => new Date(service.clock.now() + ms).toISOString().slice(0, 10);
    const at = (path: string, metadata = {}, readers = ["bob"]) => ({
      key: `tree/${path}`,
      value: "v",
      metadata,
      readers,
    });
    await admin.secrets.saveSecrets({
      secrets: [
        at("A"),
        at("app/B", { expires: date(5 * day) }),
        at("app/deep/C", { expires: date(-5 * day) }),
        at("app/deep/D", { rotation_interval: "1h" }),
        at("app/E", { expires: date(400 * day) }, []),
        at("hidden/F", {}, []),
        at("z", { expires: date(5 * day) }),
      ],
    });
    service.clock.advance(2 * 3600 * 1000);
    const shape = (answer: Awaited<ReturnType<typeof admin.secrets.listSecrets>>) => ({
      folders: answer.folders.map(({ path, secrets, expiring, expired, rotationDue, more }) => {
        return [path, secrets, expiring, expired, rotationDue, more];
      }),
      secrets: answer.secrets.map(({ key }) => key),
    });
    expect(shape(await bob.secrets.listSecrets({ folder: "tree" }))).toEqual({
      folders: [
        ["tree", 5, 2, 1, 1, false],
        ["tree/app", 3, 1, 1, 1, false],
      ],
      secrets: ["tree/A", "tree/z"],
    });
    expect(shape(await admin.secrets.listSecrets({ folder: "tree", view: SecretView.KEYS }))).toEqual({
      folders: [
        ["tree", 7, 2, 1, 1, false],
        ["tree/app", 4, 1, 1, 1, false],
        ["tree/hidden", 1, 0, 0, 0, false],
      ],
      secrets: ["tree/A", "tree/z"],
    });
    const root = await bob.secrets.listSecrets({ folder: "" });
    expect(root.folders[0]?.path).toBe("");
    expect(root.folders.map(({ path }) => path)).toContain("tree");
    const full = await bob.secrets.listSecrets({ folder: "tree", view: SecretView.FULL });
    expect(full.secrets.map(({ key, value }) => [key, value])).toEqual([
      ["tree/A", "v"],
      ["tree/z", "v"],
    ]);
    const due = await bob.secrets.listSecrets({ folder: "tree", state: SecretState.EXPIRING });
    expect(shape(due).secrets).toEqual(["tree/z"]);
    expect(shape(await bob.secrets.listSecrets({ folder: "nothing/here" }))).toEqual({
      folders: [["nothing/here", 0, 0, 0, 0, false]],
      secrets: [],
    });
    const pages = await listPages(admin, { folder: "tree", pageSize: 1 });
    expect(pages.map(shape)).toEqual([
      { folders: [["tree", 7, 2, 1, 1, false]], secrets: ["tree/A"] },
      { folders: [["tree/app", 4, 1, 1, 1, false]], secrets: [] },
      { folders: [["tree/hidden", 1, 0, 0, 0, false]], secrets: [] },
      { folders: [], secrets: ["tree/z"] },
    ]);
  });

  it("threat 172: folders of a narrowed token hold only what it is granted", async () => {
    const { service, admin } = callers();
    await admin.secrets.saveSecrets({
      secrets: ["nar/a/1", "nar/a/2", "nar/b/1", "nar/C"].map((key) => ({ key, value: "v" })),
    });
    const grants = [{ action: "read", keyPatterns: ["nar/a/1", "nar/C"] }];
    const narrowed = service.as((await admin.identity.createToken({ grants })).secret);
    for (const view of [SecretView.KEYS, SecretView.METADATA, SecretView.FULL]) {
      const { folders, secrets } = await narrowed.secrets.listSecrets({ folder: "nar", view });
      expect(folders.map(({ path, secrets: count }) => [path, count])).toEqual([
        ["nar", 2],
        ["nar/a", 1],
      ]);
      expect(secrets.map(({ key }) => key)).toEqual(["nar/C"]);
    }
    const root = await narrowed.secrets.listSecrets({ folder: "" });
    expect(root.folders.map(({ path }) => path)).toEqual(["", "nar"]);
  });

  it("lists removed secrets to those who may bring them back", async () => {
    const { service, admin, alice, bob } = callers();
    const lists = { readers: ["alice", "bob"], writers: ["alice"] };
    await alice.secrets.saveSecrets({
      secrets: [{ key: "alice/GONE", value: "v", metadata: { note: "x" }, ...lists }],
    });
    await alice.secrets.removeSecrets({ key: "alice/GONE" });
    const removed = async (api: typeof alice, request = {}) =>
      (await api.secrets.listSecrets({ removed: true, keyPattern: "*GONE", ...request })).secrets;
    expect(await removed(alice)).toMatchObject([
      { key: "alice/GONE", version: 2, owner: "alice", updatedBy: "alice", ...lists, rights: [], metadata: {} },
    ]);
    expect((await removed(admin, { view: SecretView.KEYS })).map(({ key }) => key)).toEqual(["alice/GONE"]);
    expect(await removed(bob)).toEqual([]);
    expect((await alice.secrets.listSecrets({ keyPattern: "*GONE" })).secrets).toEqual([]);
    const grants = [{ action: "create", keyPatterns: ["alice/G*"] }];
    const narrowed = service.as((await alice.identity.createToken({ grants })).secret);
    expect(await removed(narrowed)).toHaveLength(1);
    const other = [{ action: "save-value", keyPatterns: ["*"] }];
    expect(await removed(service.as((await alice.identity.createToken({ grants: other })).secret))).toEqual([]);
    await expectFailure(removed(alice, { view: SecretView.FULL }), {
      code: "InvalidArgument",
      reason: "CONFLICTING_FIELDS",
      field: "view",
    });
    const conflict = alice.secrets.listSecrets({ removed: true, keys: ["a"] });
    await expectFailure(conflict, { code: "InvalidArgument", reason: "CONFLICTING_FIELDS", field: "keys" });
  });

  it("finds a text in keys, owners and metadata, never in values", async () => {
    const { admin, bob } = callers();
    await admin.secrets.saveSecrets({
      secrets: [
        { key: "find/KEY_Needle", value: "v", readers: ["bob"] },
        { key: "find/META", value: "v", readers: ["bob"], metadata: { team: "the NEEDLE team" } },
        { key: "find/NAME", value: "v", readers: ["bob"], metadata: { needle: "" } },
        { key: "find/VALUE", value: "needle", readers: ["bob"] },
        { key: "find/HIDDEN_needle", value: "v" },
      ],
    });
    const found = async (api: typeof bob, request: object) =>
      (await listPages(api, { text: "needle", ...request })).flatMap(({ secrets }) => secrets.map(({ key }) => key));
    for (const view of [SecretView.KEYS, SecretView.METADATA, SecretView.FULL]) {
      expect(await found(bob, { view })).toEqual(["find/KEY_Needle", "find/META", "find/NAME"]);
    }
    expect(await found(admin, { namespace: "find", pageSize: 1 })).toHaveLength(4);
    expect(await found(bob, { text: "", namespace: "find" })).toHaveLength(4);
    await expectFailure(bob.secrets.listSecrets({ text: "x".repeat(limits.searchTextBytes + 1) }), {
      code: "InvalidArgument",
      reason: "LIMIT_EXCEEDED",
      field: "text",
    });
    for (const field of ["namespace", "keyPattern", "text"]) {
      await expectFailure(bob.secrets.listSecrets({ folder: "find", [field]: "a" }), {
        code: "InvalidArgument",
        reason: "CONFLICTING_FIELDS",
        field,
      });
    }
    const bad = bob.secrets.listSecrets({ folder: "find/" });
    await expectFailure(bad, { code: "InvalidArgument", reason: "INVALID_FIELD", field: "folder" });
  });

  it("takes a namespace of several whole segments", async () => {
    const { admin } = callers();
    const keys = ["ns/a/1", "ns/a/b/2", "ns/ab/3"];
    await admin.secrets.saveSecrets({ secrets: keys.map((key) => ({ key, value: "v" })) });
    const { secrets } = await admin.secrets.listSecrets({ namespace: "ns/a" });
    expect(secrets.map(({ key }) => key)).toEqual(["ns/a/1", "ns/a/b/2"]);
    const bad = admin.secrets.listSecrets({ namespace: "ns/" });
    await expectFailure(bad, { code: "InvalidArgument", reason: "INVALID_FIELD", field: "namespace" });
  });

  it("lists the names of users and roles; who is what only to admins and of oneself", async () => {
    const { admin, alice, bob } = callers();
    const shape = async (api: typeof alice, prefix: string) =>
      (await api.identity.listNames({ prefix })).names.map(({ name, kind, members, isAdmin }) => {
        return [name, kind, members, isAdmin];
      });
    expect(await shape(admin, "a")).toEqual([
      ["admin", NameKind.USER, [], true],
      ["alice", NameKind.USER, [], false],
    ]);
    expect(await shape(alice, "a")).toEqual([
      ["admin", NameKind.USER, [], false],
      ["alice", NameKind.USER, [], false],
    ]);
    expect(await shape(admin, "backend")).toEqual([["backend", NameKind.ROLE, ["alice"], false]]);
    expect(await shape(alice, "backend")).toEqual([["backend", NameKind.ROLE, ["alice"], false]]);
    expect(await shape(bob, "backend")).toEqual([["backend", NameKind.ROLE, [], false]]);
    const first = await bob.identity.listNames({ pageSize: 1 });
    expect(first.names).toHaveLength(1);
    const second = await bob.identity.listNames({ pageSize: 1, pageToken: first.nextPageToken });
    expect(second.names[0]?.name).not.toBe(first.names[0]?.name);
    const bad = bob.identity.listNames({ prefix: "A" });
    await expectFailure(bad, { code: "InvalidArgument", reason: "INVALID_FIELD", field: "prefix" });
  });

  it("lists tenants to operators", async () => {
    const { service, admin, bob } = callers();
    await service.addUser("boss", { tenant: "second", admin: true });
    const { tenants } = await admin.identity.listTenants({});
    expect(tenants).toMatchObject([
      { tenant: "default", admins: 1 },
      { tenant: "second", users: 1, admins: 1, secrets: 0n },
    ]);
    expect(Number(tenants[0]?.secrets)).toBeGreaterThan(0);
    const first = await admin.identity.listTenants({ pageSize: 1 });
    const second = await admin.identity.listTenants({ pageSize: 1, pageToken: first.nextPageToken });
    expect([second.tenants[0]?.tenant, second.nextPageToken]).toEqual(["second", ""]);
    await expectFailure(bob.identity.listTenants({}), { code: "PermissionDenied", reason: "OPERATOR_ONLY" });
  });

  it("says what the caller came with, and to what", async () => {
    const { alice } = callers();
    const me = await alice.identity.whoAmI({});
    expect(me).toMatchObject({ credential: CredentialKind.TOKEN, displayName: "" });
    expect(me.serviceVersion).toMatch(/^\d+\.\d+\.\d+/);
    expect((await alice.identity.listTokens({})).tokens[0]).toMatchObject({ kind: CredentialKind.TOKEN, client: "" });
  });
}
