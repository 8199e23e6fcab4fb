import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type CliService, startCliService } from "../support/cli/service.ts";

let service: CliService;
let folder: string;
let alice: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "oo-team-"));
  service = await startCliService();
  alice = await service.addUser("alice");
  await service.admin(["user", "save", "alice", "--role", "web"]);
});
afterAll(async () => {
  await service.stop();
  rmSync(folder, { recursive: true });
});

const oo = (...args: string[]) => service.admin(args);
const file = (name: string, text: string) => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

test("permits are saved, listed, explained and removed", async () => {
  const refused = await service.as(alice, ["secret", "save", "prod/web/A", "v"]);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain("no permit of alice, web matches it");
  expect(refused.stderr).toContain("oo permit save NAME 'prod/web/*'");
  expect((await oo("permit", "save", "web", "prod/web/*", "staging/**")).stdout).toBe(
    "saved: web may create prod/web/*\nsaved: web may create staging/*\n",
  );
  expect((await oo("permit", "save", "web", "prod/web/*")).stdout).toBe("unchanged: web may create prod/web/*\n");
  expect((await service.as(alice, ["permit", "list"])).stdout).toBe(
    "NAME  PATTERN\nweb   prod/web/*\nweb   staging/*\n",
  );
  expect((await service.as(alice, ["secret", "save", "prod/web/A", "v"])).stdout).toBe(
    "created prod/web/A (version 1)\n",
  );
  expect((await service.as(alice, ["secret", "explain", "prod/web/B"])).stdout).toContain(
    "create           yes      permit   the permit web:prod/web/* allows it",
  );
  expect((await oo("secret", "who-can", "create", "prod/web/B")).stdout).toMatch(/^alice +permit +web:prod\/web\/\*$/m);
  const plan = file("plan.yaml", "- key: prod/api/A\n  value: v\n");
  expect((await service.as(alice, ["secret", "plan", plan])).stdout).toMatch(
    /^forbidden +prod\/api\/A +- +no permit for prod\/api\/\*/m,
  );
  expect((await oo("permit", "remove", "web", "prod/web/*", "-o", "json")).stdout).toContain('"outcome": "removed"');
  expect(await oo("permit", "remove", "web", "prod/web/*")).toMatchObject({ code: 1, stdout: "" });
  await oo("permit", "rm", "web", "staging/*");
  expect((await oo("permit", "ls", "web")).stdout).toBe("");
});

test("a permit under the slug of a user gives nothing, which a hint says", async () => {
  await oo("user", "save", "nemo");
  const useless = (pattern: string, name: string) =>
    `oo: hint: ${pattern} gives ${name} nothing: alice is a user, and no permit reaches under the slug of another user\n`;
  const saved = await oo("permit", "save", "nemo", "alice/*", "prod/*", "alice/db/X", "alic*/*", "alice");
  expect(saved).toMatchObject({ code: 0, stderr: useless("alice/*", "nemo") + useless("alice/db/X", "nemo") });
  expect((await oo("permit", "save", "nemo", "alice/*")).stderr).toBe(useless("alice/*", "nemo"));
  expect((await oo("permit", "save", "web", "alice/w*")).stderr).toBe(useless("alice/w*", "web"));
  expect((await oo("permit", "save", "alice", "alice/*")).stderr).toBe(
    "oo: hint: alice/* gives alice nothing more: users may create keys under their own slug anyway\n",
  );
  expect((await oo("permit", "save", "nemo", "absent/*")).stderr).toBe("");
  const team = file("useless.yaml", "users: [{slug: zoe}]\npermits: [{name: web, patterns: ['zoe/*', 'alice/*']}]\n");
  const planned = await oo("team", "plan", team);
  expect(planned.code).toBe(2);
  expect(planned.stderr).toContain("zoe/* gives web nothing: zoe is a user");
  expect(planned.stderr).toContain(useless("alice/*", "web"));
  await oo("permit", "remove", "nemo", "alice/*", "prod/*", "alice/db/X", "alic*/*", "alice", "absent/*");
  await oo("permit", "remove", "web", "alice/w*");
  await oo("permit", "remove", "alice", "alice/*");
  await oo("user", "remove", "nemo");
});

test("a team file is planned, applied and pruned", async () => {
  const path = file(
    "team.yaml",
    `users:
  - slug: alice
    roles: [web]
  - {slug: deployer}
permits:
  - {name: web, patterns: ['prod/web/*']}
tokens:
  - {slug: deployer, description: pipeline}
`,
  );
  const planned = await oo("team", "plan", path);
  expect(planned.code).toBe(2);
  expect(planned.stdout).toMatch(/^create +user +deployer/m);
  expect(planned.stdout).toMatch(/^create +permit +web +prod\/web\/\*$/m);
  expect(planned.stdout).toMatch(/^missing +token +deployer +pipeline \(oo token create deployer makes one\)$/m);
  expect((await oo("team", "apply", "--auto-approve", path)).stdout).toContain(
    "applied: 2 created, 1 unchanged, 1 missing",
  );
  await oo("token", "create", "deployer", "--description", "pipeline");
  expect((await oo("team", "plan", path)).code).toBe(0);
  const smaller = file("smaller.yaml", "permits: []\n");
  expect((await oo("team", "plan", smaller)).code).toBe(0);
  const pruned = await oo("team", "apply", "--prune", "--auto-approve", "-o", "json", smaller);
  const changes = JSON.parse(pruned.stdout).filter(({ outcome }: { outcome: string }) => outcome === "REMOVED");
  expect(changes).toEqual([{ kind: "PERMIT", outcome: "REMOVED", name: "web", detail: "prod/web/*" }]);
});

test.each([
  ["users:\n  - slug: Alice\n", ":2:11: slug must be a-z and 0-9"],
  ["users:\n  - {slug: a, rolls: [b]}\n", "unknown field"],
  ["users: {}\n", "users must be a list"],
  ["- slug: a\n", "must be one mapping with users, permits, tokens"],
  ["permits:\n  - {name: web}\n", "needs patterns"],
  ["tokens:\n  - {slug: a}\n", "needs description"],
  ["users:\n  - {slug: a, admin: maybe}\n", "admin must be true or false"],
])("a team file that is wrong is refused with its place: %j", async (text, problem) => {
  const { code, stderr } = await oo("team", "plan", file("wrong.yaml", text));
  expect(code).toBe(1);
  expect(stderr).toContain(problem);
});

test("copy, move, diff and undelete", async () => {
  for (const [key, value] of [
    ["staging/app/A", "same"],
    ["prod/app/A", "same"],
    ["staging/app/B", "one"],
    ["prod/app/B", "two"],
    ["staging/app/sub/C", "only"],
  ] as const) {
    await oo("secret", "save", key, value);
  }
  const diff = await oo("secret", "diff", "-n", "staging/app", "-n", "prod/app");
  expect(diff.stdout).toBe("NAME   COMPARISON\nB      different\nsub/C  only in staging/app\n");
  expect((await oo("secret", "diff", "-n", "staging/app")).code).toBe(2);
  expect((await oo("secret", "diff")).code).toBe(2);
  expect(await oo("secret", "diff", "staging/app", "prod/app")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("oo secret diff -n NAMESPACE -n NAMESPACE"),
  });
  expect((await oo("secret", "copy", "staging/app/sub/C", "prod/app/sub/C", "--readers", "web")).stdout).toBe(
    "created prod/app/sub/C (version 1)\n",
  );
  expect((await oo("secret", "cp", "staging/app/", "prod/app/")).stderr).toMatch(
    /not at version 0: it exists already[\s\S]*oo: hint: another secret has this key/,
  );
  expect(await oo("secret", "cp", "staging/app/", "staging/app/")).toMatchObject({ code: 2 });
  expect((await oo("secret", "diff", "-n", "staging/app", "-n", "stagin/app")).stderr).toContain(
    "oo: hint: there is no secret in stagin/app/ that you can see\n",
  );
  expect((await oo("permit", "remove", "absent", "a/*")).stderr).toContain("`oo permit list` shows the permits");
  expect((await oo("permit", "save", "no such", "a/*")).stderr).toMatch(/^oo: error: name must be a-z/);
  expect((await oo("secret", "mv", "staging/app/", "testing/app/", "--dry-run")).stdout).toContain(
    "would be removed: staging/app/A (version 2)\n",
  );
  await oo("secret", "move", "staging/app/", "testing/app/");
  expect((await oo("secret", "get", "testing/app/B")).stdout).toBe("one");
  expect((await oo("secret", "list", "-n", "staging/app")).stdout).toBe("");
  expect((await oo("secret", "list", "--removed", "-n", "staging/app")).stdout).toContain("staging/app/B");
  expect((await oo("secret", "undelete", "staging/app/B")).stdout).toBe(
    "restored staging/app/B (version 3): the value of version 1\n",
  );
  expect((await oo("secret", "undelete", "staging/app/B")).stderr).toContain("staging/app/B is not removed");
  expect((await oo("secret", "copy", "staging/app/", "prod/x")).code).toBe(2);
  expect((await oo("secret", "copy", "nothing/here/", "prod/x/")).stderr).toContain(
    "there is no secret in nothing/here/",
  );
});
