import { execFile } from "node:child_process";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startService, type TestService } from "../../support/api/fixture.ts";
import { rest } from "../../support/api/transports.ts";
import { pathWith } from "../../support/programs/program.ts";
import { vaultOn } from "../../support/vault/vault-call.ts";
import { hvac } from "./hvac.ts";

const run = promisify(execFile);

let service: TestService;

beforeAll(async () => {
  service = await startService(rest, vaultOn);
});

afterAll(() => service.stop());

test("hvac reads, writes, lists and understands what is refused", async (context) => {
  const [packages = ""] = (await pathWith(context, hvac)).split(delimiter);
  const user = await service.addUser("reader");
  await service.admin.secrets.saveSecrets({ secrets: [{ key: "app/hidden", value: "x", writers: ["reader"] }] });
  const args = [join(import.meta.dirname, "hvac-session.py"), service.url, service.admin.token, user.token];
  const { stdout } = await run("python3", args, { env: { ...process.env, PYTHONPATH: packages } });
  expect(stdout.trim()).toBe("done");
});
