import { afterAll, beforeAll, expect, it } from "vitest";
import { limits } from "../../src/limits.ts";
import { failureOf } from "../support/api/failure.ts";
import { type Api, startService, type TestService } from "../support/api/fixture.ts";
import { connectJson } from "../support/api/transports.ts";

// What a user can write into the audit log about secrets on which they have no right: a few records for each call.

let service: TestService;
let mallory: Api;
const keys = Array.from({ length: limits.batchItems }, (_, at) => `foreign/${at}`);
const secretsOf = (names: readonly string[]) => names.map((key) => ({ key, value: "v" }));

beforeAll(async () => {
  service = await startService(connectJson);
  mallory = await service.addUser("mallory");
  await service.admin.secrets.saveSecrets({ secrets: secretsOf(keys) });
});
afterAll(() => service.stop());

/** The records that a call adds. */
async function recordsOf(call: () => Promise<unknown>) {
  const before = (await service.auditEvents()).length;
  await call();
  const events = await service.auditEvents();
  return events.filter(({ principal }) => principal === "mallory").slice(0, events.length - before);
}

it("fault A3: a plan about 1,000 foreign keys is one record, as the save of them is", async () => {
  const planned = await recordsOf(() => mallory.secrets.saveSecrets({ secrets: secretsOf(keys), validateOnly: true }));
  expect(planned).toMatchObject([{ action: "secret.plan", rule: "foreign-prefix", count: 1_000, filter: "forbidden" }]);
  expect(planned[0]?.names).toEqual(keys.slice(0, limits.auditNames));
  const saved = await recordsOf(() => failureOf(mallory.secrets.saveSecrets({ secrets: secretsOf(keys) })));
  expect(saved).toMatchObject([{ action: "secret.save", rule: "foreign-prefix", count: 1_000, filter: "" }]);
});

it("fault A3: a plan that would be denied a few keys names each of them", async () => {
  const few = keys.slice(0, 3);
  const planned = await recordsOf(() => mallory.secrets.saveSecrets({ secrets: secretsOf(few), validateOnly: true }));
  expect(planned.map(({ key, rule }) => `${key} ${rule}`).sort()).toEqual(few.map((key) => `${key} foreign-prefix`));
});

it.each<readonly [string, () => Promise<unknown>]>([
  ["reads", () => mallory.secrets.listSecrets({ keys })],
  ["lists", () => mallory.secrets.listSecrets({ namespace: "foreign" })],
  ["removals", () => failureOf(mallory.secrets.removeSecrets({ keys }))],
  ["planned removals", () => failureOf(removal(true))],
  ["removals in a batch", () => failureOf(removal(false))],
  ["purges", () => failureOf(mallory.secrets.purgeSecrets({ keys }))],
  ["versions", () => failureOf(mallory.secrets.listVersions({ key: "foreign/1" }))],
  ["explanations", () => mallory.secrets.explainAccess({ key: "foreign/1" })],
  ["ids", () => mallory.secrets.listSecrets({ ids: keys.map((_, at) => `secr_${at}`) })],
  ["encryptions", () => mallory.secrets.encryptValue({ values: keys.map(() => "v") })],
])("fault A3: %s of 1,000 foreign keys are one record", async (_what, call) => {
  expect(await recordsOf(call)).toHaveLength(1);
});

function removal(validateOnly: boolean) {
  return mallory.secrets.saveSecrets({ remove: keys.map((key) => ({ key })), validateOnly });
}
