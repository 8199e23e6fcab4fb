import { durationFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SaveOutcome, SecretView } from "../../gen/secret/v1/secret_service_pb.ts";
import { expectFailure } from "../support/api/failure.ts";
import { type Api, startService, type TestService } from "../support/api/fixture.ts";
import { listKeys, listPages, readOne, saveOne } from "../support/api/secret-calls.ts";
import { connectJson } from "../support/api/transports.ts";

let service: TestService;
let admin: Api;
let alice: Api;

beforeAll(async () => {
  service = await startService(connectJson);
  admin = service.admin;
  alice = await service.addUser("alice", { roles: ["backend"] });
});
afterAll(() => service.stop());

/** A token of the same user, narrowed to `action:glob`. */
async function narrow(api: Api, ...texts: string[]): Promise<Api> {
  const grants = texts.map((text) => {
    const [action = "", glob = ""] = text.split(":");
    return { action, keyPatterns: [glob] };
  });
  return service.as((await api.identity.createToken({ grants })).secret);
}

const notGranted = { code: "PermissionDenied", reason: "NOT_GRANTED" } as const;

describe("lists", () => {
  const keys = Array.from({ length: 450 }, (_, at) => `wide/${at % 90 === 0 ? "open" : "shut"}-${1000 + at}`).sort();
  const open = keys.filter((key) => key.includes("open"));
  beforeAll(() => admin.secrets.saveSecrets({ secrets: keys.map((key) => ({ key, value: "v" })) }));

  it("show what is granted, however much is not", async () => {
    // Two patterns without a common beginning, so that the service has to look through everything.
    const reader = await narrow(admin, "read:wide/open-*", "read:nothing/*");
    for (const pageSize of [1, 2, 3, 100]) {
      for (const view of [SecretView.KEYS, SecretView.METADATA, SecretView.FULL]) {
        expect(await listKeys(reader, { view, pageSize })).toEqual(open);
        expect(await listKeys(reader, { view, pageSize, namespace: "wide" })).toEqual(open);
        expect(await listKeys(reader, { view, pageSize, keyPattern: "*-1*0" })).toEqual(
          open.filter((key) => key.endsWith("0")),
        );
      }
      const pages = await listPages(reader, { pageSize });
      expect(pages.every(({ secrets }) => secrets.length <= pageSize)).toBe(true);
      expect(pages.slice(0, -1).every(({ secrets }) => secrets.length > 0)).toBe(true);
    }
    expect(await listKeys(reader, { namespace: "other" })).toEqual([]);
  });

  it("show values where read is granted, and the rest where anything is", async () => {
    const mixed = await narrow(admin, "read:wide/open-1000", "save-value:wide/open-*");
    expect(await listKeys(mixed, { view: SecretView.FULL })).toEqual(["wide/open-1000"]);
    expect(await listKeys(mixed, {})).toEqual(open);
    const named = await mixed.secrets.listSecrets({ keys: ["wide/open-1000", "wide/open-1090", "wide/shut-1001"] });
    expect(named.secrets.map(({ key, value }) => ({ key, value }))).toEqual([{ key: "wide/open-1000", value: "v" }]);
    expect(named.missingKeys).toEqual(["wide/open-1090", "wide/shut-1001"]);
  });

  it("do not reveal in a page token where they stopped", async () => {
    const reader = await narrow(admin, "read:wide/open-*", "read:nothing/*");
    const { nextPageToken } = await reader.secrets.listSecrets({ pageSize: 1 });
    expect(Buffer.from(nextPageToken, "base64url").toString("latin1")).not.toMatch(/wide|shut|open/);
  });

  it("show nothing to a token that only creates", async () => {
    const creator = await narrow(admin, "create:wide/*");
    expect(await listKeys(creator, { view: SecretView.KEYS })).toEqual([]);
    const id = (await admin.secrets.listSecrets({ keys: ["wide/open-1000"] })).secrets[0]?.id ?? "";
    expect((await creator.secrets.listSecrets({ ids: [id] })).missingIds).toEqual([id]);
    await expectFailure(creator.secrets.removeSecrets({ ids: [id] }), { code: "NotFound", reason: "NOT_FOUND" });
    await expectFailure(creator.secrets.saveSecrets({ secrets: [{ id, value: "x" }] }), {
      code: "NotFound",
      reason: "NOT_FOUND",
    });
    // Where it may create keys it may learn that one is taken: there is no other way to refuse.
    await expectFailure(saveOne(creator, { key: "wide/open-1000", value: "x" }), { ...notGranted, right: "write" });
  });
});

describe("saves", () => {
  it("need a grant for each thing that they change", async () => {
    await saveOne(admin, { key: "parts/A", value: "v", readers: ["alice"] });
    const changes = {
      "save-value": { value: "w", missingRight: "write" },
      "save-lists": { readers: ["bob"], missingRight: "change-readers" },
    };
    for (const action of ["save-value", "save-lists", "read", "remove"]) {
      const token = await narrow(admin, `${action}:parts/*`);
      for (const [needed, { missingRight, ...change }] of Object.entries(changes)) {
        const secret = { key: "parts/A", ...change };
        const plan = token.secrets.saveSecrets({ secrets: [secret], validateOnly: true });
        if (action === needed) {
          expect((await plan).results).toMatchObject([{ outcome: SaveOutcome.UPDATED }]);
        } else {
          expect((await plan).results).toMatchObject([{ outcome: SaveOutcome.FORBIDDEN, missingRight }]);
        }
      }
    }
  });

  it("take an owner only where lists are granted", async () => {
    await saveOne(admin, { key: "owned/A", value: "v" });
    const values = await narrow(admin, "save-value:owned/*");
    await expectFailure(saveOne(values, { key: "owned/A", owner: "alice" }), {
      ...notGranted,
      field: "secrets[0].owner",
    });
    const lists = await narrow(admin, "save-lists:owned/*");
    expect(await saveOne(lists, { key: "owned/A", owner: "alice" })).toMatchObject({ changedFields: ["owner"] });
    expect(await saveOne(lists, { key: "owned/A", owner: "alice" })).toMatchObject({ outcome: SaveOutcome.UNCHANGED });
  });

  it("bring a removed secret back where creating is granted", async () => {
    await saveOne(admin, { key: "gone/A", value: "v" });
    await admin.secrets.removeSecrets({ keys: ["gone/A"] });
    const writer = await narrow(admin, "save-value:gone/*", "read:gone/*");
    await expectFailure(saveOne(writer, { key: "gone/A", value: "w" }), { ...notGranted, right: "create" });
    const creator = await narrow(admin, "create:gone/*");
    expect(await saveOne(creator, { key: "gone/A", value: "w" })).toMatchObject({
      outcome: SaveOutcome.CREATED,
      version: 3,
    });
  });

  it("fault C4: bring a removed secret back with create alone, where the user may write it", async () => {
    const writers = ["alice", "backend"];
    for (const [at, writer] of writers.entries()) {
      const key = `back/${at}`;
      const { id } = await saveOne(admin, { key, value: "v", readers: ["bob"], writers: [writer] });
      const creator = await narrow(alice, "create:back/*");
      const foreign = { code: "PermissionDenied", reason: "FOREIGN_PREFIX" } as const;
      // While it is there, no right on it remains for the token: it looks as if it did not exist.
      const there = await expectFailure(saveOne(creator, { key, value: "w" }), foreign);
      const absent = await expectFailure(saveOne(creator, { key: "back/absent", value: "w" }), foreign);
      expect(there.message.replaceAll(key, "back/absent")).toBe(absent.message);
      await admin.secrets.removeSecrets({ key });
      const elsewhere = await narrow(alice, "create:other/*", "read:back/*", "save-value:back/*");
      await expectFailure(saveOne(elsewhere, { key, value: "w" }), {
        code: "PermissionDenied",
        reason: "FOREIGN_PREFIX",
      });
      expect(await saveOne(creator, { key, value: "w" })).toMatchObject({
        id,
        outcome: SaveOutcome.CREATED,
        version: 3,
      });
      expect(await readOne(admin, key)).toMatchObject({ value: "w", owner: "admin", readers: ["bob"] });
      await admin.secrets.removeSecrets({ key });
      expect((await creator.secrets.restoreVersion({ key, version: 1 })).result).toMatchObject({ version: 5 });
    }
  });

  it("fault C4: bring back nothing that the user may not write", async () => {
    await saveOne(admin, { key: "back/readable", value: "v", readers: ["alice"], deleters: ["alice"] });
    await admin.secrets.removeSecrets({ key: "back/readable" });
    for (const api of [alice, await narrow(alice, "create:*")]) {
      await expectFailure(saveOne(api, { key: "back/readable", value: "w" }), {
        code: "PermissionDenied",
        reason: "FOREIGN_PREFIX",
      });
      await expectFailure(api.secrets.restoreVersion({ key: "back/readable", version: 1 }), {
        code: "NotFound",
        reason: "NOT_FOUND",
      });
    }
  });

  it("leave a user who is not an admin within the own prefix", async () => {
    const token = await narrow(alice, "create:*", "read:alice/*");
    await expectFailure(saveOne(token, { key: "elsewhere/A", value: "v" }), {
      code: "PermissionDenied",
      reason: "FOREIGN_PREFIX",
    });
    expect(await saveOne(token, { key: "alice/A", value: "v" })).toMatchObject({ outcome: SaveOutcome.CREATED });
    expect((await readOne(token, "alice/A"))?.value).toBe("v");
    await expectFailure(saveOne(token, { key: "alice/A", value: "w" }), { ...notGranted, right: "write" });
    expect((await readOne(alice, "alice/A"))?.readers).toEqual(["alice"]);
  });

  it("do not compare a request with one of the user's other tokens", async () => {
    const request = { secrets: [{ key: "once/A", value: "canary" }], idempotencyKey: "deploy-1" };
    await admin.secrets.saveSecrets(request);
    const token = await narrow(admin, "create:once/*", "save-value:once/*");
    for (const value of ["canary", "another"]) {
      const answer = await token.secrets.saveSecrets({
        secrets: [{ key: "once/A", value }],
        idempotencyKey: `${request.idempotencyKey}${value === "canary" ? "" : "-b"}`,
      });
      expect(answer.results).toMatchObject([{ outcome: SaveOutcome.UPDATED }]);
    }
    const guess = { secrets: [{ key: "once/A", value: "guess" }], idempotencyKey: "deploy-1" };
    const other = await narrow(admin, "save-value:once/*");
    expect((await other.secrets.saveSecrets(guess)).results).toMatchObject([{ outcome: SaveOutcome.UPDATED }]);
  });
});

it("are refused with the token of a user who lost the rights", async () => {
  const boss = await service.addUser("boss", { admin: true });
  await saveOne(admin, { key: "boss-only/A", value: "v" });
  const token = await narrow(boss, "read:boss-only/*");
  expect((await readOne(token, "boss-only/A"))?.value).toBe("v");
  await admin.identity.saveUsers({ users: [{ slug: "boss", admin: false }] });
  expect(await readOne(token, "boss-only/A")).toBeUndefined();
});

it("end with the token that made them", async () => {
  const { secret } = await admin.identity.createToken({ ttl: durationFromMs(60_000) });
  const short = service.as(secret);
  const grants = [{ action: "read", keyPatterns: ["*"] }];
  const { token } = await short.identity.createToken({ grants });
  expect(token?.expireAt && timestampMs(token.expireAt)).toBe(service.clock.now() + 60_000);
  await expectFailure(short.identity.createToken({ grants, ttl: durationFromMs(60_001) }), {
    code: "InvalidArgument",
    reason: "INVALID_FIELD",
    field: "ttl",
  });
});
