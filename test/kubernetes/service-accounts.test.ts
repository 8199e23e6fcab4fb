import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runOoProcess, runProgram } from "../support/cli/run-process.ts";
import { readBlocks } from "../support/docs/markdown.ts";
import { type Cluster, startCluster } from "../support/programs/cluster.ts";
import { type ServerProcess, startServer } from "../support/server-process.ts";

// Tokens of service accounts, made by the API server of Kubernetes, and the example of docs/oidc.md.

const work = mkdtempSync(join(tmpdir(), "service-accounts-"));
const example = readBlocks("docs/oidc.md").find(({ marks }) => marks.includes("example kubernetes"))?.text ?? "";
let cluster: Cluster;

beforeAll(async () => {
  cluster = await startCluster();
  await cluster.kubectl(["create", "namespace", "payments"]);
  for (const name of ["api", "other"]) await cluster.kubectl(["create", "serviceaccount", name, "-n", "payments"]);
});
afterAll(async () => {
  await cluster.stop();
  rmSync(work, { recursive: true });
});

const tokenOf = async (name: string, audience = "secret-svc", ...more: string[]) =>
  (await cluster.kubectl(["create", "token", name, "-n", "payments", "--audience", audience, ...more])).trim();

async function withService(
  name: string,
  issuers: string,
  use: (service: ServerProcess) => Promise<void>,
): Promise<void> {
  const file = join(work, `${name}.yaml`);
  writeFileSync(file, issuers);
  const env = { SECRET_SVC_ISSUERS: file, SECRET_SVC_VAULT_API: "on", NODE_EXTRA_CA_CERTS: cluster.authority };
  const service = await startServer({ env });
  const admin = { OO_URL: service.url, OO_TOKEN: service.adminToken };
  try {
    const readers = ["--readers", "k8s-payments-sa-api"];
    const saved = await runOoProcess(["secret", "save", "payments/KEY", "value", ...readers], { env: admin });
    expect(saved).toMatchObject({ code: 0 });
    await use(service);
  } finally {
    await service.stop();
  }
}

const read = ({ url }: ServerProcess, token: string) =>
  runOoProcess(["secret", "get", "payments/KEY"], { env: { OO_URL: url, OO_TOKEN: token } });

describe("a token of a service account", () => {
  test("reads a secret, with the keys in a file", async () => {
    writeFileSync(join(work, "kubernetes-jwks.json"), await cluster.kubectl(["get", "--raw", "/openid/v1/jwks"]));
    await withService("file", example, async (service) => {
      expect(await read(service, await tokenOf("api"))).toMatchObject({ code: 0, stdout: "value" });
    });
  });

  describe("with the keys that the API server serves", () => {
    const withKeysServed = () => example.replace(/jwksFile: .*/, `jwksUrl: ${cluster.url}/openid/v1/jwks`);

    beforeAll(async () => {
      const commands = readBlocks("docs/oidc.md").find(({ marks }) => marks.includes("kubernetes public keys"))?.text;
      const ended = await runProgram("sh", ["-euc", commands ?? ""], { env: cluster.env });
      expect(ended).toMatchObject({ code: 0, stdout: expect.stringContaining("created") });
    });

    test("counts with the right account, audience and life, and not otherwise", async () => {
      await withService("url", withKeysServed(), async (service) => {
        expect(await read(service, await tokenOf("api"))).toMatchObject({ code: 0, stdout: "value" });
        const refused = { code: 1, stdout: "" };
        expect(await read(service, await tokenOf("other"))).toMatchObject(refused);
        expect(await read(service, await tokenOf("api", "another"))).toMatchObject(refused);
        expect(await read(service, await tokenOf("api", "secret-svc", "--duration=48h"))).toMatchObject(refused);
        // Of an account that is gone since, as docs/oidc.md says.
        await cluster.kubectl(["create", "serviceaccount", "gone", "-n", "payments"]);
        const former = await tokenOf("gone");
        await cluster.kubectl(["delete", "serviceaccount", "gone", "-n", "payments"]);
        const whoami = await runOoProcess(["whoami"], { env: { OO_URL: service.url, OO_TOKEN: former } });
        expect(whoami).toMatchObject({ code: 0, stdout: expect.stringContaining("k8s-payments-sa-gone") });
        // The signature of another account's token.
        const [header = "", , signature = ""] = (await tokenOf("other")).split(".");
        const [, claims = ""] = (await tokenOf("api")).split(".");
        expect(await read(service, [header, claims, signature].join("."))).toMatchObject(refused);
      });
    });

    test("logs in to the API of Vault, as its method kubernetes does", async () => {
      await withService("vault", withKeysServed(), async ({ url }) => {
        const login = async (jwt: string, role = "k8s-payments-sa-api") => {
          const asked = JSON.stringify({ role, jwt });
          const answer = await fetch(`${url}/v1/auth/kubernetes/login`, { method: "POST", body: asked });
          const body: { auth?: { client_token: string } } = JSON.parse(await answer.text());
          return { status: answer.status, body };
        };
        const { status, body } = await login(await tokenOf("api"));
        expect({ status, body }).toMatchObject({ status: 200, body: { auth: { client_token: expect.any(String) } } });
        const headers = { "X-Vault-Token": body.auth?.client_token ?? "" };
        const read = await fetch(`${url}/v1/secret/data/payments/KEY`, { headers });
        expect(await read.json()).toMatchObject({ data: { data: { value: "value" } } });
        for (const refused of [login(await tokenOf("api", "another")), login(await tokenOf("api"), "admin")]) {
          expect((await refused).status).toBeGreaterThanOrEqual(400);
        }
      });
    });
  });

  test("is of the issuer that docs/oidc.md says to ask for", async () => {
    const configuration = JSON.parse(await cluster.kubectl(["get", "--raw", "/.well-known/openid-configuration"]));
    expect(example).toContain(`issuer: ${configuration.issuer}\n`);
    expect(configuration.jwks_uri).toMatch(/\/openid\/v1\/jwks$/);
  });
});
