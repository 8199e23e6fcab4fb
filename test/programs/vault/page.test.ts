import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, type TestContext, test } from "vitest";
import { startService, type TestService } from "../../support/api/fixture.ts";
import { rest } from "../../support/api/transports.ts";
import { readBlocks } from "../../support/docs/markdown.ts";
import { claimsOf, fileOf, makeSigningKey, signRs256 } from "../../support/jwt/jwt-fixture.ts";
import { goProgram, npmProgram, pathWith } from "../../support/programs/program.ts";
import { vaultOn } from "../../support/vault/vault-call.ts";
import { hvac } from "./hvac.ts";
import { ansibleSession, springCloud } from "./sessions.ts";

// The blocks of docs/vault.md, as they are but for the address.

const run = promisify(execFile);
const key = makeSigningKey("key-1");
let service: TestService;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "vault-page-"));
  const issuers = join(folder, "issuers.yaml");
  writeFileSync(issuers, fileOf({ slug: "app-{app}", roles: "[all]" }));
  writeFileSync(join(folder, "keys.json"), JSON.stringify({ keys: [key.publicJwk] }));
  service = await startService(rest, { environment: { ...vaultOn.environment, SECRET_SVC_ISSUERS: issuers } });
  const secrets = [
    { key: "app/db", value: '{"password":"p1"}' },
    { key: "prod/web/PASSWORD", value: "p=1" },
    { key: "prod/web/URL", value: "https://web" },
    { key: "prod/shop/URL", value: "https://shop", readers: ["ci-all"] },
    { key: "prod/shop/PASSWORD", value: 'p=1 "q"', readers: ["ci-app-payments"] },
    { key: "prod/shop/HIDDEN", value: "x" },
  ];
  await service.admin.secrets.saveSecrets({ secrets });
});

afterAll(async () => {
  await service.stop();
  rmSync(folder, { recursive: true, force: true });
});

function blockOf(program: string): string {
  const block = readBlocks("docs/vault.md").find(({ marks }) => marks.includes(`program ${program}`));
  if (block === undefined) throw new Error(`docs/vault.md has no program ${program}`);
  return block.text.replaceAll("https://secrets.example", service.url);
}

test("hvac", async (context) => {
  const [packages = ""] = (await pathWith(context, hvac)).split(delimiter);
  const script = `import hvac, sys\ntoken = sys.argv[1]\n${blockOf("hvac")}\nprint(password)`;
  const env = { ...process.env, PYTHONPATH: packages };
  const { stdout } = await run("python3", ["-c", script, service.admin.token], { env });
  expect(stdout).toBe("p1\n");
});

test("Spring Cloud Vault", async (context) => {
  const [libraries = ""] = (await pathWith(context, springCloud)).split(delimiter);
  writeFileSync(join(folder, "application.yaml"), blockOf("spring"));
  const env = { ...process.env, SPRING_CLOUD_VAULT_TOKEN: service.admin.token };
  const application = join(import.meta.dirname, "spring-cloud/App.java");
  const args = ["-cp", join(libraries, "*"), application, "password"];
  const { stdout } = await run("java", args, { env, cwd: folder });
  expect(stdout.trim().split("\n").at(-1)).toBe("password=p1");
});

test("consul-template", async (context) => {
  const program = goProgram("consul-template", "github.com/hashicorp/consul-template", "v0.41.1");
  const [bin = ""] = (await pathWith(context, program)).split(delimiter);
  const [template, result] = [join(folder, "t.tpl"), join(folder, "t.out")];
  writeFileSync(template, blockOf("consul-template"));
  const settings = ["-vault-addr", service.url, "-vault-renew-token=false"];
  const env = { ...process.env, HOME: folder, VAULT_TOKEN: service.admin.token };
  await run(join(bin, "consul-template"), ["-once", ...settings, "-template", `${template}:${result}`], { env });
  expect(readFileSync(result, "utf8").trim()).toBe("p1\nPASSWORD=p=1\nURL=https://web");
});

test("Ansible", async (context) => {
  const [packages = ""] = (await pathWith(context, ansibleSession.program)).split(delimiter);
  const play = ["- hosts: localhost", "  connection: local", "  gather_facts: false", "  tasks:"];
  const tasks = blockOf("ansible").replaceAll(/^/gm, "    ");
  const file = join(folder, "play.yaml");
  writeFileSync(file, [...play, tasks].join("\n"));
  const of = { url: service.url, token: service.admin.token, slug: "", userToken: "" };
  const env = { ...process.env, ...ansibleSession.environment?.(packages, of) };
  const { stdout } = await run("python3", ["-m", "ansible", "playbook", file], { env });
  expect(stdout).toContain('"password": "p1"');
});

describe("vault-action: the requests that it makes", () => {
  /** The inputs of the block, with others in their place. */
  async function step(context: TestContext, changes: Readonly<Record<string, unknown>>): Promise<unknown> {
    const [bin = ""] = (await pathWith(context, npmProgram("got", "11.8.6"))).split(delimiter);
    const lines = blockOf("vault-action").matchAll(/^ {4}(\w+): (.+)$/gm);
    const inputs: Record<string, unknown> = Object.fromEntries(
      Array.from(lines, ([, name = "", value = ""]) => [name, value]),
    );
    const script = join(import.meta.dirname, "node/action-calls.cjs");
    const all = { ...inputs, ...changes };
    const args = [script, JSON.stringify(all), signRs256(key, claimsOf({ aud: all.jwtGithubAudience }))];
    const { stdout } = await run(process.execPath, args, { env: { ...process.env, NODE_PATH: join(bin, "..") } });
    return JSON.parse(stdout);
  }

  const fields = { URL: "https://shop", PASSWORD: 'p=1 "q"' };

  test("the block exports what the workflow may read", async (context) => {
    expect(await step(context, {})).toEqual({ fields });
    expect(await step(context, { role: "ci-all" })).toEqual({ fields });
    expect(await step(context, { revokeToken: true })).toEqual({ fields });
  });

  test("a path that does not exist, and a role that the workflow has not, fail the step", async (context) => {
    const missing = { statusCode: 404, body: { errors: [] } };
    expect(await step(context, { secrets: "env/data/prod/none *" })).toEqual(missing);
    const refused = { statusCode: 400, body: { errors: ['role "nope" could not be found'] } };
    expect(await step(context, { role: "nope" })).toEqual(refused);
    expect(await step(context, { jwtGithubAudience: "other" })).toMatchObject({ statusCode: 403 });
  });

  test("other logins, and one field of a secret", async (context) => {
    const { token } = await service.addUser("deployer");
    await service.admin.secrets.saveSecrets({ secrets: [{ key: "app/two", value: '{"n":1}', readers: ["deployer"] }] });
    const secrets = "secret/data/app/two n";
    const logins = [
      { method: "token", token },
      { method: "approle", roleId: "deployer", secretId: token },
      { method: "userpass", username: "deployer", password: token },
    ];
    for (const login of logins) {
      expect(await step(context, { ...login, secrets })).toEqual({ fields: { n: 1 } });
    }
  });
});
