import { afterAll, beforeAll, expect, it } from "vitest";
import { SaveOutcome, SecretView } from "../../gen/secret/v1/secret_service_pb.ts";
import { expectFailure } from "../support/api/failure.ts";
import { type Api, startService, type TestService } from "../support/api/fixture.ts";
import { listKeys, readOne, saveOne } from "../support/api/secret-calls.ts";
import { connectBinary } from "../support/api/transports.ts";

let service: TestService;
let operator: Api;
let boss: Api;
let alice: Api;
let acme: Api;
let acmeAlice: Api;

beforeAll(async () => {
  service = await startService(connectBinary);
  operator = service.admin;
  boss = await service.addUser("boss", { admin: true });
  alice = await service.addUser("alice", { roles: ["backend"] });
  acme = await service.addUser("admin", { tenant: "acme", admin: true });
  acmeAlice = await service.addUser("alice", { tenant: "acme", roles: ["backend"] });
});
afterAll(() => service.stop());

it("threat 10: have keys and secrets of their own, even for the same names", async () => {
  const key = "alice/KEY";
  const mine = await saveOne(alice, { key, value: "default's", readers: ["backend"] });
  const theirs = await saveOne(acmeAlice, { key, value: "acme's", readers: ["backend"] });
  expect(theirs).toMatchObject({ outcome: SaveOutcome.CREATED, version: 1 });
  expect(theirs.id).not.toBe(mine.id);
  expect((await readOne(alice, key))?.value).toBe("default's");
  expect((await readOne(acmeAlice, key))?.value).toBe("acme's");
  await acme.secrets.removeSecrets({ keys: [key] });
  expect((await readOne(alice, key))?.value).toBe("default's");
});

it("threat 9, 80: never see each other, not even as admins or by id", async () => {
  const { id } = await saveOne(boss, { key: "shared/KEY", value: "v", readers: ["alice", "backend", "admin"] });
  for (const stranger of [acme, acmeAlice]) {
    expect(await readOne(stranger, "shared/KEY")).toBeUndefined();
    expect((await stranger.secrets.listSecrets({ ids: [id] })).missingIds).toEqual([id]);
    expect(await listKeys(stranger, { keyPattern: "shared", view: SecretView.KEYS })).toEqual([]);
    await expectFailure(stranger.secrets.removeSecrets({ ids: [id] }), { code: "NotFound", reason: "NOT_FOUND" });
    await expectFailure(stranger.secrets.removeSecrets({ keys: ["shared/KEY"] }), {
      code: "NotFound",
      reason: "NOT_FOUND",
    });
    await expectFailure(stranger.secrets.saveSecrets({ secrets: [{ id, value: "w" }] }), {
      code: "NotFound",
      reason: "NOT_FOUND",
    });
  }
  expect((await saveOne(acme, { key: "other/KEY", id, value: "w" })).id).toBe(id);
  expect(await readOne(boss, "shared/KEY")).toMatchObject({ id, value: "v", version: 1 });
});

it("keep idempotency keys apart", async () => {
  const request = { secrets: [{ key: "once/KEY", value: "v" }], idempotencyKey: "deploy" };
  await operator.secrets.saveSecrets(request);
  const theirs = await acme.secrets.saveSecrets({ ...request, secrets: [{ key: "once/KEY", value: "w" }] });
  expect(theirs.results).toMatchObject([{ outcome: SaveOutcome.CREATED }]);
});

it("are named by operators only, and only where identities are managed", async () => {
  const refused = { code: "PermissionDenied", reason: "OPERATOR_ONLY", field: "tenant" } as const;
  const { token } = await acmeAlice.identity.createToken({});
  const id = token?.id ?? "";
  for (const { identity } of [boss, alice]) {
    await expectFailure(identity.saveUsers({ tenant: "acme", users: [{ slug: "mallory", admin: true }] }), refused);
    await expectFailure(identity.listUsers({ tenant: "acme" }), refused);
    await expectFailure(identity.removeUsers({ tenant: "acme", slugs: ["alice"] }), refused);
    await expectFailure(identity.createToken({ tenant: "acme", slug: "alice" }), refused);
    await expectFailure(identity.listTokens({ tenant: "acme" }), refused);
    await expectFailure(identity.revokeToken({ tenant: "acme", id }), refused);
    await expectFailure(identity.listUsers({ tenant: "absent" }), refused);
  }
  await expectFailure(boss.identity.revokeToken({ id }), { code: "NotFound", reason: "NOT_FOUND" });
  expect((await operator.identity.listTokens({ tenant: "acme" })).tokens.map((each) => each.id)).toContain(id);
  expect((await boss.identity.listTokens({})).tokens.map((each) => each.id)).not.toContain(id);
  await operator.identity.revokeToken({ tenant: "acme", id });
  await expectFailure(operator.identity.saveUsers({ tenant: "No Tenant", users: [{ slug: "x" }] }), {
    code: "InvalidArgument",
    reason: "INVALID_FIELD",
    field: "tenant",
  });
});

it("keep their audit logs to themselves, and show there what operators did", async () => {
  await operator.identity.saveUsers({ tenant: "acme", users: [{ slug: "hired" }] });
  const theirs = await acme.audit.listAuditEvents({ pageSize: 1000 });
  expect(theirs.events.every(({ tenant }) => tenant === "acme")).toBe(true);
  expect(theirs.events.filter(({ key }) => key === "hired")).toMatchObject([
    { action: "user.save", principal: "admin" },
  ]);
  const ours = await boss.audit.listAuditEvents({ pageSize: 1000 });
  expect(ours.events.every(({ tenant }) => tenant === "default")).toBe(true);
  expect(ours.events.some(({ key }) => key === "hired")).toBe(false);
});
