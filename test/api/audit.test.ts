import { timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import { expect, it } from "vitest";
import { AuditDecision, type AuditEvent } from "../../gen/secret/v1/audit_service_pb.ts";
import { SecretView } from "../../gen/secret/v1/secret_service_pb.ts";
import { startWithAliceAndBob } from "../support/api/alice-and-bob.ts";
import { expectFailure, failureOf } from "../support/api/failure.ts";
import type { Api } from "../support/api/fixture.ts";
import { recordsAdded } from "../support/api/records-added.ts";
import { saveOne } from "../support/api/secret-calls.ts";
import { grpcWeb } from "../support/api/transports.ts";

const { service, admin, alice, bob } = await startWithAliceAndBob(grpcWeb);

const { ALLOWED, DENIED, REFUSED } = AuditDecision;

const recordsOf = (act: () => Promise<unknown>) => recordsAdded(service, act);

it("has one record for each key that was saved or removed, with its version", async () => {
  const saved = await recordsOf(() =>
    alice.secrets.saveSecrets({
      secrets: [
        { key: "alice/A", value: "v" },
        { key: "alice/B", value: "v" },
      ],
    }),
  );
  expect(saved).toMatchObject([
    { action: "secret.save", key: "alice/A", version: 1, decision: ALLOWED, rule: "own-prefix", principal: "alice" },
    { action: "secret.save", key: "alice/B", version: 1, decision: ALLOWED },
  ]);
  expect(saved[0]?.requestId).toMatch(/^[0-9a-f-]{36}$/);
  expect(saved[0]?.peer).toBe("127.0.0.1");
  expect(saved[1]?.requestId).toBe(saved[0]?.requestId);
  expect(await recordsOf(() => admin.secrets.removeSecrets({ key: "alice/B" }))).toMatchObject([
    { action: "secret.remove", key: "alice/B", version: 2, decision: ALLOWED, rule: "admin", principal: "admin" },
  ]);
});

it("threat 33: has one record for each value that was read, and one for a list of metadata", async () => {
  await alice.secrets.saveSecrets({ secrets: ["C", "D", "E"].map((name) => ({ key: `alice/${name}`, value: "v" })) });
  const reads = await recordsOf(() => alice.secrets.listSecrets({ keys: ["alice/D", "alice/C", "alice/absent"] }));
  expect(reads).toMatchObject([
    { action: "secret.read", key: "alice/C", version: 1, decision: ALLOWED, rule: "slug-listed" },
    { action: "secret.read", key: "alice/D", version: 1, decision: ALLOWED },
    { action: "secret.read", key: "", decision: DENIED, count: 1, names: ["alice/absent"] },
  ]);
  const page = await recordsOf(() => alice.secrets.listSecrets({ namespace: "alice", keyPattern: "*C" }));
  expect(page).toMatchObject([
    {
      action: "secret.list",
      key: "",
      count: 1,
      filter: "view=metadata namespace=alice keyPattern=*C",
      decision: ALLOWED,
    },
  ]);
  const full = await recordsOf(() => alice.secrets.listSecrets({ namespace: "alice", view: SecretView.FULL }));
  expect(full.map(({ action }) => action)).toEqual(Array(4).fill("secret.read"));
  const nothing = await recordsOf(() => bob.secrets.listSecrets({ view: SecretView.FULL }));
  expect(nothing).toMatchObject([{ action: "secret.list", count: 0 }]);
});

it("has a record of every refusal, with the rule", async () => {
  const denied = await recordsOf(() =>
    failureOf(bob.secrets.saveSecrets({ secrets: [{ key: "alice/A", value: "w" }] })),
  );
  expect(denied).toMatchObject([
    { action: "secret.save", key: "alice/A", decision: DENIED, rule: "foreign-prefix", principal: "bob" },
  ]);
  const stale = await recordsOf(() =>
    failureOf(alice.secrets.saveSecrets({ secrets: [{ key: "alice/A", value: "w", ifVersion: 9 }] })),
  );
  expect(stale).toMatchObject([{ key: "alice/A", decision: REFUSED, rule: "stale-version" }]);
  const invalid = await recordsOf(() =>
    failureOf(alice.secrets.saveSecrets({ secrets: [{ key: "a b", value: "w" }] })),
  );
  expect(invalid).toMatchObject([{ action: "secret.save", decision: REFUSED, rule: "invalid-field", count: 1 }]);
  const adminOnly = await recordsOf(() => failureOf(bob.identity.listUsers({})));
  expect(adminOnly).toMatchObject([{ action: "user.list", decision: DENIED, rule: "admin-only" }]);
  const plan = await recordsOf(() =>
    bob.secrets.saveSecrets({ secrets: [{ key: "alice/A", value: "w" }], validateOnly: true }),
  );
  expect(plan).toMatchObject([{ action: "secret.plan", key: "alice/A", decision: DENIED, filter: "forbidden" }]);
});

it("bounds what a stranger can write into it", async () => {
  const keys = Array.from({ length: 1000 }, (_, at) => `alice/guess/${at}`);
  const guesses = await recordsOf(() => bob.secrets.listSecrets({ keys }));
  expect(guesses).toMatchObject([{ decision: DENIED, count: 1000, names: keys.slice(0, 20) }]);
  const saves = await recordsOf(() =>
    failureOf(bob.secrets.saveSecrets({ secrets: keys.map((key) => ({ key, value: "v" })) })),
  );
  expect(saves).toMatchObject([{ decision: DENIED, rule: "foreign-prefix", count: 1000, names: keys.slice(0, 20) }]);
  const removals = await recordsOf(() => failureOf(bob.secrets.removeSecrets({ keys })));
  expect(removals).toMatchObject([{ decision: DENIED, rule: "not-found", count: 1000 }]);
  const failedLogins = await recordsOf(async () => {
    for (let at = 0; at < 50; at += 1) await failureOf(service.as(`guess-${at}`).identity.whoAmI({}));
  });
  expect(failedLogins).toEqual([]);
});

it("threat 88: takes nothing into a record that is not a well-formed name", async () => {
  const hostile = ["a\nb", "\u001b[31m", '{"x":1}', "a".repeat(100_000), "ключ"];
  for (const key of hostile) {
    const records = await recordsOf(async () => {
      await failureOf(bob.secrets.listSecrets({ keys: [key] }));
      await failureOf(bob.secrets.saveSecrets({ secrets: [{ key, value: "v", readers: [key], owner: key }] }));
      await failureOf(bob.secrets.removeSecrets({ keys: [key] }));
      await failureOf(bob.secrets.listSecrets({ keyPattern: `${key}\u0000` }));
      await failureOf(bob.identity.createToken({ slug: key }));
      await failureOf(bob.identity.revokeToken({ id: key }));
      await failureOf(admin.audit.listAuditEvents({ key: `${key}\u0007` }));
    });
    expect(records).toHaveLength(6);
    const text = JSON.stringify(records, (_, value) => (typeof value === "bigint" ? Number(value) : value));
    expect(text).not.toContain(JSON.stringify(key).slice(1, -1));
    for (const record of records) {
      expect(record).toMatchObject({ decision: REFUSED, key: "", names: [] });
      expect(JSON.stringify(record.filter).length).toBeLessThan(300);
    }
  }
});

it("filters by key, principal, action, decision and time", async () => {
  const list = async (request: Parameters<Api["audit"]["listAuditEvents"]>[0]) =>
    (await admin.audit.listAuditEvents({ pageSize: 1000, ...request })).events;
  const ofA = await list({ key: "alice/A" });
  expect(ofA.length).toBeGreaterThan(2);
  expect(ofA.every(({ key }) => key === "alice/A")).toBe(true);
  const denials = await list({ key: "alice/A", decision: DENIED });
  expect(denials.map(({ principal }) => principal)).toEqual(["bob", "bob"]);
  expect(await list({ key: "alice/A", decision: DENIED, principal: "alice" })).toEqual([]);
  const saves = await list({ principal: "alice", action: "secret.save", decision: ALLOWED });
  expect(saves.every(({ action, principal }) => action === "secret.save" && principal === "alice")).toBe(true);
  const at = denials[0]?.time;
  expect(at).toBeDefined();
  const ms = at === undefined ? 0 : timestampMs(at);
  const window = await list({ startTime: timestampFromMs(ms), endTime: timestampFromMs(ms + 1) });
  expect(window.every(({ time }) => time?.seconds === at?.seconds)).toBe(true);
  expect(window.length).toBeGreaterThan(0);
  expect(await list({ startTime: timestampFromMs(ms + 1), endTime: timestampFromMs(ms + 1) })).toEqual([]);
  const extremes = { startTime: { seconds: -62_135_596_800n }, endTime: { seconds: 253_402_300_799n } };
  expect((await list(extremes)).length).toBeGreaterThan(0);
  await expectFailure(list({ decision: 9 as AuditDecision }), {
    code: "InvalidArgument",
    reason: "INVALID_FIELD",
    field: "decision",
  });
});

it("pages over both sinks in the order of time, each record once", async () => {
  for (let at = 0; at < 10; at += 1) {
    if (at % 3 === 0) service.clock.advance(5);
    await saveOne(alice, { key: `alice/paged/${at}`, value: "v" });
    await alice.secrets.listSecrets({ keys: [`alice/paged/${at}`] });
  }
  const endTime = timestampFromMs(service.clock.now() + 1);
  const whole = await admin.audit.listAuditEvents({ endTime, pageSize: 1000 });
  service.clock.advance(1);
  const paged: AuditEvent[] = [];
  let pageToken = "";
  do {
    const page = await admin.audit.listAuditEvents({ endTime, pageSize: 7, pageToken });
    paged.push(...page.events);
    pageToken = page.nextPageToken;
  } while (pageToken !== "");
  const nameOf = ({ chain, position }: AuditEvent) => `${chain} ${position}`;
  expect(new Set(paged.map(nameOf)).size).toBe(paged.length);
  expect(paged.slice(-whole.events.length).map(nameOf)).toEqual(whole.events.map(nameOf));
  const times = paged.map(({ time }) => (time === undefined ? 0 : timestampMs(time)));
  expect(times).toEqual(times.toSorted((a, b) => b - a));
  expect(new Set(paged.map(({ chain }) => chain)).size).toBe(2);

  const { nextPageToken } = await admin.audit.listAuditEvents({ pageSize: 7 });
  await expectFailure(admin.audit.listAuditEvents({ action: "secret.read", pageToken: nextPageToken }), {
    code: "InvalidArgument",
    reason: "INVALID_PAGE_TOKEN",
  });
});

it("is for admins, and reading it is also recorded", async () => {
  await expectFailure(alice.audit.listAuditEvents({ principal: "alice" }), {
    code: "PermissionDenied",
    reason: "ADMIN_ONLY",
  });
  const { events } = await admin.audit.listAuditEvents({ action: "audit.list", pageSize: 2 });
  expect(events).toMatchObject([
    { decision: ALLOWED, principal: "admin", filter: "action=audit.list" },
    { decision: DENIED, principal: "alice" },
  ]);
});

it("says until when it is complete: with one process, until it was asked", async () => {
  await alice.secrets.saveSecrets({ secrets: [{ key: "alice/COMPLETE", value: "v" }] });
  await alice.secrets.listSecrets({ keys: ["alice/COMPLETE"], view: SecretView.FULL });
  service.clock.advance(5_000);
  for (const api of [admin, alice]) {
    const { events, completeUntil } = await api.audit.listAuditEvents({ key: "alice/COMPLETE" });
    expect(completeUntil && timestampMs(completeUntil)).toBe(service.clock.now());
    expect(events.map(({ action }) => action)).toContain("secret.read");
  }
});
