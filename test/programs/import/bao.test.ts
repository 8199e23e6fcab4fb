import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runOo } from "../../support/cli/run-oo.ts";
import { type CliService, startCliService } from "../../support/cli/service.ts";
import { needOpenBao, startOpenBao } from "../../support/programs/open-bao.ts";

const run = promisify(execFile);

let service: CliService;

beforeAll(async () => {
  service = await startCliService();
});

afterAll(() => service.stop());

/** Runs an OpenBao for development; `bao` is its command line. */
async function withOpenBao(
  binary: string,
  work: (bao: (...args: string[]) => Promise<string>, host: string) => Promise<void>,
): Promise<void> {
  const { host, env, stop } = await startOpenBao(binary);
  try {
    await work(async (...args) => (await run(binary, args, { env: { ...process.env, ...env } })).stdout, host);
  } finally {
    stop();
  }
}

const importing = (token: string, ...args: string[]) =>
  runOo(["secret", "import", ...args], {
    env: { OO_URL: service.server.url, OO_TOKEN: service.server.adminToken, VAULT_TOKEN: token },
  });
const stored = async (...args: string[]) => (await service.admin(["secret", "get", ...args])).stdout;

test("the secrets of a live OpenBao move, of both versions of the engine, and what its command prints", async (context) => {
  await withOpenBao(await needOpenBao(context), async (bao, host) => {
    await bao("kv", "put", "secret/app/web", "URL=one");
    await bao("kv", "put", "secret/app/web", "URL=two", "PORT=5432");
    await bao("kv", "put", "secret/app/deep/er", "KEY=line\nbreak");
    await bao("kv", "put", "secret/app/gone", "X=1");
    await bao("kv", "delete", "secret/app/gone");
    await bao("secrets", "enable", "-path=team/old", "-version=1", "kv");
    await bao("kv", "put", "team/old/app/one", "PASSWORD=first engine");

    const from = ["--from", `vault://${host}/secret/app`, "-n", "two", "--all-versions"];
    const refused = await importing("root", ...from);
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toContain("gone has no data: its newest version is deleted");
    expect((await importing("root", ...from, "--partial")).code).toBe(0);
    expect(await stored("two/web/URL", "--version", "1")).toBe("one");
    expect(await stored("two/web/URL")).toBe("two");
    expect(await stored("two/deep/er/KEY")).toBe("line\nbreak");

    expect((await importing("root", "--from", `openbao://${host}/team/old`, "-n", "one")).code).toBe(0);
    expect(await stored("one/app/one/PASSWORD")).toBe("first engine");
    expect((await importing("root", "--from", `vault://${host}/team/old/app/one`, "-n", "leaf")).code).toBe(0);
    expect(await stored("leaf/PASSWORD")).toBe("first engine");

    const printed = await bao("kv", "get", "-format=json", "secret/app/web");
    expect((await service.admin(["secret", "import", "-n", "printed", "-"], printed)).code).toBe(0);
    expect(await stored("printed/PORT")).toBe("5432");

    const denied = await importing("canary-wrong", "--from", `vault://${host}/secret/app`);
    expect(denied).toMatchObject({ code: 1, stdout: "" });
    expect(denied.stderr).toContain("the token in VAULT_TOKEN may not read");
    expect(denied.stderr).not.toContain("canary");
    expect((await importing("root", "--from", `vault://${host}/secret/none`)).stderr).toContain("there is nothing at");
  });
});
