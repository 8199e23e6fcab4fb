import { afterAll, beforeAll, expect, test } from "vitest";
import { type CliService, startCliService } from "../support/cli/service.ts";

let service: CliService;
/** Her token. */
let alice: string;

beforeAll(async () => {
  service = await startCliService();
  alice = await service.addUser("alice");
  await service.admin(["secret", "save", "prod/A", "v", "--readers", "alice"]);
  await service.admin(["secret", "save", "prod/B", "v"]);
  await service.admin(["secret", "save", "test/A", "v"]);
  await service.admin(["secret", "remove", "--key", "prod/B"]);
  await service.admin(["secret", "list", "prod/A", "--show"]);
});
afterAll(() => service.stop());

/** Action and key of each record that is shown. */
async function shown(...words: string[]) {
  const { stdout } = await service.admin(["audit", "list", ...words, "-o", "json"]);
  return JSON.parse(stdout).map(({ action, key }: { action: string; key: string }) => `${action} ${key}`);
}

test("the audit log is shown for several actions, and for keys that match a pattern", async () => {
  const removed = "secret.remove prod/B";
  const saved = ["secret.save prod/B", "secret.save prod/A"];
  const changes = ["--action", "secret.save", "--action", "secret.remove"];
  expect(await shown(...changes)).toEqual([removed, "secret.save test/A", ...saved]);
  expect(await shown("--key", "prod/*", ...changes)).toEqual([removed, ...saved]);
  expect(await shown("--key", "*/A", "--action", "secret.save")).toEqual(["secret.save test/A", saved[1]]);
  expect(await shown("--key", "prod/A", "--action", "secret.save,secret.remove")).toEqual([saved[1]]);
});

test("each record says whether it is of a plan, and what became of the secret", async () => {
  await service.admin(["secret", "save", "prod/A", "v"]);
  await service.admin(["secret", "save", "prod/A", "w", "--dry-run"]);
  const { stdout } = await service.admin(["audit", "list", "--key", "prod/A", "--limit", "2", "-o", "json"]);
  expect(JSON.parse(stdout)).toMatchObject([
    { action: "secret.plan", validateOnly: true, outcome: "UPDATED" },
    { action: "secret.unchanged", validateOnly: false, outcome: "UNCHANGED" },
  ]);
});

test("oo secret usage says who read secrets, and when", async () => {
  const { stdout } = await service.admin(["secret", "usage", "prod/A", "test/A"]);
  expect(stdout).toMatch(/^KEY +READER +LAST READ +VERSION +READS\n/);
  expect(stdout).toMatch(/\nprod\/A +admin +\d{4}-\d\d-\d\dT\S+Z +1 +1\n/);
  expect(stdout).toMatch(/\ntest\/A +- +- +- +-\n/);
  const many = Array.from({ length: 101 }, (_, at) => `many/${at}`);
  const json = await service.admin(["secret", "usage", ...many, "-o", "json"]);
  expect(JSON.parse(json.stdout)).toHaveLength(101);
  const refused = await service.as(alice, ["secret", "usage", "prod/A"]);
  expect(refused).toMatchObject({ code: 1, stdout: "" });
  expect(refused.stderr).toContain("prod/A");
});
