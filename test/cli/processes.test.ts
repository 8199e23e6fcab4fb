import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runOoProcess } from "../support/cli/run-process.ts";
import { type CliService, startCliService } from "../support/cli/service.ts";

let service: CliService;
beforeAll(async () => {
  service = await startCliService();
  await service.admin(["user", "save", "alice"]);
  await service.admin(["secret", "save", "app/KEY", "v", "--readers", "alice"]);
  writeFileSync(join(service.folder, "app.yaml"), "{key: app/KEY, value: v}\n");
});
afterAll(() => service.stop());

// Most tests run `oo` in their own process. That is worth as much as this one says: a process of its own does the same.
test.each<[string[], string?]>([
  [["secret", "save", "app/KEY", "-"], "v"],
  [["secret", "save", "app.yaml"]],
  [["secret", "save", "app/EMPTY"]],
  [["secret", "plan", "app.yaml"]],
  [["secret", "apply", "--auto-approve", "app.yaml"]],
  [["secret", "lint", "app.yaml"]],
  [["secret", "list", "--show", "-o", "json"]],
  [["secret", "versions", "app/KEY"]],
  [["secret", "explain", "app/KEY"]],
  [["secret", "who-can", "read", "app/KEY"]],
  [["secret", "export", "-n", "app", "--format", "dotenv"]],
  [["secret", "purge", "app/KEY"], "y\n"],
  [["secret", "remove", "--key", "app/NONE"]],
  [["secret", "decrypt"], "seal.v1.x"],
  [["secret", "sealing-key"]],
  [["secret", "is-secure"]],
  [["user", "whoami"]],
  [["user", "list"]],
  [["keys", "list"]],
  [["completion", "bash"]],
  [["__complete", "fish", "--", "secret", "list", "a"]],
  [["secret", "list", "--no-such-option"]],
  [["--help"]],
  [["--version"]],
])("%j says the same in a process of its own", async (args, input = "") => {
  const env = { OO_URL: service.server.url, OO_TOKEN: service.server.adminToken };
  const inProcess = await service.admin(args, input);
  expect(await runOoProcess(args, { env, input, cwd: service.folder })).toEqual(inProcess);
});
