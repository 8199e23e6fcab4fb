import { timestampMs } from "@bufbuild/protobuf/wkt";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AuditDecision, type AuditEvent } from "../../gen/secret/v1/audit_service_pb.ts";
import { SaveOutcome } from "../../gen/secret/v1/secret_service_pb.ts";
import { limits } from "../../src/limits.ts";
import { expectFailure, failureOf } from "../support/api/failure.ts";
import { type Api, startService, type TestService } from "../support/api/fixture.ts";
import * as calls from "../support/api/secret-calls.ts";
import { connectJson } from "../support/api/transports.ts";

// Who may see who did what with a secret, and who read it: admins, users who may write it, and its owner with a right
// on it.

let service: TestService;
let admin: Api;
let alice: Api;
let bob: Api;
let carl: Api;

beforeAll(async () => {
  service = await startService(connectJson);
  admin = service.admin;
  alice = await service.addUser("alice");
  bob = await service.addUser("bob", { roles: ["ops"] });
  carl = await service.addUser("carl");
});
afterAll(() => service.stop());

const key = "alice/KEY";
const absent = { code: "NotFound", reason: "NOT_FOUND", key } as const;
const mayNot = { code: "PermissionDenied", reason: "MISSING_RIGHT", key, right: "write" } as const;

async function eventsOf(api: Api, request: Parameters<Api["audit"]["listAuditEvents"]>[0]): Promise<AuditEvent[]> {
  const events: AuditEvent[] = [];
  let pageToken = "";
  do {
    const page = await api.audit.listAuditEvents({ ...request, pageSize: 2, pageToken });
    events.push(...page.events);
    pageToken = page.nextPageToken;
  } while (pageToken !== "");
  return events;
}

const textOf = ({ principal, action, version }: AuditEvent) => `${principal} ${action} ${version}`;

/** Records of one time have no order across chains, so time passes before each call that makes one. */
function saveOne(api: Api, secret: calls.SecretInit): Promise<unknown> {
  service.clock.advance(1_000);
  return calls.saveOne(api, secret);
}

function readOne(api: Api, name: string): Promise<unknown> {
  service.clock.advance(1_000);
  return calls.readOne(api, name);
}

/** Both calls, which are for the same callers. */
async function expectRefusal(api: Api, expected: Parameters<typeof expectFailure>[1], asked = key): Promise<void> {
  await expectFailure(api.audit.listAuditEvents({ key: asked }), { ...expected, field: "key" });
  await expectFailure(api.audit.listUsage({ keys: [asked] }), { ...expected, field: "keys[0]" });
}

describe("the records of a key", () => {
  it("are for its owner and for users who may write it, page by page, without addresses", async () => {
    await saveOne(alice, { key, value: "v", readers: ["carl"], writers: ["alice", "ops"] });
    await readOne(carl, key);
    service.clock.advance(1_000);
    await failureOf(carl.secrets.saveSecrets({ secrets: [{ key, value: "w" }] }));
    await saveOne(bob, { key, value: "w" });
    const expected = ["bob secret.save 2", "carl secret.save 0", "carl secret.read 1", "alice secret.save 1"];
    for (const api of [alice, bob]) {
      const events = await eventsOf(api, { key });
      expect(events.map(textOf)).toEqual(expected);
      expect(events.map(({ peer }) => peer)).toEqual(["", "", "", ""]);
      expect(await eventsOf(api, { key, decision: AuditDecision.DENIED })).toMatchObject([{ principal: "carl" }]);
      expect(await eventsOf(api, { key, actions: ["secret.read", "secret.list"] })).toHaveLength(1);
    }
    const seen = await eventsOf(admin, { key });
    expect(seen.map(textOf)).toEqual(expected);
    for (const { peer } of seen) expect(peer).not.toBe("");
    const [asked] = await eventsOf(admin, { action: "audit.list", principal: "bob" });
    expect(asked).toMatchObject({ rule: "role-listed", filter: expect.stringContaining(`key=${key}`) });
  });

  it("threat 161: are not for readers, nor for strangers, who do not even learn that the secret exists", async () => {
    await expectRefusal(carl, mayNot);
    await saveOne(alice, { key: "alice/HIDDEN", value: "v" });
    for (const asked of ["alice/HIDDEN", "alice/NEVER"]) await expectRefusal(carl, { ...absent, key: asked }, asked);
    const message = async (asked: string) =>
      (await failureOf(carl.audit.listUsage({ keys: [asked] }))).message.replace(asked, "KEY");
    expect(await message("alice/HIDDEN")).toBe(await message("alice/NEVER"));
  });

  it("threat 161: are all that a user who is not an admin gets", async () => {
    const adminOnly = { code: "PermissionDenied", reason: "ADMIN_ONLY" } as const;
    for (const request of [{}, { principal: "alice" }, { keyPattern: "alice/*" }, { actions: ["secret.read"] }]) {
      await expectFailure(alice.audit.listAuditEvents(request), adminOnly);
    }
  });

  it("threat 161: do not include those of a user or token with the name of the secret", async () => {
    await saveOne(admin, { key: "dora", value: "v", writers: ["alice"] });
    await service.addUser("dora");
    const names = async (api: Api) => new Set((await eventsOf(api, { key: "dora" })).map(({ action }) => action));
    expect(await names(admin)).toContain("user.save");
    expect(await names(alice)).toEqual(new Set(["secret.save"]));
  });

  it("threat 161: end where the right ends, also for a page that was begun", async () => {
    const own = "alice/ENDS";
    await saveOne(alice, { key: own, value: "v", writers: ["alice", "bob"] });
    await saveOne(bob, { key: own, value: "w" });
    const { nextPageToken } = await bob.audit.listAuditEvents({ key: own, pageSize: 1 });
    expect(nextPageToken).not.toBe("");
    await saveOne(alice, { key: own, writers: ["alice"] });
    await expectFailure(bob.audit.listAuditEvents({ key: own, pageSize: 1, pageToken: nextPageToken }), {
      ...absent,
      key: own,
    });
    // Another user's page token is refused.
    await expectFailure(alice.audit.listAuditEvents({ key: own, pageSize: 1, pageToken: nextPageToken }), {
      code: "InvalidArgument",
      reason: "INVALID_PAGE_TOKEN",
    });
  });

  it("are for an owner with any right left, and not for one without", async () => {
    const given = "admin/GIVEN";
    await saveOne(admin, { key: given, value: "v", owner: "carl", readers: ["carl"] });
    expect((await eventsOf(carl, { key: given })).map(textOf)).toEqual(["admin secret.save 1"]);
    await saveOne(admin, { key: given, clear: ["readers"] });
    await expectRefusal(carl, { ...absent, key: given }, given);
    await saveOne(admin, { key: given, owner: "ops", readers: ["ops"] });
    expect(await eventsOf(bob, { key: given })).toHaveLength(3);
  });

  it("threat 161: leave out a secret that had the key before it was purged", async () => {
    const again = "carl/AGAIN";
    await saveOne(admin, { key: again, value: "v", owner: "bob", readers: ["bob"] });
    await readOne(bob, again);
    await admin.secrets.removeSecrets({ key: again });
    await admin.secrets.purgeSecrets({ keys: [again] });
    await saveOne(carl, { key: again, value: "w" });
    await readOne(carl, again);
    expect((await eventsOf(carl, { key: again })).map(textOf)).toEqual(["carl secret.read 1", "carl secret.save 1"]);
    const startTime = { seconds: 0n };
    expect(await eventsOf(carl, { key: again, startTime })).toHaveLength(2);
    const { usage } = await carl.audit.listUsage({ keys: [again] });
    expect(usage[0]?.readers.map(({ slug }) => slug)).toEqual(["carl"]);
    const seen = await admin.audit.listUsage({ keys: [again] });
    expect(seen.usage[0]?.readers.map(({ slug }) => slug)).toEqual(["carl", "bob"]);
  });

  it("of a removed secret are for users who may bring it back", async () => {
    const gone = "alice/GONE";
    await saveOne(alice, { key: gone, value: "v", readers: ["carl"], writers: ["alice", "bob"] });
    await alice.secrets.removeSecrets({ key: gone });
    for (const api of [alice, bob]) expect(await eventsOf(api, { key: gone })).toHaveLength(2);
    await expectRefusal(carl, { ...absent, key: gone }, gone);
  });

  it("threat 161: are not for narrowed tokens, whatever they are granted", async () => {
    const grants = [
      { action: "read", keyPatterns: ["*"] },
      { action: "save-value", keyPatterns: ["*"] },
    ];
    for (const slug of ["alice", "admin"]) {
      const { secret } = await admin.identity.createToken({ slug, grants });
      const narrowed = service.as(secret);
      const expected = { code: "PermissionDenied", reason: "NOT_GRANTED" } as const;
      await expectFailure(narrowed.audit.listAuditEvents({ key }), expected);
      await expectFailure(narrowed.audit.listUsage({ keys: [key] }), expected);
    }
  });

  it("threat 161: of another tenant are out of reach", async () => {
    const other = await service.addUser("alice", { tenant: "other" });
    await expectRefusal(other, absent);
    const otherAdmin = await service.addUser("boss", { tenant: "other", admin: true });
    expect(await eventsOf(otherAdmin, { key })).toEqual([]);
    expect((await otherAdmin.audit.listUsage({ keys: [key] })).usage).toEqual([
      expect.objectContaining({ key, readers: [] }),
    ]);
  });
});

describe("the filter", () => {
  it("takes several actions, and patterns of keys as a list of secrets does", async () => {
    await saveOne(alice, { key: "alice/prod/A", value: "v" });
    await saveOne(alice, { key: "alice/prod/B", value: "v" });
    await readOne(alice, "alice/prod/A");
    const found = async (request: Parameters<Api["audit"]["listAuditEvents"]>[0]) =>
      (await eventsOf(admin, request)).map((event) => `${event.action} ${event.key}`);
    const all = ["secret.read alice/prod/A", "secret.save alice/prod/B", "secret.save alice/prod/A"];
    expect(await found({ keyPattern: "alice/prod/*" })).toEqual(all);
    expect(await found({ keyPattern: "prod" })).toEqual(all);
    expect(await found({ keyPattern: "*prod/A" })).toEqual([all[0], all[2]]);
    expect(await found({ keyPattern: "prod/*" })).toEqual([]);
    expect(await found({ keyPattern: "prod", actions: ["secret.read", "secret.list"] })).toEqual([all[0]]);
    const kinds = new Set(
      (await eventsOf(admin, { actions: ["user.save", "token.create"] })).map((event) => event.action),
    );
    expect(kinds).toEqual(new Set(["user.save", "token.create"]));
  });

  it("names what is wrong with it", async () => {
    const refuse = (request: Parameters<Api["audit"]["listAuditEvents"]>[0], expected: object) =>
      expectFailure(admin.audit.listAuditEvents(request), { code: "InvalidArgument", ...expected } as never);
    const conflict = { reason: "CONFLICTING_FIELDS" };
    await refuse({ action: "secret.read", actions: ["secret.list"] }, { ...conflict, field: "actions" });
    await refuse({ key, keyPattern: "*" }, { ...conflict, field: "keyPattern" });
    await refuse({ actions: ["secret.read", "a b"] }, { reason: "INVALID_FIELD", field: "actions[1]" });
    await refuse({ actions: [""] }, { reason: "INVALID_FIELD", field: "actions[0]" });
    const many = Array.from({ length: limits.auditActions + 1 }, (_, at) => `secret.a${at}`);
    await refuse({ actions: many }, { reason: "LIMIT_EXCEEDED", field: "actions" });
    await refuse({ keyPattern: "a b" }, { reason: "INVALID_FIELD", field: "keyPattern" });
  });
});

describe("the usage of keys", () => {
  it("is who read each, the latest first, with the version and how often", async () => {
    const used = "alice/USED";
    await saveOne(alice, { key: used, value: "v", readers: ["alice", "bob", "carl"] });
    for (const api of [carl, bob, bob]) await readOne(api, used);
    await saveOne(alice, { key: used, value: "w" });
    await readOne(carl, used);
    const lastMs = service.clock.now();
    const { usage } = await alice.audit.listUsage({ keys: [used, "alice/HIDDEN", used] });
    expect(usage.map(({ key: name }) => name)).toEqual([used, "alice/HIDDEN", used]);
    const [of, none, again] = usage;
    expect(again).toEqual(of);
    expect(of?.readers.map(({ slug, version, reads }) => `${slug} ${version} ${reads}`)).toEqual([
      "carl 2 2",
      "bob 1 2",
    ]);
    expect(of?.lastReadAt && timestampMs(of.lastReadAt)).toBe(lastMs);
    expect(of?.readers.map(({ lastReadAt }) => lastReadAt && timestampMs(lastReadAt))).toEqual([
      lastMs,
      lastMs - 2_000,
    ]);
    expect(none).toMatchObject({ readers: [] });
    expect(none?.lastReadAt).toBeUndefined();
    const [asked] = await eventsOf(admin, { action: "audit.usage", principal: "alice" });
    expect(asked).toMatchObject({ rule: "slug-listed", count: 3, names: [used, "alice/HIDDEN", used] });
  });

  it("is refused as a whole, and names each key that is the reason", async () => {
    const { details } = await failureOf(carl.audit.listUsage({ keys: ["carl/AGAIN", key, "alice/HIDDEN"] }));
    expect(details.map((detail) => detail.key)).toEqual([key, "alice/HIDDEN"]);
    await expectFailure(admin.audit.listUsage({}), { code: "InvalidArgument", reason: "INVALID_FIELD", field: "keys" });
    const keys = Array.from({ length: limits.usageKeys + 1 }, (_, at) => `alice/${at}`);
    await expectFailure(admin.audit.listUsage({ keys }), {
      code: "InvalidArgument",
      reason: "LIMIT_EXCEEDED",
      field: "keys",
    });
    await expectFailure(admin.audit.listUsage({ keys: ["a b"] }), {
      code: "InvalidArgument",
      reason: "INVALID_FIELD",
      field: "keys[0]",
    });
  });

  it("names 20 readers of a key at most", async () => {
    const many = "alice/MANY";
    await saveOne(alice, { key: many, value: "v", readers: ["alice", "team"] });
    for (let at = 0; at <= limits.usageReaders; at += 1) {
      const reader = await service.addUser(`reader-${at}`, { roles: ["team"] });
      await readOne(reader, many);
    }
    const { usage } = await alice.audit.listUsage({ keys: [many] });
    expect(usage[0]?.readers).toHaveLength(limits.usageReaders);
    expect(usage[0]?.readers[0]?.slug).toBe(`reader-${limits.usageReaders}`);
  });
});

it("shows plans and outcomes in the records", async () => {
  const own = "alice/OUTCOMES";
  await saveOne(alice, { key: own, value: "v" });
  service.clock.advance(1_000);
  await alice.secrets.saveSecrets({ secrets: [{ key: own, value: "w" }], validateOnly: true });
  await saveOne(alice, { key: own, value: "w" });
  await saveOne(alice, { key: own, value: "w" });
  service.clock.advance(1_000);
  await alice.secrets.removeSecrets({ key: own });
  await saveOne(alice, { key: own, value: "x" });
  service.clock.advance(1_000);
  await failureOf(alice.secrets.saveSecrets({ secrets: [{ key: own, value: "y", ifVersion: 9 }] }));
  const events = (await eventsOf(alice, { key: own })).toReversed();
  const { CREATED, UPDATED, UNCHANGED, REMOVED, UNSPECIFIED } = SaveOutcome;
  expect(events.map(({ validateOnly, outcome }) => [validateOnly, outcome])).toEqual([
    [false, CREATED],
    [true, UPDATED],
    [false, UPDATED],
    [false, UNCHANGED],
    [false, REMOVED],
    [false, CREATED],
    [false, UNSPECIFIED],
  ]);
});
