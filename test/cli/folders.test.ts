import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type CliService, startCliService } from "../support/cli/service.ts";

let service: CliService;
let bob: string;
beforeAll(async () => {
  service = await startCliService();
  bob = await service.addUser("bob", "--role", "backend");
  const secrets = [
    "- key: prod/app/DB_URL\n  value: a\n  readers: [bob]\n  metadata: {team: Payments}",
    "- key: prod/app/API_KEY\n  value: b\n  metadata: {expires: 2001-01-01}",
    "- key: prod/PLAIN\n  value: c\n  readers: [bob]",
    "- key: dev/OLD\n  value: d\n  writers: [bob]",
  ];
  writeFileSync(join(service.folder, "all.yaml"), `${secrets.join("\n")}\n`);
  expect((await service.admin(["secret", "save", "all.yaml"])).code).toBe(0);
});
afterAll(() => service.stop());

const list = (...args: string[]) => service.admin(["secret", "list", ...args]);
const cells = (stdout: string) => stdout.split("\n").map((line) => line.split(/ {2,}/));

test("a folder is shown with the folders in it, then the secrets", async () => {
  const { stdout } = await list("--folder", "prod/");
  expect(cells(stdout).map((line) => line.slice(0, 5))).toEqual([
    ["FOLDER", "SECRETS", "EXPIRING", "EXPIRED", "ROTATION-DUE"],
    [".", "3", "-", "1", "-"],
    ["prod/app/", "2", "-", "1", "-"],
    [""],
    ["KEY", "VALUE", "OWNER", "VERSION", "STATE"],
    ["prod/PLAIN", "********", "admin", "1", "active"],
    [""],
  ]);
  const root = await list("--folder", "--no-header");
  expect(cells(root.stdout).map(([name, count]) => [name, count])).toEqual([
    [".", "4"],
    ["dev/", "1"],
    ["prod/", "3"],
    ["", undefined],
  ]);
  const { folders, secrets } = JSON.parse((await list("--folder", "prod", "-o", "json")).stdout);
  expect(folders[1]).toEqual({ path: "prod/app", secrets: 2, expiring: 0, expired: 1, rotationDue: 0, more: false });
  expect(secrets).toMatchObject([{ key: "prod/PLAIN", rights: expect.arrayContaining(["read", "write", "delete"]) }]);
  expect(await service.as(bob, ["secret", "list", "--folder", "nowhere"])).toMatchObject({
    code: 0,
    stderr: "oo: hint: no secret that you can see matches\n",
  });
});

test("a namespace may have several segments", async () => {
  const keys = (stdout: string) => cells(stdout).map(([key]) => key);
  expect(keys((await list("-n", "prod/app", "--no-header")).stdout)).toEqual([
    "prod/app/API_KEY",
    "prod/app/DB_URL",
    "",
  ]);
  const { stdout } = await service.as(bob, ["secret", "export", "-n", "prod/app", "--format", "json"]);
  expect(JSON.parse(stdout)).toEqual({ DB_URL: "a" });
});

test("a text is looked for in keys, owners and metadata", async () => {
  expect((await list("--text", "payments", "--no-header")).stdout).toMatch(/^prod\/app\/DB_URL .*\n$/);
});

test("removed secrets are listed to those who may bring them back", async () => {
  expect((await service.admin(["secret", "remove", "--key", "dev/OLD"])).code).toBe(0);
  const removed = await service.as(bob, ["secret", "list", "--removed", "--no-header"]);
  expect(removed.stdout).toMatch(/^dev\/OLD {2}\*{8} {2}admin {2}2 +removed +\d/);
  expect((await service.as(bob, ["secret", "list", "--removed", "--show"])).stderr).toContain(
    "removed must not be set with the view FULL",
  );
});

test("names are listed for access lists, tenants for operators", async () => {
  expect(cells((await service.admin(["user", "names"])).stdout)).toEqual([
    ["NAME", "KIND", "MEMBERS"],
    ["admin", "user", "admin"],
    ["backend", "role", "bob"],
    ["bob", "user", "-"],
    [""],
  ]);
  const own = await service.as(bob, ["user", "names", "b", "-o", "json"]);
  expect(JSON.parse(own.stdout)).toEqual([
    { name: "backend", kind: "ROLE", members: ["bob"], isAdmin: false },
    { name: "bob", kind: "USER", members: [], isAdmin: false },
  ]);
  expect(cells((await service.admin(["tenant", "list"])).stdout).slice(0, 2)).toEqual([
    ["TENANT", "USERS", "ADMINS", "SECRETS"],
    ["default", "2", "1", expect.stringMatching(/^\d+$/)],
  ]);
  expect((await service.as(bob, ["tenant", "list"])).stderr).toContain("only an operator may list tenants");
});

test("a dry run says on request who gains and who loses which right", async () => {
  const args = ["secret", "save", "prod/PLAIN", "--keep-value", "--readers", "backend,ci", "--writers", "bob"];
  const plan = await service.admin([...args, "--dry-run", "--explain-access"]);
  expect(plan.stdout).toBe(
    "would be updated: prod/PLAIN (version 2): readers +backend +ci -bob, writers +bob\n  bob gains write\n  ci gains read\n",
  );
  const { accessChanges } = JSON.parse(
    (await service.admin([...args, "--dry-run", "--explain-access", "-o", "json"])).stdout,
  )[0];
  expect(accessChanges).toEqual([
    { slug: "bob", right: "write", gains: true, through: "bob" },
    { slug: "ci", right: "read", gains: true, through: "ci" },
  ]);
  expect(await service.admin([...args, "--explain-access"])).toMatchObject({
    code: 2,
    stderr: "oo: error: --explain-access needs --dry-run\n",
  });
});
