import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type CliService, startCliService } from "../support/cli/service.ts";

let service: CliService;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "oo-import-"));
  service = await startCliService();
});
afterAll(async () => {
  await service.stop();
  rmSync(folder, { recursive: true });
});

const importing = (...args: string[]) => service.admin(["secret", "import", ...args]);
const storedValue = async (key: string) => (await service.admin(["secret", "get", key])).stdout;

test("a file is planned without values, saved as a whole, and unchanged the second time", async () => {
  const path = join(folder, "app.env");
  writeFileSync(path, "A=canary-one\nB=two\n");
  const planned = await importing("-n", "prod/web", path, "--dry-run");
  expect(planned.stdout).toMatch(/^create +prod\/web\/A/m);
  expect(planned.stdout).not.toContain("canary-one");
  expect(planned.stderr).toContain("read as dotenv");
  expect((await service.admin(["secret", "list", "-n", "prod/web"])).stdout).toBe("");
  const args = ["-n", "prod/web", "--readers", "web", "--map", "B=prod/web/SECOND", path];
  expect((await importing(...args)).stdout).toBe(
    "created prod/web/A (version 1)\ncreated prod/web/SECOND (version 1)\n",
  );
  expect(await storedValue("prod/web/A")).toBe("canary-one");
  expect((await importing(...args)).stdout).toBe(
    "unchanged prod/web/A (version 1)\nunchanged prod/web/SECOND (version 1)\n",
  );
});

test.each([
  ["", "there is nothing on standard input"],
  [Buffer.of(0xff, 0x41), "standard input is not valid UTF-8"],
])("standard input with %j is an error about it, and not about a value", async (input, message) => {
  const run = await service.admin(["secret", "import", "-"], input);
  expect(run).toEqual({ code: 1, stdout: "", stderr: `oo: error: ${message}\n` });
});

test("what cannot be taken is listed, and nothing is saved unless the others are asked for", async () => {
  const text = JSON.stringify({ GOOD: "v", "bad name": "canary-two", LIST: ["canary-three"], SEALED: "seal.v1.x" });
  const refused = await service.admin(["secret", "import", "-n", "partial", "-"], text);
  expect(refused).toMatchObject({ code: 1, stdout: "" });
  expect(refused.stderr).toContain("LIST is a list, and a secret has one value");
  expect(refused.stderr).toContain("bad name cannot be a key");
  expect(refused.stderr).toContain("3 of the names cannot be taken, so nothing was imported");
  expect(refused.stderr).not.toContain("canary");
  expect((await service.admin(["secret", "import", "-n", "partial", "--partial", "-"], text)).stdout).toBe(
    "created partial/GOOD (version 1)\n",
  );
  const mapped = await service.admin(["secret", "import", "-n", "m", "--map", "NONE=x", "-"], text);
  expect(mapped.stderr).toContain("--map: there is no NONE in standard input");
});

test("a caller who may not create one of the keys imports none of them", async () => {
  const token = await service.addUser("alice");
  await service.admin(["permit", "save", "alice", "team/A"]);
  const { code, stderr } = await service.as(token, ["secret", "import", "-n", "team", "-"], "A=1\nB=2\n");
  expect(code).toBe(1);
  expect(stderr).toContain("team/B");
  expect((await service.admin(["secret", "list", "-n", "team"])).stdout).toBe("");
});
