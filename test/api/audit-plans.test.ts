import { expect, it } from "vitest";
import { AuditDecision, type AuditEvent } from "../../gen/secret/v1/audit_service_pb.ts";
import { SaveOutcome } from "../../gen/secret/v1/secret_service_pb.ts";
import { startWithAliceAndBob } from "../support/api/alice-and-bob.ts";
import { failureOf } from "../support/api/failure.ts";
import { recordsAdded } from "../support/api/records-added.ts";
import { saveOne } from "../support/api/secret-calls.ts";
import { connectJson } from "../support/api/transports.ts";

// A reader of the audit log who looks for changes must not take a plan, or a save that changed nothing, for one.

const { service, admin, alice, bob } = await startWithAliceAndBob(connectJson);

const { ALLOWED, DENIED, REFUSED } = AuditDecision;

const recordsOf = (act: () => Promise<unknown>) => recordsAdded(service, act);

const textOf = ({ action, key, version, filter }: AuditEvent) => `${action} ${key} ${version} ${filter}`;

it("records what a plan would do under an action of its own, with each outcome", async () => {
  for (const key of ["alice/same", "alice/change", "alice/gone"]) await saveOne(alice, { key, value: "v" });
  const plan = {
    secrets: [
      { key: "alice/new", value: "v" },
      { key: "alice/same", value: "v" },
      { key: "alice/change", value: "w" },
      { key: "bob/foreign", value: "w" },
    ],
    remove: [{ key: "alice/gone" }],
    validateOnly: true,
  };
  const records = await recordsOf(() => alice.secrets.saveSecrets({ ...plan, idempotencyKey: "plan" }));
  expect(records.map(textOf)).toEqual([
    "secret.plan alice/new 1 created",
    "secret.plan alice/same 1 unchanged",
    "secret.plan alice/change 2 updated",
    "secret.plan alice/gone 2 removed",
    "secret.plan bob/foreign 0 forbidden",
  ]);
  expect(records.map(({ decision }) => decision)).toEqual([ALLOWED, ALLOWED, ALLOWED, ALLOWED, DENIED]);
});

it.each([
  ["invalid", { secrets: [{ key: "a b", value: "v" }] }, REFUSED],
  ["without a value", { secrets: [{ key: "alice/none" }] }, REFUSED],
  ["stale", { secrets: [{ key: "alice/same", value: "w", ifVersion: 9 }] }, REFUSED],
  ["of an unknown id", { secrets: [{ id: "secr_00000000000000000000000000", value: "w" }] }, DENIED],
  ["of a removal of nothing", { remove: [{ key: "alice/never" }] }, DENIED],
  [
    "that names a secret twice",
    { secrets: [{ key: "alice/same", value: "w" }], remove: [{ key: "alice/same" }] },
    REFUSED,
  ],
])("records a refused plan %s as a plan, and the same save as a save", async (_, request, decision) => {
  const planned = await recordsOf(() => failureOf(alice.secrets.saveSecrets({ ...request, validateOnly: true })));
  expect(planned).toMatchObject([{ action: "secret.plan", decision }]);
  const saved = await recordsOf(() => failureOf(alice.secrets.saveSecrets(request)));
  expect(saved.map(({ action }) => action)).not.toContain("secret.plan");
  expect(saved).toHaveLength(1);
});

it("records a save that changes nothing as that: alone, in a batch, with an idempotency key, and repeated", async () => {
  const same = { key: "alice/same", value: "v" };
  const unchanged = "secret.unchanged alice/same 1 ";
  const alone = await recordsOf(() => alice.secrets.saveSecrets({ secrets: [same] }));
  expect(alone.map(textOf)).toEqual([unchanged]);
  const mixed = { secrets: [same, { key: "alice/change", value: "w" }], idempotencyKey: "mixed" };
  const batch = await recordsOf(() => alice.secrets.saveSecrets(mixed));
  expect(batch.map(textOf).toSorted()).toEqual(["secret.save alice/change 2 ", unchanged]);
  const repeated = { secrets: [same], idempotencyKey: "repeated" };
  const first = await recordsOf(() => alice.secrets.saveSecrets(repeated));
  expect(first.map(({ action, key, rule, names }) => `${action} ${key} ${rule} ${names}`).toSorted()).toEqual([
    "secret.unchanged  idempotency-key alice/same",
    "secret.unchanged alice/same slug-listed ",
  ]);
  for (const request of [mixed, repeated]) {
    const repeated = await recordsOf(() => alice.secrets.saveSecrets(request));
    expect(repeated).toMatchObject([{ action: "secret.unchanged", rule: "repeated-request", key: "", version: 0 }]);
  }
});

it("records a sealed value that is there already, and a restored one, as unchanged", async () => {
  const key = "alice/sealed";
  const [sealed = ""] = (await alice.secrets.encryptValue({ values: ["v"] })).values;
  const secrets = [{ key, value: sealed, encrypted: true }];
  await alice.secrets.saveSecrets({ secrets });
  const again = await recordsOf(() => alice.secrets.saveSecrets({ secrets, idempotencyKey: "sealed" }));
  expect(again.filter((event) => event.key === key).map(textOf)).toEqual([`secret.unchanged ${key} 1 `]);
  const restored = await recordsOf(() => alice.secrets.restoreVersion({ key, version: 1 }));
  expect(restored.map(textOf)).toEqual([`secret.unchanged ${key} 1 version=1`]);
});

it("says which change made a removed key anew", async () => {
  const key = "alice/again";
  await saveOne(alice, { key, value: "v" });
  await alice.secrets.removeSecrets({ key });
  const saved = await recordsOf(() => alice.secrets.saveSecrets({ secrets: [{ key, value: "w" }] }));
  expect(saved.map(textOf)).toEqual([`secret.save ${key} 3 created`]);
  await alice.secrets.removeSecrets({ key });
  const restored = await recordsOf(() => alice.secrets.restoreVersion({ key, version: 1 }));
  expect(restored.map(textOf)).toEqual([`secret.restore ${key} 5 version=1 created`]);
});

it("has no record of a plan, or of a save that changed nothing, about a key in the log of changes", async () => {
  const { events } = await admin.audit.listAuditEvents({ pageSize: 1_000 });
  const changes = events.filter(({ chain, key }) => chain.endsWith(".changes") && key !== "");
  expect(new Set(changes.map(({ action }) => action).filter((action) => action.startsWith("secret.")))).toEqual(
    new Set(["secret.save", "secret.remove", "secret.restore"]),
  );
  const { results } = await bob.secrets.saveSecrets({ secrets: [{ key: "bob/last", value: "v" }], validateOnly: true });
  expect(results).toMatchObject([{ outcome: SaveOutcome.CREATED }]);
});
