import { randomBytes } from "node:crypto";
import { create, fromBinary, toBinary, toJson } from "@bufbuild/protobuf";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AuditEvent, AuditEventSchema } from "../../gen/secret/v1/audit_service_pb.ts";
import { ErrorDetailSchema, ReasonSchema } from "../../gen/secret/v1/error_pb.ts";
import { SaveSecretsRequestSchema } from "../../gen/secret/v1/secret_service_pb.ts";
import { badBodies, saveBody } from "../support/api/bad-bodies.ts";
import { storedWith, watchStderr } from "../support/api/canary.ts";
import { type Api, startService, type TestService } from "../support/api/fixture.ts";
import { readOne, saveOne } from "../support/api/secret-calls.ts";
import { rest } from "../support/api/transports.ts";

let service: TestService;
let alice: Api;
let stderr: ReturnType<typeof watchStderr>;
const canary = `canary${randomBytes(9).toString("hex")}`;

beforeAll(async () => {
  stderr = watchStderr();
  service = await startService(rest);
  alice = await service.addUser("alice");
  await saveOne(service.admin, { key: "bob/KEY", value: "v" });
  await saveOne(alice, { key: "alice/KEY", value: "v" });
});
afterAll(async () => {
  await service.stop();
  stderr.release();
});

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly code: string;
  readonly message: string;
  readonly reason: string;
}

const json = "application/json";

async function send(
  verb: string,
  path: string,
  body: string | Uint8Array<ArrayBuffer>,
  { token = alice.token, contentType = json }: { token?: string; contentType?: string } = {},
): Promise<Answer> {
  const headers = { authorization: `Bearer ${token}`, "content-type": contentType };
  const response = await fetch(service.url + path, { method: verb, headers, body });
  const text = await response.text();
  const headerText = JSON.stringify([...response.headers]);
  expect(headerText).not.toContain(canary);
  const { code = "", message = "", details = [] } = JSON.parse(text);
  const [detail] = details;
  return { status: response.status, text, code, message, reason: reasonOf(detail?.value ?? "") };
}

function reasonOf(detail: string): string {
  const { reason } = fromBinary(ErrorDetailSchema, Buffer.from(detail, "base64"));
  return ReasonSchema.value[reason]?.localName ?? "none";
}

const paths = [
  ["PUT", "/secret-svc/secrets"],
  ["POST", "/secret.v1.SecretService/SaveSecrets"],
] as const;

describe.each(paths)("%s %s", (verb, path) => {
  it.each(badBodies(canary))(
    "refuses $title, and says which field and rule",
    async ({ body, status, code, reason, message }) => {
      const answer = await send(verb, path, body);
      expect(answer).toMatchObject({ status, code, reason });
      expect(answer.message).toMatch(message);
      expect(answer.text).not.toContain(canary);
    },
  );

  it("threats 36, 50: refuses a wrong token before it looks at the body", async () => {
    const bodies = [saveBody(canary), "{", "x".repeat(5 * 1024 * 1024), new Uint8Array([0xff])];
    for (const token of [`oo_${canary.padEnd(43, "A")}`, canary, `${alice.token}${canary}`]) {
      for (const body of bodies) {
        const answer = await send(verb, path, body, { token });
        expect(answer).toMatchObject({ status: 401, code: "unauthenticated" });
        expect(answer.text).not.toContain(canary);
      }
    }
  });
});

it("threat 59: refuses an unknown field in the binary format of a save", async () => {
  const known = toBinary(
    SaveSecretsRequestSchema,
    create(SaveSecretsRequestSchema, { secrets: [{ key: "alice/NEW" }] }),
  );
  const unknownField = Buffer.concat([Buffer.of(0xa2, 0x06, canary.length), Buffer.from(canary)]);
  const body = new Uint8Array(Buffer.concat([known, unknownField]));
  const path = "/secret.v1.SecretService/SaveSecrets";
  const answer = await send("POST", path, body, { contentType: "application/proto" });
  expect(answer).toMatchObject({ status: 400, code: "invalid_argument" });
  expect(answer.message).toContain("SaveSecretsRequest has a field that this version of the service does not know");
  expect(answer.text).not.toContain(canary);
});

it("threat 32: never blames the service for a mistake of the caller", async () => {
  const calls = [
    send("POST", "/secret-svc/secrets", '{"keys":["alice/NEW"],"ids":["a"]}'),
    send("POST", "/secret-svc/secrets", '{"pageSize":-1}'),
    send("POST", "/secret-svc/secrets", '{"view":"ALL"}'),
    send("DELETE", "/secret-svc/secrets", "{}"),
    send("POST", "/secret-svc/remove", '{"key":"alice/NEW"}'),
    send("PUT", "/secret-svc/users", '{"users":[{"slug":"x"}]}'),
    send("PUT", "/secret-svc/tokens", '{"ttl":"5"}'),
    send("DELETE", "/secret-svc/tokens", '{"id":"x"}'),
    send("POST", "/secret-svc/audit", '{"startTime":"yesterday"}'),
  ];
  for (const { status, message } of await Promise.all(calls)) {
    expect(status, message).toBeGreaterThanOrEqual(400);
    expect(status, message).toBeLessThan(500);
  }
});

it("stored nothing of all this, and nothing of a value or token is in log, audit or database", async () => {
  expect(await readOne(alice, "alice/NEW")).toBeUndefined();
  expect(await readOne(alice, "alice/KEY")).toMatchObject({ value: "v", version: 1 });
  await saveOne(alice, { key: "alice/STORED", value: canary, metadata: { note: "plain" } });
  expect((await readOne(alice, "alice/STORED"))?.value).toBe(canary);
  const text = (event: AuditEvent) => JSON.stringify(toJson(AuditEventSchema, event));
  const events = (await service.auditEvents()).map(text);
  expect(events.length).toBeGreaterThan(10);
  expect(events.filter((event) => event.includes(canary))).toEqual([]);
  expect(stderr.text()).not.toContain(canary);
  const tokens = [alice.token, alice.token.slice(3)];
  expect(await storedWith(service, [canary, ...tokens])).toEqual([]);
  expect(await storedWith(service, ["alice/STORED"])).not.toEqual([]);
});
