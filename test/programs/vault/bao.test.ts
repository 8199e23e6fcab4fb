import { execFile, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, type TestContext, test } from "vitest";
import { findOpenBao } from "../../../bench/find-openbao.ts";
import { untilReady } from "../../../bench/processes.ts";
import { startService, type TestService } from "../../support/api/fixture.ts";
import { rest } from "../../support/api/transports.ts";
import { freePort } from "../../support/mongo/free-port.ts";
import { type NormalAnswer, runRequests } from "../../support/vault/differential.ts";
import { vaultOn } from "../../support/vault/vault-call.ts";

const run = promisify(execFile);
const recorded: Readonly<Record<string, NormalAnswer>> = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../support/vault/openbao-answers.json"), "utf8"),
);

let binary: string | undefined;
let missing = "";

beforeAll(async () => {
  try {
    binary = await findOpenBao();
  } catch (error) {
    missing = `bao cannot be had: ${String(error).slice(0, 300)}`;
  }
});

function needBao(context: TestContext): string {
  if (binary !== undefined) return binary;
  if (process.env.PROGRAMS_ALL || process.env.CI) throw new Error(missing);
  return context.skip(missing);
}

/** OpenBao writes some members in any order. */
function parsed(answers: Readonly<Record<string, NormalAnswer>>) {
  return Object.entries(answers).map(([name, { text, ...answer }]) => {
    const isJson = text.startsWith("{");
    return { name, ...answer, content: isJson ? JSON.parse(text.replaceAll("#", '"#":0')) : text };
  });
}

test("OpenBao still answers what is recorded", async (context) => {
  const bao = needBao(context);
  const port = await freePort();
  const home = mkdtempSync(join(tmpdir(), "openbao-dev-"));
  const args = [
    "server",
    "-dev",
    "-dev-root-token-id=root",
    `-dev-listen-address=127.0.0.1:${port}`,
    "-dev-no-store-token",
  ];
  const server = spawn(bao, args, { stdio: "ignore", env: { ...process.env, HOME: home } });
  try {
    const headers = { "x-vault-token": "root" };
    await untilReady(async () => (await fetch(`http://127.0.0.1:${port}/v1/secret/config`, { headers })).ok);
    const answers = await runRequests({ port, token: "root", folder: "d1fferential" });
    expect(parsed(Object.fromEntries(answers))).toEqual(parsed(recorded));
  } finally {
    server.kill();
    rmSync(home, { recursive: true, force: true });
  }
});

describe("the command line of OpenBao", () => {
  let service: TestService;
  let home: string;

  beforeAll(async () => {
    service = await startService(rest, vaultOn);
    home = mkdtempSync(join(tmpdir(), "bao-home-"));
  });

  afterAll(async () => {
    await service.stop();
    rmSync(home, { recursive: true, force: true });
  });

  /** The exit code and both outputs of a command. */
  async function bao(context: TestContext, command: string, environment: Record<string, string> = {}) {
    const program = needBao(context);
    service.clock.advance(1000);
    const env = {
      PATH: process.env.PATH,
      HOME: home,
      BAO_ADDR: service.url,
      BAO_TOKEN: service.admin.token,
      ...environment,
    };
    try {
      const { stdout, stderr } = await run(program, command.split(" "), { env });
      return { code: 0, output: stdout + stderr };
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
      return { code, output: stdout + stderr };
    }
  }

  test.for([
    ["status", 0, "Sealed"],
    ["token lookup", 0, "token-admin"],
    ["secrets list", 0, "secret/"],
    ["kv put secret/a/b u=1 p=x", 0, "version"],
    ["kv get -field=u secret/a/b", 0, "1"],
    ["kv get -mount=secret a/b", 0, "u      1"],
    ["kv put -cas=1 secret/a/b u=2", 0, "version            2"],
    ["kv put -cas=1 secret/a/b u=3", 2, "check-and-set parameter did not match the current version"],
    ["kv patch secret/a/b p=y", 0, "version"],
    ["kv patch -method=rw secret/a/b q=z", 0, "version"],
    ["kv get -format=json secret/a/b", 0, '"p": "y"'],
    ["kv metadata put -custom-metadata=owner=me secret/a/b", 0, "Success"],
    ["kv metadata get secret/a/b", 0, "owner:me"],
    ["kv list secret/", 0, "a/"],
    ["kv list secret/a", 0, "b"],
    ["kv get -version=1 -field=p secret/a/b", 0, "x"],
    ["kv delete secret/a/b", 0, "Success"],
    ["kv get secret/a/b", 0, "deletion_time"],
    ["kv undelete -versions=4 secret/a/b", 0, "Success"],
    ["kv get -field=q secret/a/b", 0, "z"],
    ["kv rollback -version=1 secret/a/b", 0, "version"],
    ["kv get -field=p secret/a/b", 0, "x"],
    ["kv destroy -versions=2 secret/a/b", 0, "Success"],
    ["kv get -version=2 secret/a/b", 0, "destroyed"],
    ["kv metadata put -max-versions=3 secret/a/b", 2, "max_versions cannot be set here"],
    ["kv get -wrap-ttl=60s secret/a/b", 2, "response wrapping is not supported"],
    ["kv get secret/nothing", 2, "No value found"],
    ["kv get nope/x", 2, "preflight capability check returned 403"],
    ["kv patch env/a b=text", 0, "version"],
    ["kv put env/a c=1", 2, "PATCH only"],
    ["kv metadata delete secret/a/b", 0, "Success"],
    ["token create -ttl=1h -format=json", 0, '"lease_duration": 3600'],
    ["token renew", 2, "lease is not renewable"],
  ] as const)("%s", async ([command, code, text], context) => {
    const result = await bao(context, command);
    expect(result.output).toContain(text);
    expect(result.code).toBe(code);
  });

  test("login stores a token that works", async (context) => {
    const none = { BAO_TOKEN: "" };
    const user = await service.addUser("reader");
    await service.admin.secrets.saveSecrets({ secrets: [{ key: "hidden", value: "x" }] });
    expect((await bao(context, `login -method=token ${service.admin.token}`, none)).code).toBe(0);
    expect((await bao(context, "kv list secret/", none)).code).toBe(0);
    const login = await bao(context, `login -method=userpass username=reader password=${user.token}`, none);
    expect(login.output).toContain("Success! You are now authenticated");
    expect((await bao(context, "token lookup", none)).output).toContain("token-reader");
    expect((await bao(context, "kv get secret/hidden", none)).code).toBe(2);
  });
});
