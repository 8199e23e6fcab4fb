import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type BundledOo, bundleOo } from "../support/cli/bundled-oo.ts";
import { type LongRun, startProgram } from "../support/cli/long-run.ts";
import { startProxy } from "../support/cli/proxy.ts";
import { runProgram } from "../support/cli/run-process.ts";
import { type CliService, startCliService } from "../support/cli/service.ts";
import { startServer } from "../support/server-process.ts";

let service: CliService;
let program: BundledOo;
let alice: string;
beforeAll(async () => {
  service = await startCliService();
  program = bundleOo();
  alice = await service.addUser("alice");
});
afterAll(async () => {
  program.remove();
  await service.stop();
});

function startOo(args: readonly string[], token = service.server.adminToken, url = service.server.url): LongRun {
  return startProgram(program.oo, args, { env: { OO_URL: url, OO_TOKEN: token }, cwd: service.folder });
}

/** `oo secret run`, until it ends. */
const runOnce = (args: readonly string[]) =>
  runProgram(program.oo, ["secret", "run", ...args], {
    env: { OO_URL: service.server.url, OO_TOKEN: service.server.adminToken },
  });

/** A change that a watch reports once it is connected: nothing else says so. */
async function awaken(run: LongRun, key: string): Promise<void> {
  let isReported = false;
  const reported = run.printed(key).then(() => {
    isReported = true;
  });
  for (let at = 0; !isReported; at += 1)
    await Promise.race([reported, service.admin(["secret", "save", key, `${at}`])]);
}

describe("oo secret watch", () => {
  test("reports changes in the namespace, and never a value", async () => {
    const watch = startOo(["secret", "watch", "-n", "prod"]);
    await awaken(watch, "prod/AWAKE");
    await service.admin(["secret", "save", "dev/B", "canary-value"]);
    await service.admin(["secret", "save", "prod/A", "canary-value"]);
    await service.admin(["secret", "save", "prod/A", "canary-other"]);
    await service.admin(["secret", "remove", "--key", "prod/A"]);
    await watch.printed("gone prod/A\n");
    expect(watch.stdout()).toMatch(/appeared prod\/A version 1 by admin at \S+Z\nupdated prod\/A version 2 by admin/);
    expect(watch.stdout()).not.toMatch(/canary|dev\/B/);
    watch.signal("SIGTERM");
    await watch.ended;
  });

  test("goes on where an earlier one ended, and ends after --limit", async () => {
    const first = startOo(["secret", "watch", "-n", "team", "-o", "json"]);
    await awaken(first, "team/AWAKE");
    first.signal("SIGTERM");
    await first.ended;
    const last = JSON.parse(first.stdout().trim().split("\n").at(-1) ?? "");
    await service.admin(["secret", "save", "team/X", "1"]);
    await service.admin(["secret", "save", "team/Y", "1"]);
    const args = ["secret", "watch", "team/X", "team/Y", "-o", "json", "--limit", "2", "--resume", last.resumeToken];
    const { code, stdout } = await service.admin(args);
    expect(code).toBe(0);
    const lines = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines).toMatchObject([
      { kind: "APPEARED", key: "team/X", version: 1, updatedBy: "admin" },
      { kind: "APPEARED", key: "team/Y", version: 1 },
    ]);
  });

  test("goes on after the service was restarted, and ends with the token", async () => {
    const server = await startServer();
    const save = (url: string, token: string, key: string) => startOo(["secret", "save", key, "1"], token, url).ended;
    const watch = startOo(["secret", "watch", "-o", "json"], server.adminToken, server.url);
    let isReported = false;
    const reported = watch.printed("AWAKE").then(() => {
      isReported = true;
    });
    while (!isReported)
      await Promise.race([reported, save(server.url, server.adminToken, `AWAKE-${performance.now()}`)]);
    await server.kill();
    await watch.complained("the connection broke");
    const port = new URL(server.url).port;
    const again = await startServer({ dataDir: server.dataDir, args: ["--listen", `127.0.0.1:${port}`] });
    await save(again.url, server.adminToken, "LATER");
    await watch.printed("LATER");
    watch.signal("SIGTERM");
    await watch.ended;
    await again.stop();

    const revoked = startOo(["secret", "watch"], alice);
    const ids = JSON.parse((await service.admin(["token", "list", "alice", "-o", "json"])).stdout);
    await service.admin(["token", "revoke", ids[0].id]);
    expect(await revoked.ended).toBe(1);
    expect(revoked.stderr()).toContain("token");
  });
});

test("fault C8: oo secret watch says that it is not watching yet", async () => {
  const before = () => new Promise<void>(() => {});
  const proxy = await startProxy(service.server.url, { before });
  const watch = startOo(["secret", "watch"], service.server.adminToken, proxy.url);
  await watch.complained("oo: hint: changes are not watched yet");
  watch.signal("SIGTERM");
  await watch.ended;
  await proxy.stop();
});

describe("oo secret run --watch", () => {
  const script = () => {
    const file = join(service.folder, "show.cjs");
    const text = `process.on("SIGHUP", () => console.log("signalled"));
      process.on("SIGTERM", () => process.exit(7));
      setInterval(() => {}, 1000);
      console.log("value " + process.env.A);`;
    writeFileSync(file, text);
    return [process.execPath, file];
  };

  test("starts the command again with the new values, and ends with its exit code", async () => {
    await service.admin(["secret", "save", "run/A", "one"]);
    const run = startOo(["secret", "run", "--watch", "-n", "run", "--", ...script()]);
    await run.printed("value one\n");
    await service.admin(["secret", "save", "run/A", "two"]);
    await run.printed("value two\n");
    expect(run.stderr()).toContain("secrets changed: starting the command again");
    await service.admin(["secret", "save", "run/not-a-name", "x"]);
    await run.complained("cannot be read");
    await service.admin(["secret", "remove", "--key", "run/not-a-name"]);
    await service.admin(["secret", "save", "run/A", "three"]);
    await run.printed("value three\n");
    run.signal("SIGTERM");
    expect(await run.ended).toBe(7);
    expect(run.stdout()).toBe("value one\nvalue two\nvalue three\n");
  });

  test("--map alone watches what it adds to as well", async () => {
    const mapper = await service.addUser("mapper");
    await service.admin(["secret", "save", "other/A", "one", "--readers", "mapper"]);
    await service.as(mapper, ["secret", "save", "mapper/OWN", "own"]);
    const show = ["sh", "-c", 'echo "value $A $OWN"; exec sleep 60'];
    const run = startOo(["secret", "run", "--watch", "--map", "A=other/A", "--", ...show], mapper);
    await run.printed("value one own\n");
    await service.as(mapper, ["secret", "save", "mapper/OWN", "new"]);
    await run.printed("value one new\n");
    await service.admin(["secret", "save", "other/A", "two"]);
    await run.printed("value two new\n");
    run.signal("SIGTERM");
    await run.ended;
  });

  test("fault C8: starts the command although a proxy holds the watch back, says so, and misses no change", async () => {
    const gate = Promise.withResolvers<void>();
    const before = async (_call: number, path: string) => {
      if (path.endsWith("/WatchSecrets")) await gate.promise;
    };
    const proxy = await startProxy(service.server.url, { before });
    await service.admin(["secret", "save", "held/A", "one"]);
    const args = ["secret", "run", "--watch", "-n", "held", "--", ...script()];
    const run = startOo(args, service.server.adminToken, proxy.url);
    await run.printed("value one\n");
    expect(run.stderr()).toContain("oo: hint: changes are not watched yet");
    await service.admin(["secret", "save", "held/A", "two"]);
    gate.resolve();
    await run.printed("value two\n");
    run.signal("SIGTERM");
    expect(await run.ended).toBe(7);
    await proxy.stop();
  });

  test("or sends a signal", async () => {
    await service.admin(["secret", "save", "hup/A", "one"]);
    const run = startOo(["secret", "run", "--watch", "--signal", "hup", "-n", "hup", "--", ...script()]);
    await run.printed("value one\n");
    await service.admin(["secret", "save", "hup/A", "two"]);
    await run.printed("signalled\n");
    run.signal("SIGTERM");
    expect(await run.ended).toBe(7);
  });

  test("refuses unknown signals, and --signal without --watch", async () => {
    const refused = (args: readonly string[]) => runOnce([...args, "-n", "run", "--", "true"]);
    expect(await refused(["--watch", "--signal", "FOO"])).toMatchObject({ code: 2 });
    expect(await refused(["--signal", "SIGHUP"])).toMatchObject({ code: 2 });
  });

  test("fails as it does without --watch when there is nothing to run or to read", async () => {
    const nothing = await runOnce(["--watch", "-n", "nowhere", "--", "true"]);
    expect(nothing).toMatchObject({ code: 1 });
    expect(nothing.stderr).toContain("no secrets in nowhere/");
    const missing = await runOnce(["--watch", "-n", "run", "--", "no-such-program"]);
    expect(missing.code).toBe(127);
  });
});
