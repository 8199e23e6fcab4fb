import { expect, it } from "vitest";
import { SaveOutcome } from "../../gen/secret/v1/secret_service_pb.ts";
import { startWithAliceAndBob } from "../support/api/alice-and-bob.ts";
import { expectFailure } from "../support/api/failure.ts";
import type { Api } from "../support/api/fixture.ts";
import { readOne, saveOne } from "../support/api/secret-calls.ts";
import { grpc } from "../support/api/transports.ts";

const { service, admin, alice, bob } = await startWithAliceAndBob(grpc, { bob: { roles: ["ops"] } });

const hour = 3600 * 1000;
const reused = { code: "AlreadyExists", reason: "IDEMPOTENCY_KEY_REUSED", field: "idempotencyKey" } as const;

it("threat 98: gives the first answer again, even when the secret has changed since", async () => {
  const request = { secrets: [{ key: "once/A", value: "v" }], idempotencyKey: "a" };
  const first = await admin.secrets.saveSecrets(request);
  await saveOne(admin, { key: "once/A", value: "w" });
  expect((await admin.secrets.saveSecrets(request)).results).toEqual(first.results);
  expect(await readOne(admin, "once/A")).toMatchObject({ value: "w", version: 2 });
});

it("threat 98: refuses another request under the same key, and stores nothing of it", async () => {
  await admin.secrets.saveSecrets({ secrets: [{ key: "once/B", value: "v" }], idempotencyKey: "b" });
  const others = [
    { secrets: [{ key: "once/B", value: "w" }] },
    { secrets: [{ key: "once/B2", value: "v" }] },
    { secrets: [{ key: "once/B", value: "v", ifVersion: 1 }] },
    { secrets: [{ key: "once/B", value: "v" }], validateOnly: true },
    { secrets: [{ key: "once/B", value: "v" }], remove: [{ key: "once/A" }] },
  ];
  for (const other of others) {
    await expectFailure(admin.secrets.saveSecrets({ ...other, idempotencyKey: "b" }), reused);
  }
  expect(await readOne(admin, "once/B")).toMatchObject({ value: "v", version: 1 });
  expect(await readOne(admin, "once/B2")).toBeUndefined();
});

it("keeps callers and methods apart", async () => {
  const idempotencyKey = "shared";
  const save = (api: Api, key: string) => api.secrets.saveSecrets({ secrets: [{ key, value: "v" }], idempotencyKey });
  expect((await save(alice, "alice/C")).results).toMatchObject([{ outcome: SaveOutcome.CREATED }]);
  expect((await save(bob, "bob/C")).results).toMatchObject([{ outcome: SaveOutcome.CREATED }]);
  expect((await alice.secrets.removeSecrets({ key: "alice/C", idempotencyKey })).removed).toHaveLength(1);
});

it("forgets after 24 hours", async () => {
  const request = { secrets: [{ key: "once/D", value: "v" }], idempotencyKey: "d" };
  await admin.secrets.saveSecrets(request);
  service.clock.advance(24 * hour - 1);
  expect((await admin.secrets.saveSecrets(request)).results).toMatchObject([{ outcome: SaveOutcome.CREATED }]);
  service.clock.advance(1);
  expect((await admin.secrets.saveSecrets(request)).results).toMatchObject([{ outcome: SaveOutcome.UNCHANGED }]);
  const other = { secrets: [{ key: "once/D", value: "w" }], idempotencyKey: "d" };
  await expectFailure(admin.secrets.saveSecrets(other), reused);
  service.clock.advance(24 * hour);
  expect((await admin.secrets.saveSecrets(other)).results).toMatchObject([{ outcome: SaveOutcome.UPDATED }]);
});

it("carries out a request that is sent twice at once only once", async () => {
  const request = { secrets: [{ key: "once/E", value: "v" }], idempotencyKey: "e" };
  const answers = await Promise.all(Array.from({ length: 8 }, () => admin.secrets.saveSecrets(request)));
  for (const { results } of answers) expect(results).toEqual(answers[0]?.results);
  expect(answers[0]?.results).toMatchObject([{ outcome: SaveOutcome.CREATED, version: 1 }]);
  const events = await service.auditEvents();
  const saves = events.filter(
    ({ key, action, rule }) => key === "once/E" && action === "secret.save" && rule === "admin",
  );
  expect(saves).toHaveLength(1);
});

it("authorises again before it answers from the idempotency record", async () => {
  const key = "alice/F";
  await saveOne(alice, { key, value: "v", writers: ["bob"], deleters: ["ops"] });
  const save = { secrets: [{ key, value: "w" }], idempotencyKey: "f" };
  await bob.secrets.saveSecrets(save);
  await saveOne(alice, { key, writers: ["alice"] });
  await expectFailure(bob.secrets.saveSecrets(save), {
    code: "PermissionDenied",
    reason: "MISSING_RIGHT",
    right: "write",
  });

  const remove = { keys: [key], idempotencyKey: "f" };
  const removeInBatch = { remove: [{ key: "alice/G" }], idempotencyKey: "g" };
  await saveOne(alice, { key: "alice/G", value: "v", deleters: ["ops"] });
  await bob.secrets.removeSecrets(remove);
  await bob.secrets.saveSecrets(removeInBatch);
  expect((await bob.secrets.removeSecrets(remove)).removed).toMatchObject([{ key, version: 4 }]);
  expect((await bob.secrets.saveSecrets(removeInBatch)).results).toMatchObject([{ outcome: SaveOutcome.REMOVED }]);
  await admin.identity.saveUsers({ users: [{ slug: "bob", clear: ["roles"] }] });
  await expectFailure(bob.secrets.removeSecrets(remove), { code: "NotFound", reason: "NOT_FOUND" });
  await expectFailure(bob.secrets.saveSecrets(removeInBatch), { code: "NotFound", reason: "NOT_FOUND" });
});

it("answers a repeated removal, also when the key has been created anew", async () => {
  await saveOne(admin, { key: "once/H", value: "v" });
  const remove = { key: "once/H", idempotencyKey: "h" };
  const first = await admin.secrets.removeSecrets(remove);
  await saveOne(admin, { key: "once/H", value: "w" });
  expect((await admin.secrets.removeSecrets(remove)).removed).toEqual(first.removed);
  expect((await readOne(admin, "once/H"))?.value).toBe("w");
  await expectFailure(admin.secrets.removeSecrets({ key: "once/A", idempotencyKey: "h" }), reused);
});

it("does not keep a refusal", async () => {
  const request = { secrets: [{ key: "alice/I", value: "v", ifVersion: 1 }], idempotencyKey: "i" };
  await expectFailure(alice.secrets.saveSecrets(request), { code: "Aborted", reason: "STALE_VERSION" });
  await saveOne(alice, { key: "alice/I", value: "u" });
  expect((await alice.secrets.saveSecrets(request)).results).toMatchObject([{ outcome: SaveOutcome.UPDATED }]);
});

it("takes printable ASCII up to 128 bytes", async () => {
  for (const idempotencyKey of ["a b", "ключ", "a\n", "\u0000"]) {
    await expectFailure(admin.secrets.saveSecrets({ secrets: [{ key: "once/J", value: "v" }], idempotencyKey }), {
      code: "InvalidArgument",
      reason: "INVALID_FIELD",
      field: "idempotencyKey",
    });
  }
  await expectFailure(admin.secrets.removeSecrets({ key: "once/A", idempotencyKey: "x".repeat(129) }), {
    code: "InvalidArgument",
    reason: "LIMIT_EXCEEDED",
    field: "idempotencyKey",
    limit: 128,
    actual: 129,
  });
});
