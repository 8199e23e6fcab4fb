import { afterAll, beforeAll, expect, test } from "vitest";
import { type CliService, startCliService } from "../support/cli/service.ts";

let service: CliService;
let aliceToken: string;

beforeAll(async () => {
  service = await startCliService();
  aliceToken = await service.addUser("alice");
});
afterAll(() => service.stop());

const ok = (stdout: string | RegExp) => ({
  code: 0,
  stdout: typeof stdout === "string" ? stdout : expect.stringMatching(stdout),
});
const alice = (...args: string[]) => service.as(aliceToken, args);

test("oo secret versions shows who changed what, and values only with --show", async () => {
  await alice("secret", "save", "alice/KEY", "one");
  await service.admin(["secret", "save", "alice/KEY", "two\nlines"]);
  await alice("secret", "save", "alice/KEY", "--keep-value", "--readers", "alice,bob");
  const { code, stdout } = await alice("secret", "versions", "KEY");
  expect({ code, lines: stdout.split("\n").map((line) => line.replaceAll(/\S+Z/g, "TIME").split(/ {2,}/)) }).toEqual({
    code: 0,
    lines: [
      ["VERSION", "TIME", "BY", "OUTCOME", "CHANGES"],
      ["3", "TIME", "alice", "updated", expect.stringContaining("readers +bob")],
      ["2", "TIME", "admin", "updated", "value"],
      ["1", "TIME", "alice", "created", expect.stringContaining("value, readers +alice")],
      [""],
    ],
  });
  expect(stdout).not.toContain("one");
  const shown = await alice("secret", "versions", "alice/KEY", "--show");
  expect(shown.stdout).toMatch(/ two\\nlines\n.* one\n/);
  const json = await alice("secret", "versions", "alice/KEY", "--version", "2", "--show", "-o", "json");
  expect(JSON.parse(json.stdout)).toMatchObject([
    { outcome: "UPDATED", changedFields: ["value"], version: 2, value: "two\nlines", updatedBy: "admin" },
  ]);
  const none = await alice("secret", "versions", "alice/KEY", "--version", "9");
  expect(none).toMatchObject({ code: 0, stdout: "", stderr: "oo: hint: that version is not retained\n" });
});

test("oo secret restore makes an old value the current one, and brings a removed secret back", async () => {
  await alice("secret", "save", "alice/BACK", "one");
  await alice("secret", "save", "alice/BACK", "two");
  expect(await alice("secret", "restore", "BACK", "--version", "1")).toMatchObject(
    ok("restored alice/BACK (version 3): the value of version 1\n"),
  );
  expect(await alice("secret", "restore", "alice/BACK", "--version", "3")).toMatchObject(ok(/^unchanged alice\/BACK/));
  await alice("secret", "remove", "--key", "alice/BACK");
  const stale = await alice("secret", "restore", "alice/BACK", "--version", "2", "--if-version", "3");
  expect(stale).toMatchObject({ code: 1, stderr: expect.stringMatching(/^oo: error: alice\/BACK is at version 4/) });
  const back = await alice("secret", "restore", "alice/BACK", "--version", "2", "--if-version", "0", "-o", "json");
  expect(JSON.parse(back.stdout)).toMatchObject({ key: "alice/BACK", outcome: "CREATED", version: 5 });
  expect((await alice("secret", "list", "alice/BACK", "--show")).stdout).toContain("value: two\n");
  expect(await alice("secret", "restore", "alice/BACK")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("--version"),
  });
});

test("oo secret purge asks first, and deletes for good", async () => {
  await service.admin(["secret", "save", "app/P", "leaked"]);
  await service.admin(["secret", "save", "app/P", "new"]);
  const asked = await service.admin(["secret", "purge", "app/P", "--old-versions"]);
  expect(asked).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("in a script or pipeline use --auto-approve"),
  });
  expect(await service.admin(["secret", "purge", "app/P", "--old-versions", "--auto-approve"])).toMatchObject(
    ok("purged the versions of app/P before version 2\n"),
  );
  expect((await service.admin(["secret", "versions", "app/P", "--show"])).stdout).not.toContain("leaked");
  const live = await service.admin(["secret", "purge", "app/P", "--auto-approve"]);
  expect(live).toMatchObject({ code: 1, stderr: expect.stringContaining("app/P is not removed; remove it first") });
  await service.admin(["secret", "remove", "--key", "app/P"]);
  expect(await service.admin(["secret", "purge", "app/P", "--auto-approve"])).toMatchObject(
    ok("purged app/P (last version 3)\n"),
  );
  for (const value of ["leaked", "other", "new"]) await service.admin(["secret", "save", "app/V", value]);
  const versions = ["secret", "purge", "app/V", "--version", "1", "--version", "2"];
  expect(await service.admin([...versions, "--auto-approve"])).toMatchObject(ok("purged versions 1, 2 of app/V\n"));
  expect((await service.admin(["secret", "versions", "app/V", "--show"])).stdout).not.toMatch(/leaked|other/);
  expect(await service.admin([...versions, "--old-versions"])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("--old-versions and --version exclude each other"),
  });
  expect(await service.admin(["secret", "purge", "app/V", "app/W", "--version", "1"])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("--version is for one key, and there are 2"),
  });
  const denied = await alice("secret", "purge", "alice/KEY", "--auto-approve");
  expect(denied).toMatchObject({ code: 1, stderr: expect.stringContaining("only an admin may purge secrets") });
});
