import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { keyTexts, kids } from "../support/api/restarts.ts";
import { runOo } from "../support/cli/run-oo.ts";
import { type ServerProcess, startServer } from "../support/server-process.ts";

const [oldKey, newKey] = keyTexts;
const [oldKid, newKid] = kids;

let dataDir: string;
let server: ServerProcess;

const start = async (active: string, previous = "") => {
  server = await startServer({ dataDir, env: { OB_ENCRYPTION_KEY: active, OB_PREVIOUS_ENCRYPTION_KEYS: previous } });
};
const oo = (...args: string[]) => runOo(args, { env: { OO_URL: server.url, OO_TOKEN: server.adminToken } });

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "keys-"));
});
afterEach(async () => {
  await server.stop();
  rmSync(dataDir, { recursive: true });
});

test("oo keys list, rotate and destroy-sealing: from one key to the next", async () => {
  await start(oldKey);
  await oo("secret", "save", "app/KEY", "value");
  const { stdout: sealed } = await oo("secret", "encrypt", "app/KEY", "value", "-o", "value");
  await server.stop();
  await start(newKey, oldKey);
  const before = await oo("keys", "list");
  expect(before.stdout.split("\n").map((line) => line.split(/ {2,}/))).toEqual([
    ["KEY", "STATE", "SECRETS", "VERSIONS", "USERS", "TOKENS", "ANSWERS", "AUDIT", "SEALING KEYS", "SEALED VALUES"],
    [newKid, "active", "0", "0", "0", "0", "0", "0", "2", "open"],
    [oldKid, "needed", "1", "1", "1", "1", "0", "1", "0", "open"],
    [""],
  ]);
  expect(await oo("keys", "rotate", "--rate", "1000")).toEqual({
    code: 0,
    stdout: `4 rows were moved to the key ${newKid}\nnothing depends on the key ${oldKid} any more: it can be removed\n`,
    stderr: "",
  });
  const again = await oo("keys", "rotate", "-o", "json");
  expect(JSON.parse(again.stdout)).toEqual({
    kid: newKid,
    done: 0,
    total: 0,
    damaged: 0,
    unusedKids: [oldKid],
    neededKids: [],
  });
  await server.stop();
  await start(newKey);
  const { keys, processes } = JSON.parse((await oo("keys", "list", "-o", "json")).stdout);
  expect(keys.map(({ kid, state, sealing }: Record<string, string>) => [kid, state, sealing])).toEqual([
    [newKid, "ACTIVE", "KEPT"],
    [oldKid, "DROPPED", "KEPT"],
  ]);
  expect(processes).toMatchObject([{ activeKid: newKid, kids: [newKid] }]);
  expect((await oo("secret", "decrypt", sealed.trim())).stdout).toBe("value");
  expect(await oo("keys", "destroy-sealing", oldKid)).toMatchObject({ code: 1, stdout: "" });
  expect((await oo("keys", "destroy-sealing", oldKid, "--auto-approve")).stdout).toBe(
    `destroyed the sealing key ${oldKid}\n`,
  );
  expect(await oo("secret", "decrypt", sealed.trim())).toMatchObject({ code: 1, stdout: "" });
  const active = await oo("keys", "destroy-sealing", newKid, "--auto-approve");
  expect(active).toMatchObject({ code: 1, stderr: expect.stringContaining("is the active key") });
});

test("threat 106: a rotation is killed with the service, and goes on where it ended", async () => {
  await start(oldKey);
  const file = Array.from({ length: 60 }, (_, at) => `- {key: app/K${at}, value: v${at}}`).join("\n");
  await runOo(["secret", "save", "/dev/stdin", "--key", "app/FILE"], {
    env: { OO_URL: server.url, OO_TOKEN: server.adminToken },
    input: file,
  });
  for (let at = 0; at < 3; at += 1) await oo("secret", "save", `app/K${at}`, `v${at}`);
  await server.stop();
  await start(newKey, oldKey);
  const rotating = oo("keys", "rotate", "--rate", "1");
  for (let left = 8; left > 6; ) {
    const { keys } = JSON.parse((await oo("keys", "list", "-o", "json")).stdout);
    left = keys.find(({ kid }: { kid: string }) => kid === oldKid).versions + keys[1].secrets;
  }
  await server.kill();
  const { code, stderr } = await rotating;
  expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringMatching(/^oo: error: /) });
  await start(newKey, oldKey);
  expect((await oo("keys", "rotate")).stdout).toContain(`nothing depends on the key ${oldKid} any more`);
  await server.stop();
  await start(newKey);
  expect((await oo("secret", "list", "app/K1", "--show")).stdout).toContain("value: v1\n");
});
