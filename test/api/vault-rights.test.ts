import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AuditDecision } from "../../gen/secret/v1/audit_service_pb.ts";
import { type Api, startService, type TestService } from "../support/api/fixture.ts";
import { rest } from "../support/api/transports.ts";
import { mergePatch, type VaultCaller, vaultCaller, vaultOn } from "../support/vault/vault-call.ts";

let service: TestService;
let user: Api;
let call: VaultCaller;

beforeAll(async () => {
  service = await startService(rest, vaultOn);
  user = await service.addUser("reader");
  call = vaultCaller(service, user.token);
  const { secrets } = service.admin;
  const lists = (...names: string[]) => Object.fromEntries(names.map((name) => [name, ["reader"]]));
  await secrets.saveSecrets({
    secrets: [
      { key: "az/hidden", value: "x" },
      { key: "az/hgone", value: "x" },
      { key: "az/readonly", value: "x", ...lists("readers") },
      { key: "az/writeonly", value: "x", ...lists("writers") },
      { key: "az/delonly", value: "x", ...lists("deleters") },
      { key: "az/goner", value: "x", ...lists("readers", "writers") },
    ],
  });
  service.clock.advance(1000);
  await secrets.removeSecrets({ keys: ["az/hgone", "az/goner"] });
});

afterAll(() => service.stop());

const bodyOf = (method: string, path: string) => {
  if (method === "GET" || method === "DELETE") return undefined;
  if (/^secret\/(delete|undelete|destroy)/.test(path)) return { versions: [1] };
  return path.startsWith("secret/metadata") ? { custom_metadata: { a: "b" } } : { data: { a: "1" } };
};

const send = (method: string, path: string) => {
  service.clock.advance(1000);
  return call(method, path, bodyOf(method, path), method === "PATCH" ? mergePatch : {});
};

const denied = (text: string) => JSON.stringify({ errors: [`permission denied: ${text}`] });
const mayNotCreate = (name: string) =>
  denied(`you may not create az/${name}: the key does not start with 'reader/', and no permit of reader matches it`);
const none = '{"errors":[]}';

describe("what a user in some lists is answered", () => {
  test.each([
    ["GET", "data", "readonly", 200, undefined],
    ["GET", "data", "writeonly", 403, denied("no right to read az/writeonly")],
    ["GET", "data", "delonly", 403, denied("no right to read az/delonly")],
    ["GET", "data", "goner", 404, undefined],
    ["GET", "subkeys", "writeonly", 403, denied("no right to read az/writeonly")],
    ["GET", "metadata", "writeonly", 200, undefined],
    ["GET", "metadata", "goner", 200, undefined],
    ["PUT", "data", "readonly", 403, denied("no right to write az/readonly")],
    ["PUT", "data", "writeonly", 200, undefined],
    ["PATCH", "data", "readonly", 403, denied("no right to write az/readonly")],
    ["PATCH", "data", "writeonly", 403, denied("no right to read az/writeonly")],
    ["DELETE", "data", "readonly", 403, denied("no right to delete az/readonly")],
    ["DELETE", "metadata", "readonly", 403, denied("no right to delete az/readonly")],
    ["POST", "delete", "readonly", 403, denied("no right to delete az/readonly")],
    ["POST", "undelete", "readonly", 204, ""],
    ["POST", "metadata", "readonly", 403, denied("no right to write az/readonly")],
    ["PUT", "data", "goner", 200, undefined],
    ["DELETE", "data", "delonly", 204, ""],
  ] as const)("%s %s of %s", async (method, kind, name, status, text) => {
    const answer = await send(method, `secret/${kind}/az/${name}`);
    expect(answer.status).toBe(status);
    if (text !== undefined) expect(answer.text.trim()).toBe(text);
  });
});

describe("threat 132: what is hidden, what others removed, and what does not exist are answered alike", () => {
  test.each([
    ["GET", "data", 404, none],
    ["GET", "metadata", 404, none],
    ["GET", "subkeys", 404, none],
    ["PATCH", "data", 404, none],
    ["PATCH", "metadata", 404, none],
    ["DELETE", "data", 204, ""],
    ["DELETE", "metadata", 204, ""],
    ["POST", "delete", 204, ""],
    ["POST", "undelete", 204, ""],
    ["PUT", "data", 403, undefined],
    ["POST", "metadata", 403, undefined],
  ] as const)("%s %s", async (method, kind, status, text) => {
    const answers = [];
    for (const name of ["none00", "hidden", "hgone0"]) {
      const { headers, ...answer } = await send(method, `secret/${kind}/az/${name.replace("hgone0", "hgone")}`);
      const own = answer.text.replaceAll(name.replace("hgone0", "hgone"), "NAME").replace(/"request_id":"[^"]*"/, "");
      const names = [...headers.keys()].filter((header) => header !== "date").toSorted();
      answers.push({ status: answer.status, text: own.trim(), names, reason: headers.get("x-secret-svc-reason") });
    }
    expect(answers[0]).toMatchObject({ status, text: text ?? mayNotCreate("NAME").replace("az/NAME", "az/NAME") });
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);
  });
});

test("each request about a secret leaves one record with the id of its answer", async () => {
  const requests: [string, string, string, number][] = [
    ["GET", "secret/data/az/readonly", "secret.read", AuditDecision.ALLOWED],
    ["GET", "secret/data/az/hidden", "secret.read", AuditDecision.DENIED],
    ["GET", "secret/data/az/writeonly", "secret.read", AuditDecision.DENIED],
    ["GET", "secret/metadata/az/readonly", "secret.versions", AuditDecision.ALLOWED],
    ["GET", "secret/metadata/az/hidden", "secret.versions", AuditDecision.DENIED],
    ["PUT", "secret/data/az/writeonly", "secret.save", AuditDecision.ALLOWED],
    ["PUT", "secret/data/az/hidden", "secret.save", AuditDecision.DENIED],
    ["PATCH", "secret/data/az/hidden", "secret.save", AuditDecision.DENIED],
    ["PUT", "secret/data/with%20space", "secret.save", AuditDecision.REFUSED],
    ["DELETE", "secret/data/az/hidden", "secret.remove", AuditDecision.DENIED],
    ["POST", "secret/undelete/az/hidden", "secret.restore", AuditDecision.DENIED],
    ["GET", "nope/data/x", "secret.read", AuditDecision.REFUSED],
    ["GET", "secret/nothing-of-the-engine", "secret.read", AuditDecision.ALLOWED],
    ["GET", "secret/config", "secret.list", AuditDecision.ALLOWED],
    ["GET", "sys/mounts", "user.whoami", AuditDecision.ALLOWED],
    ["GET", "sys/internal/ui/mounts/secret", "user.whoami", AuditDecision.ALLOWED],
    ["GET", "sys/internal/ui/mounts/nope", "user.whoami", AuditDecision.REFUSED],
    ["GET", "auth/token/lookup-self", "user.whoami", AuditDecision.ALLOWED],
    ["PUT", "auth/token/renew-self", "user.whoami", AuditDecision.REFUSED],
  ];
  for (const [method, path, action, decision] of requests) {
    const { headers } = await send(method, path);
    const events = (await service.auditEvents()).filter(({ requestId }) => requestId === headers.get("x-request-id"));
    expect(events.map((event) => [event.action, event.decision])).toEqual([[action, decision]]);
    expect(events[0]?.principal).toBe("reader");
  }
});

test("a narrowed token has what it was granted, and no more", async () => {
  const { secret } = await service.admin.identity.createToken({
    slug: "reader",
    grants: [{ action: "read", keyPatterns: ["az/read*"] }],
  });
  const narrowed = vaultCaller(service, secret);
  expect((await narrowed("GET", "secret/data/az/readonly")).status).toBe(200);
  expect((await narrowed("GET", "secret/data/az/goner")).status).toBe(404);
  expect((await narrowed("PUT", "secret/data/reader/own", { data: { a: "1" } })).status).toBe(403);
  expect((await narrowed("POST", "auth/token/create", {})).status).toBe(403);
});

test("the first lists of a secret are those that SaveSecrets makes", async () => {
  await send("PUT", "secret/data/reader/own");
  const { secrets } = await user.secrets.listSecrets({ keys: ["reader/own"] });
  expect(secrets[0]).toMatchObject({ owner: "reader", readers: ["reader"], writers: ["reader"], deleters: ["reader"] });
});
