import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AuditDecision } from "../../gen/secret/v1/audit_service_pb.ts";
import { type Api, startService, type TestService } from "../support/api/fixture.ts";
import { rest } from "../support/api/transports.ts";
import { type VaultCaller, vaultCaller, vaultOn } from "../support/vault/vault-call.ts";

let service: TestService;
let user: Api;
let call: VaultCaller;

beforeAll(async () => {
  service = await startService(rest, vaultOn);
  user = await service.addUser("reader", { roles: ["ops", "root"] });
  call = vaultCaller(service, user.token);
});

afterAll(() => service.stop());

const denied = { errors: ["permission denied"] };

describe("credentials", () => {
  const read = (headers: Record<string, string>) =>
    vaultCaller(service, "")("GET", "auth/token/lookup-self", undefined, headers);

  test("are a token in either header", async () => {
    const bearer = { authorization: `Bearer ${user.token}` };
    // Of a proxy in front.
    const basic = { authorization: `Basic ${btoa("u:p")}` };
    const token = { "x-vault-token": user.token };
    for (const headers of [token, bearer, { ...token, ...bearer }, { ...token, ...basic }]) {
      expect((await read(headers)).status).toBe(200);
    }
  });

  test("are refused when they are missing, bad, of another kind or different", async () => {
    const refused = [
      {},
      { "x-vault-token": "bad" },
      { authorization: user.token },
      { authorization: `Basic ${user.token}` },
      { "x-vault-token": user.token, authorization: `Bearer ${service.admin.token}` },
      { "x-vault-token": "", authorization: `Basic ${user.token}` },
    ];
    for (const headers of refused) {
      const { status, json } = await read(headers as Record<string, string>);
      expect([status, json]).toEqual([403, denied]);
    }
  });

  test("of a login stand for the credential, and are good only here", async () => {
    const logins: [string, unknown][] = [
      ["auth/approle/login", { role_id: "reader", secret_id: user.token }],
      ["auth/userpass/login/reader", { password: user.token }],
    ];
    for (const [path, body] of logins) {
      const { status, json } = await vaultCaller(service, "")("POST", path, body);
      expect(status).toBe(200);
      const given = String(json?.auth?.client_token);
      expect(json?.auth).toMatchObject({
        client_token: `login.${user.token}`,
        policies: ["default", "ops"],
        renewable: false,
      });
      const as = vaultCaller(service, given);
      expect((await as("GET", "auth/token/lookup-self")).json?.data).toMatchObject({
        id: given,
        meta: { slug: "reader" },
      });
      const revoked = await as("POST", "auth/token/revoke-self", {});
      expect([revoked.status, revoked.json?.warnings?.[0]]).toEqual([
        200,
        expect.stringContaining("nothing was revoked"),
      ]);
      expect((await as("GET", "auth/token/lookup-self")).status).toBe(200);
      const elsewhere = await fetch(`${service.url}/secret-svc/whoami`, {
        headers: { authorization: `Bearer ${given}` },
      });
      expect(elsewhere.status).toBe(401);
    }
  });

  test("threat 133: a login with a bad credential and one with that of another user look alike, and are counted", async () => {
    const login = (role_id: string, secret_id: string) =>
      vaultCaller(service, "")("POST", "auth/approle/login", { role_id, secret_id });
    const good = user.token;
    const wrong = `oo_${"a".repeat(43)}`;
    for (const [slug, secret] of [
      ["reader", wrong],
      ["nobody", wrong],
      ["other", good],
      ["reader", "x"],
      ["", ""],
    ]) {
      const { status, json } = await login(slug ?? "", secret ?? "");
      expect([status, json]).toEqual([400, { errors: ["invalid role or secret ID"] }]);
    }
    const statuses = new Set<number>();
    for (let at = 0; at < 310; at += 1) statuses.add((await login("other", good)).status);
    expect([...statuses]).toEqual([400, 429]);
    service.clock.advance(120_000);
  });
});

describe("tokens", () => {
  test("are described", async () => {
    const { json } = await call("GET", "auth/token/lookup-self");
    expect(json?.data).toMatchObject({
      id: user.token,
      accessor: expect.stringMatching(/^tok_/),
      display_name: "token-reader",
      policies: ["default", "ops"],
      renewable: false,
      meta: { tenant: "default", slug: "reader" },
      type: "service",
    });
    expect((await call("POST", "auth/token/lookup", { token: user.token })).json?.data).toMatchObject({
      id: user.token,
    });
    expect((await call("POST", "auth/token/lookup", { token: service.admin.token })).status).toBe(403);
    expect((await call("PUT", "auth/token/renew-self", { increment: 0 })).json?.errors).toEqual([
      "lease is not renewable",
    ]);
  });

  test("are made for oneself, and revoked", async () => {
    const made = await call("POST", "auth/token/create", { ttl: "1h0m0s", policies: ["ops"], display_name: "job" });
    expect(made.json?.auth).toMatchObject({ lease_duration: 3600, policies: ["default", "ops"] });
    const limits = [
      [{ ttl: "2h", explicit_max_ttl: "1.5h" }, 5400],
      [{ ttl: 60, explicit_max_ttl: "1h" }, 60],
      [{ explicit_max_ttl: "1h" }, 3600],
    ] as const;
    for (const [body, seconds] of limits) {
      expect((await call("POST", "auth/token/create", body)).json?.auth).toMatchObject({ lease_duration: seconds });
    }
    const child = vaultCaller(service, String(made.json?.auth?.client_token));
    expect((await child("GET", "auth/token/lookup-self")).json?.data).toMatchObject({ ttl: 3600 });
    expect((await child("POST", "auth/token/revoke-self")).status).toBe(204);
    expect((await child("GET", "auth/token/lookup-self")).json).toEqual(denied);
    expect((await call("GET", "auth/token/lookup-self")).status).toBe(200);
  });

  test("have nothing that there is not here", async () => {
    const refused: [unknown, string][] = [
      [{ policies: ["other"] }, "policies must be all of your own"],
      [{ policies: ["ops", "other"] }, "policies must be all of your own"],
      // The token would have more rights than were asked for.
      [{ policies: ["default"] }, "policies must be all of your own"],
      [{ policies: "default" }, "policies must be all of your own"],
      [{ type: "batch" }, "type must be service"],
      [{ explicit_max_ttl: "soon" }, "explicit_max_ttl must be a duration"],
      [{ num_uses: 3 }, "num_uses cannot be given"],
      [{ period: "1h" }, "period cannot be given"],
      [{ ttl: "soon" }, "ttl must be a duration"],
    ];
    for (const [body, error] of refused) {
      const { status, json } = await call("POST", "auth/token/create", body);
      expect([status, json?.errors?.[0]]).toEqual([400, expect.stringContaining(error)]);
    }
    const usual = { num_uses: 0, period: "", ttl: "1h", type: "service", policies: "ops" };
    expect((await call("POST", "auth/token/create", usual)).status).toBe(200);
  });
});

describe("the service", () => {
  test("says that it is there without a token", async () => {
    const open = vaultCaller(service, "");
    expect((await open("GET", "sys/health")).json).toMatchObject({
      initialized: true,
      sealed: false,
      version: "1.20.0",
    });
    expect((await open("HEAD", "sys/health")).status).toBe(200);
    expect((await open("GET", "sys/seal-status")).json).toMatchObject({ type: "shamir", sealed: false, t: 1, n: 1 });
    expect((await open("GET", "sys/leader")).json).toEqual({ ha_enabled: false });
    expect((await open("GET", "sys/init")).json).toEqual({ initialized: true });
    expect((await open("GET", "sys/mounts")).json).toEqual(denied);
  });

  test("describes its mounts", async () => {
    for (const path of ["secret", "secret/app", "secret/data/app", "secret/metadata/app"]) {
      const { json } = await call("GET", `sys/internal/ui/mounts/${path}`);
      expect(json?.data).toMatchObject({ path: "secret/", type: "kv", options: { version: "2" } });
    }
    expect(Object.keys((await call("GET", "sys/mounts")).json?.data ?? {})).toEqual(["secret/", "env/"]);
    expect((await call("GET", "sys/mounts/env")).json).toMatchObject({ path: "env/", data: { path: "env/" } });
    expect((await call("GET", "sys/mounts/nope")).status).toBe(400);
    const { status, json } = await call("GET", "sys/internal/ui/mounts/nope/x");
    const text = `preflight capability check returned 403, please ensure client's policies grant access to path "nope/x/"`;
    expect([status, json]).toEqual([403, { errors: [text] }]);
  });

  test("refuses what it has not, before anything is done", async () => {
    await user.secrets.saveSecrets({ secrets: [{ key: "reader/a", value: "x" }] });
    const path = "secret/data/reader/a";
    const wrapped = await call("GET", path, undefined, { "x-vault-wrap-ttl": "60s" });
    expect([wrapped.status, wrapped.json?.errors]).toEqual([400, ["response wrapping is not supported"]]);
    const other = await call("GET", path, undefined, { "x-vault-namespace": "other" });
    expect([other.status, other.json?.errors]).toEqual([
      403,
      ["permission denied: this token is of the tenant default"],
    ]);
    for (const namespace of ["", "root", "default", "default/"]) {
      expect(
        (await call("GET", path, undefined, { "x-vault-namespace": namespace, "x-vault-wrap-ttl": "0s" })).status,
      ).toBe(200);
    }
    const reads = (await service.auditEvents()).filter(
      ({ action, decision }) => action === "secret.read" && decision === AuditDecision.ALLOWED,
    );
    expect(reads).toHaveLength(4);
  });

  test("shows callers what they may do", async () => {
    const paths = ["secret/data/reader/a", "secret/metadata/reader/a", "secret/data/other/a", "nope"];
    const { json } = await call("POST", "sys/capabilities-self", { paths });
    expect(json).toMatchObject({
      "secret/data/reader/a": ["create", "delete", "patch", "read", "update"],
      "secret/metadata/reader/a": ["create", "delete", "list", "patch", "read", "update"],
      "secret/data/other/a": ["deny"],
      nope: ["deny"],
    });
  });

  test("has fixed settings", async () => {
    expect((await call("GET", "secret/config")).json?.data).toMatchObject({ max_versions: 10, cas_required: false });
    expect((await call("POST", "secret/config", { max_versions: 10, cas_required: false })).status).toBe(204);
    expect((await call("POST", "secret/config", { max_versions: 3 })).status).toBe(400);
  });

  test("has no pages of other origins as its clients", async () => {
    const { headers } = await call("GET", "sys/health", undefined, { origin: "https://page.example" });
    expect(headers.get("access-control-allow-origin")).toBeNull();
  });
});

test("the API is off unless it is turned on", async () => {
  const plain = await startService(rest);
  expect((await vaultCaller(plain, plain.admin.token)("GET", "sys/health")).status).toBe(404);
  await plain.stop();
});
