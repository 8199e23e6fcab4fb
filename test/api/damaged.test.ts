import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { MongoClient } from "mongodb";
import { afterAll, beforeAll, expect, it } from "vitest";
import { AuditDecision } from "../../gen/secret/v1/audit_service_pb.ts";
import { Reason } from "../../gen/secret/v1/error_pb.ts";
import { SecretView } from "../../gen/secret/v1/secret_service_pb.ts";
import { derivedId } from "../../src/rules/secret-key.ts";
import { expectFailure } from "../support/api/failure.ts";
import { type Api, startService, type TestService } from "../support/api/fixture.ts";
import { saveOne } from "../support/api/secret-calls.ts";
import { grpc } from "../support/api/transports.ts";

let service: TestService;
let alice: Api;
let bob: Api;

const key = "alice/damaged/B";
const keys = ["A", "B", "C"].map((name) => `alice/damaged/${name}`);

beforeAll(async () => {
  service = await startService(grpc);
  alice = await service.addUser("alice");
  bob = await service.addUser("bob");
  await alice.secrets.saveSecrets({ secrets: keys.map((each) => ({ key: each, value: "v", writers: ["bob"] })) });
  await editOwner();
});
afterAll(() => service.stop());

/** Makes bob the owner, in the database. */
async function editOwner(): Promise<void> {
  const { mongoUri } = service.store;
  if (mongoUri === undefined) {
    const database = new DatabaseSync(join(service.dataDir, "secrets.db"));
    database.prepare("UPDATE secret SET owner = 'bob' WHERE key = ?").run(key);
    database.close();
    return;
  }
  const client = await MongoClient.connect(mongoUri);
  await client
    .db()
    .collection("secrets")
    .updateOne({ key }, { $set: { owner: "bob" } });
  await client.close();
}

it("threats 15, 104: a document that does not verify is an error of its own, and the others are shown", async () => {
  const answer = await alice.secrets.listSecrets({ keys });
  expect(answer.secrets.map((secret) => secret.key)).toEqual(["alice/damaged/A", "alice/damaged/C"]);
  expect(answer).toMatchObject({ errors: [{ key, reason: Reason.INTEGRITY }], missingKeys: [] });
  const stranger = await service.addUser("stranger");
  expect(await stranger.secrets.listSecrets({ keys })).toMatchObject({ errors: [], missingKeys: keys });
  const events = (await service.auditEvents()).filter((event) => event.rule === "integrity");
  expect(events).toMatchObject([{ key, action: "secret.read", decision: AuditDecision.REFUSED, principal: "alice" }]);
});

it("threat 104: is neither changed nor removed", async () => {
  const damaged = { code: "DataLoss", reason: "INTEGRITY", key } as const;
  await expectFailure(alice.secrets.saveSecrets({ secrets: [{ key, value: "w" }] }), damaged);
  await expectFailure(bob.secrets.saveSecrets({ secrets: [{ key, value: "w" }] }), damaged);
  await expectFailure(alice.secrets.saveSecrets({ remove: [{ key }] }), damaged);
  await expectFailure(alice.secrets.removeSecrets({ keys }), damaged);
  expect((await saveOne(alice, { key: "alice/damaged/A", value: "w" })).version).toBe(2);
});

it("threats 15, 80, 104: is not reported to a token that has no grant on it", async () => {
  const grants = [{ action: "read", keyPatterns: ["alice/damaged/A", "alice/damaged/C"] }];
  const narrowed = service.as((await alice.identity.createToken({ grants })).secret);
  const { secrets, errors } = await narrowed.secrets.listSecrets({ view: SecretView.FULL });
  expect({ keys: secrets.map((secret) => secret.key), errors }).toEqual({ keys: [keys[0], keys[2]], errors: [] });
  const id = derivedId("default", key);
  expect(await narrowed.secrets.listSecrets({ keys })).toMatchObject({ errors: [], missingKeys: [key] });
  expect(await narrowed.secrets.listSecrets({ id })).toMatchObject({ errors: [], missingIds: [id] });
  await expectFailure(narrowed.secrets.saveSecrets({ secrets: [{ key, value: "w" }] }), {
    code: "PermissionDenied",
    reason: "NOT_GRANTED",
  });
  await expectFailure(narrowed.secrets.removeSecrets({ id }), { code: "NotFound", reason: "NOT_FOUND" });
  expect((await narrowed.secrets.explainAccess({ key })).rights[0]).toMatchObject({ allowed: false, rule: "missing" });
});
