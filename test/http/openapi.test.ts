import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkDocumented, openApi, type SeenCall } from "../support/api/documented.ts";
import { startService, type TestService } from "../support/api/fixture.ts";
import { rest } from "../support/api/transports.ts";

let service: TestService;
beforeAll(async () => {
  service = await startService(rest);
});
afterAll(() => service.stop());

const operations = Object.entries(openApi.paths).flatMap(([path, byVerb]) =>
  Object.entries(byVerb).map(([verb, operation]) => ({ verb: verb.toUpperCase(), path, operation })),
);
const withBody = operations.filter(({ operation }) => operation.requestBody !== undefined);

interface Sent {
  readonly token?: string;
  readonly type?: string;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
}

async function call(verb: string, path: string, { token, type, headers: more, body }: Sent = {}): Promise<SeenCall> {
  const headers = new Headers(more);
  if (token !== undefined) headers.set("authorization", `Bearer ${token}`);
  if (body !== undefined) headers.set("content-type", type ?? "application/json");
  const sent = body === undefined ? null : JSON.stringify(body);
  const response = await fetch(service.url + path, { method: verb, headers, body: sent });
  return {
    verb,
    path,
    request: body,
    status: response.status,
    headers: response.headers,
    text: await response.text(),
  };
}

describe("/openapi.json", () => {
  test("threat 89: is shown to callers with a token only", async () => {
    const refused = await call("GET", "/openapi.json");
    expect([refused.status, refused.headers.get("www-authenticate")]).toEqual([401, "Bearer"]);
    expect(refused.text).not.toContain("paths");
    const { token } = await service.addUser("reader");
    const shown = await call("GET", "/openapi.json", { token });
    expect(shown.status).toBe(200);
    expect(shown.text).toBe(readFileSync(new URL("../../docs/openapi.json", import.meta.url), "utf8"));
    expect((await call("HEAD", "/openapi.json", { token })).text).toBe("");
    expect((await call("POST", "/openapi.json", { token })).headers.get("allow")).toBe("GET, HEAD");
  });

  test("has every method that is not a stream, and not for browsers alone", () => {
    const ids = new Set(operations.map(({ operation }) => operation.operationId));
    const { secrets, identity, audit, keys, logins } = service.admin;
    const methods = [secrets, identity, audit, keys, logins].flatMap((client) => Object.keys(client));
    const streams = ["watchSecrets", "verifyAudit", "rotateKeys"];
    expect(methods.filter((name) => !ids.has(name))).toEqual([...streams, "openSession"]);
    for (const id of ["healthz", "readyz", "openapi"]) expect(ids).toContain(id);
  });
});

describe("the running service answers as docs/openapi.json says", () => {
  test.each(operations)("$verb $path with an empty request", async ({ verb, path, operation }) => {
    const body = operation.requestBody === undefined ? undefined : {};
    const answer = await call(verb, path, { token: service.admin.token, body });
    checkDocumented(answer);
    expect(answer.text).not.toContain("there is nothing at this path");
  });

  test.each(operations)("$verb $path needs a token, or says that it does not", async ({ verb, path, operation }) => {
    const answer = await call(verb, path);
    checkDocumented(answer);
    expect(answer.status === 401).toBe(operation.security === undefined);
  });

  test.each(withBody)("$verb $path with a body that is not right", async ({ verb, path }) => {
    const { token } = service.admin;
    const statuses: number[] = [];
    for (const sent of [
      { token, body: { noSuchField: 1 } },
      { token, body: "x".repeat(5 * 1024 * 1024) },
      { token, body: {}, type: "application/xml" },
      { token, body: {}, headers: { "content-encoding": "br" } },
    ]) {
      const answer = await call(verb, path, sent);
      checkDocumented(answer);
      statuses.push(answer.status);
    }
    expect(statuses).toEqual([400, 429, 415, 501]);
  });
});

describe("a call is not as documented", () => {
  const good: SeenCall = {
    verb: "GET",
    path: "/secret-svc/is-secure",
    request: undefined,
    status: 200,
    headers: new Headers({ "x-request-id": "r", "content-type": "application/json" }),
    text: JSON.stringify({ isSecure: true, reasons: ["a"], findings: [] }),
  };

  test("unless everything is", () => expect(() => checkDocumented(good)).not.toThrow());

  const changed = (answer: object) => ({
    text: JSON.stringify({ isSecure: true, reasons: [], findings: [], ...answer }),
  });
  test.each<[string, Partial<SeenCall>, string]>([
    ["an unknown path", { path: "/secret-svc/nothing" }, "no such path"],
    ["an undeclared status", { status: 404 }, "the status is not declared"],
    ["an undeclared field", changed({ extra: 1 }), "answer.extra is not declared"],
    ["a missing field", { text: '{"isSecure":true,"reasons":[]}' }, "answer.findings is missing"],
    ["a field of another type", changed({ isSecure: "yes" }), "answer.isSecure is not a boolean"],
    [
      "an unknown enum",
      changed({ findings: [{ severity: "BAD" }] }),
      "answer.findings[0].severity is none of its enum",
    ],
    ["a missing header", { headers: new Headers({ "content-type": "application/json" }) }, "x-request-id is missing"],
    ["another type", { headers: new Headers({ "x-request-id": "r" }) }, "content-type  is not declared"],
    ["a body where none is", { request: {} }, "it has no body"],
  ])("with %s", (_what, change, problem) => {
    expect(() => checkDocumented({ ...good, ...change })).toThrow(problem);
  });
});
