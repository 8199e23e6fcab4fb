import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  absent,
  blanked,
  type ForbiddenSecrets,
  forbidden,
  forbiddenCases,
  startWithForbiddenSecrets,
  strangerTokens,
} from "../support/hostile/forbidden-secrets.ts";
import { rawFetch } from "../support/hostile/raw-call.ts";
import { mergePatch, vaultOn } from "../support/vault/vault-call.ts";

// Below /v1/ a secret also looks exactly like one that does not exist to those without any right on it.

let world: ForbiddenSecrets;

beforeAll(async () => {
  world = await startWithForbiddenSecrets(vaultOn);
});

afterAll(() => world.stop());

interface Request {
  readonly method: string;
  readonly path: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

const get = (path: string, headers = {}): Request => ({ method: "GET", path, headers });
const put = (path: string, body: object): Request => ({ method: "PUT", path, body });
const patch = (path: string, body: object): Request => ({ method: "PATCH", path, body, headers: mergePatch });
const plain = (method: string, path: string): Request => ({ method, path });
const data = { a: "x" };

/** Every request that names a secret or a folder, as a function of its name. */
const requests: readonly (readonly [name: string, request: (key: string) => Request])[] = [
  ["a read", (key) => get(`secret/data/${key}`)],
  ["a read of version 1", (key) => get(`secret/data/${key}?version=1`)],
  ["a read of version 2", (key) => get(`secret/data/${key}?version=2`)],
  ["a read of version 99", (key) => get(`secret/data/${key}?version=99`)],
  ["a read of no version", (key) => get(`secret/data/${key}?version=x`)],
  ["a read of a folder", (key) => get(`secret/data/${key}/`)],
  ["a read deeper", (key) => get(`secret/data/${key}/DEEP`)],
  ["a wrapped read", (key) => get(`secret/data/${key}`, { "x-vault-wrap-ttl": "60s" })],
  ["a read in a namespace", (key) => get(`secret/data/${key}`, { "x-vault-namespace": "other" })],
  ["a HEAD", (key) => plain("HEAD", `secret/data/${key}`)],
  ["an OPTIONS", (key) => plain("OPTIONS", `secret/data/${key}`)],
  ["a read of subkeys", (key) => get(`secret/subkeys/${key}`)],
  ["a read of metadata", (key) => get(`secret/metadata/${key}`)],
  ["a LIST", (key) => plain("LIST", `secret/metadata/${key}`)],
  ["a LIST after a name", (key) => plain("LIST", `secret/metadata/${key}/?after=A&limit=1`)],
  ["a list by query", (key) => get(`secret/metadata/${key}?list=true`)],
  ["a SCAN", (key) => plain("SCAN", `secret/metadata/${key}`)],
  ["a LIST of data", (key) => plain("LIST", `secret/data/${key}`)],
  ["a write", (key) => put(`secret/data/${key}`, { data })],
  ["a write of a new one", (key) => put(`secret/data/${key}`, { data, options: { cas: 0 } })],
  ["a write of version 1", (key) => put(`secret/data/${key}`, { data, options: { cas: 1 } })],
  ["a write of version 99", (key) => put(`secret/data/${key}`, { data, options: { cas: 99 } })],
  ["a write of no version", (key) => put(`secret/data/${key}`, { data, options: { cas: "x" } })],
  ["a write of nothing", (key) => put(`secret/data/${key}`, {})],
  ["a write that is too large", (key) => put(`secret/data/${key}`, { data: { a: "x".repeat(70_000) } })],
  ["a write deeper", (key) => put(`secret/data/${key}/DEEP`, { data })],
  ["a write to a folder", (key) => put(`secret/data/${key}/`, { data })],
  ["a patch", (key) => patch(`secret/data/${key}`, { data })],
  ["a patch of version 1", (key) => patch(`secret/data/${key}`, { data, options: { cas: 1 } })],
  ["a patch of another type", (key) => ({ method: "PATCH", path: `secret/data/${key}`, body: { data } })],
  ["a removal", (key) => plain("DELETE", `secret/data/${key}`)],
  ["a removal of version 1", (key) => put(`secret/delete/${key}`, { versions: [1] })],
  ["a removal of no version", (key) => put(`secret/delete/${key}`, { versions: [] })],
  ["an undelete", (key) => put(`secret/undelete/${key}`, { versions: [1] })],
  ["an undelete of version 99", (key) => put(`secret/undelete/${key}`, { versions: [99] })],
  ["a destroy", (key) => put(`secret/destroy/${key}`, { versions: [1] })],
  ["a removal of metadata", (key) => plain("DELETE", `secret/metadata/${key}`)],
  ["metadata", (key) => put(`secret/metadata/${key}`, { custom_metadata: { a: "b" } })],
  ["metadata that change nothing", (key) => put(`secret/metadata/${key}`, {})],
  ["settings", (key) => put(`secret/metadata/${key}`, { max_versions: 3 })],
  ["a patch of metadata", (key) => patch(`secret/metadata/${key}`, { custom_metadata: { a: null } })],
  ["an environment", (key) => get(`env/data/${key}`)],
  ["an environment of version 1", (key) => get(`env/data/${key}?version=1`)],
  ["metadata of an environment", (key) => get(`env/metadata/${key}`)],
  ["subkeys of an environment", (key) => get(`env/subkeys/${key}`)],
  ["a LIST of an environment", (key) => plain("LIST", `env/metadata/${key}`)],
  ["a patch of an environment", (key) => patch(`env/data/${key}`, { data: { DEEP: "x" } })],
  ["a removal by a patch of an environment", (key) => patch(`env/data/${key}`, { data: { DEEP: null } })],
  ["a removal by a patch one up", (key) => patch("env/data/prod", { data: { [key.slice("prod/".length)]: null } })],
  ["a write of an environment", (key) => put(`env/data/${key}`, { data })],
  [
    "capabilities",
    (key) =>
      put("sys/capabilities-self", { paths: ["data", "metadata", "delete"].map((kind) => `secret/${kind}/${key}`) }),
  ],
  ["capabilities of one path", (key) => put("sys/capabilities-self", { path: `secret/data/${key}` })],
  ["capabilities of a folder", (key) => put("sys/capabilities-self", { path: `secret/metadata/${key}/` })],
  ["capabilities of an environment", (key) => put("sys/capabilities-self", { path: `env/data/${key}` })],
  ["a preflight", (key) => get(`sys/internal/ui/mounts/secret/data/${key}`)],
];

/** Sends a request, and answers all that came back and was recorded. Fails when it changed the database. */
async function send(token: string | undefined, { method, path, body, headers = {} }: Request) {
  const { intruder, recordsSince, service } = world;
  intruder.newRecords();
  const before = intruder.revision();
  const all = await rawFetch(`${service.url}/v1/${path}`, {
    method,
    headers: { ...(token === undefined ? {} : { "x-vault-token": token }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  expect(intruder.revision()).toBe(before);
  expect(all.status).toBeLessThan(500);
  return { answer: blanked(all.all), records: recordsSince() };
}

describe.each(forbiddenCases)("a forbidden secret that is %s, to %s", (which, who) => {
  it.each(requests)("threat 132: %s is answered and recorded as for one that does not exist", async (_, request) => {
    const seen = await send(strangerTokens(world)[who], request(forbidden[which]));
    expect(seen).toEqual(await send(strangerTokens(world)[who], request(absent)));
    const { body = {} } = request(absent);
    expect(seen.records).toHaveLength("paths" in body && Array.isArray(body.paths) ? body.paths.length : 1);
  });
});

it.each(requests)("threat 132: without a token, %s is refused alike", async (_, request) => {
  const seen = await send(undefined, request(forbidden.live));
  expect(seen).toEqual(await send(undefined, request(absent)));
  expect(seen.answer).toContain("UNAUTHENTICATED");
});

describe("threat 132: a login does not reveal", () => {
  const logins: readonly (readonly [string, (user: string) => Request])[] = [
    ["in a path", (user) => put(`auth/userpass/login/${user}`, { password: "x" })],
    ["in a body", (user) => put("auth/approle/login", { role_id: user, secret_id: "x" })],
    [
      "with a token of another one",
      (user) => put("auth/approle/login", { role_id: user, secret_id: world.narrowed.token }),
    ],
  ];

  it.each(logins)("whether there is a user that it names %s", async (_, login) => {
    const seen = await send(undefined, login("mallory"));
    expect(seen).toEqual(await send(undefined, login("nowhere")));
    expect(seen.answer).toContain("invalid");
  });

  it("whether a token of others exists", async () => {
    const created = await world.service.admin.identity.createToken({});
    const lookUp = (token: string) => send(world.mallory.token, put("auth/token/lookup", { token }));
    expect(await lookUp(created.secret)).toEqual(await lookUp(`oo_${"A".repeat(43)}`));
  });
});
