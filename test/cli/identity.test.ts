import { afterAll, beforeAll, expect, test } from "vitest";
import { runOo } from "../support/cli/run-oo.ts";
import { type CliService, startCliService } from "../support/cli/service.ts";
import { startServer } from "../support/server-process.ts";

let service: CliService;
beforeAll(async () => {
  service = await startCliService();
});
afterAll(() => service.stop());

const user = (...args: string[]) => service.admin(["user", ...args]);

test("users are created, changed and listed", async () => {
  expect((await user("save", "alice", "--role", "web,ops", "--role", "sre")).stdout).toBe(
    "created user alice (roles ops, sre, web)\n",
  );
  expect((await user("save", "alice", "--role", "ops", "--admin")).stdout).toBe(
    "updated user alice (roles ops; admin)\n",
  );
  expect((await user("save", "alice")).stdout).toBe("unchanged user alice (roles ops; admin)\n");
  expect((await user("save", "alice", "--clear-roles", "--no-admin")).stdout).toBe("updated user alice\n");
  expect((await user("list")).stdout).toMatch(/^SLUG +ROLES.*\nadmin +- +admin,operator .*\nalice +- +- /);
  const [, alice] = JSON.parse((await user("list", "-o", "json")).stdout);
  expect(alice).toMatchObject({ slug: "alice", roles: [], admin: false, createdBy: "admin" });
});

test("the slug of a removed user is taken again only on purpose", async () => {
  await user("save", "bob");
  expect(await user("remove", "bob")).toMatchObject({ code: 0, stdout: "removed user bob\n" });
  const again = await user("save", "bob");
  expect(again.code).toBe(1);
  expect(again.stderr).toMatch(/oo: hint: --reuse takes the slug of a removed user/);
  expect((await user("save", "bob", "--reuse")).stdout).toBe("created user bob\n");
});

test("an invitation is a link that is printed alone, once, and is taken back", async () => {
  await user("save", "bea");
  const made = await user("invite", "bea");
  expect(made.stdout).toMatch(/^http:\/\/localhost:\d+\/login\/invite#default_bea_[A-Za-z0-9_-]{43}\n$/);
  expect(made.stderr).toMatch(/^oo: hint: for bea only, once, until 20\S+Z; it is not shown again\n$/);
  const { url, expireAt } = JSON.parse((await user("invite", "bea", "-o", "json")).stdout);
  expect(url).not.toBe(made.stdout.trim());
  expect(expireAt).toMatch(/^20\S+Z$/);
  for (const format of ["json", "yaml"]) {
    const { stdout } = await user("list", "-o", format);
    expect(stdout.match(/invitation\w+/g)).toEqual(["invitationExpireAt"]);
    expect(stdout).toContain(expireAt);
  }
  expect((await user("invite", "bea", "--revoke")).stdout).toBe("took back the invitation of bea\n");
  expect((await user("invite", "bea", "--revoke")).stderr).toContain("oo: error: bea has no invitation");
  expect((await user("invite", "ghost")).stderr).toContain("oo: error: there is no user ghost");
});

test("a token is printed alone, works, is listed and is revoked", async () => {
  await user("save", "carol");
  const made = await service.admin(["token", "create", "carol", "--ttl", "12h", "--description", "a test"]);
  expect(made.stdout).toMatch(/^oo_[A-Za-z0-9_-]{43}\n$/);
  expect(made.stderr).toMatch(/^oo: hint: token (\S+) of carol, valid until 20\S+Z; it is not shown again\n$/);
  const token = made.stdout.trim();
  const id = /token (\S+) /.exec(made.stderr)?.[1] ?? "";
  const whoami = await service.as(token, ["user", "whoami", "-o", "json"]);
  expect(JSON.parse(whoami.stdout)).toMatchObject({ tenant: "default", slug: "carol", admin: false, tokenId: id });
  expect((await service.admin(["token", "list", "carol"])).stdout).toMatch(
    new RegExp(`^ID +SLUG +STATE .*\\n${id} +carol +valid .* a test\\n$`),
  );
  expect((await service.as(token, ["token", "revoke", id])).stdout).toBe(`revoked token ${id} of carol\n`);
  const after = await service.as(token, ["user", "whoami"]);
  expect(after).toMatchObject({ code: 1, stdout: "" });
  expect(after.stderr).toMatch(/^oo: error: the token was revoked\noo: hint: a new one: `oo token create`/);
  expect(after.stderr).not.toContain(token);
  expect((await service.admin(["token", "list", "carol"])).stdout).toMatch(/ revoked /);
});

test("is-secure fails in the documented words, with the reasons for operators only", async () => {
  const server = await startServer({ env: { OB_ENCRYPTION_KEY: "changeMeToSomethingSecureForReal" } });
  try {
    const run = (token: string, ...args: string[]) => runOo(args, { env: { OO_URL: server.url, OO_TOKEN: token } });
    expect(await run(server.adminToken, "secret", "is-secure")).toEqual({
      code: 1,
      stdout: "",
      stderr: "Error: secret svc is not secure: it is using the default encryption key\n",
    });
    await run(server.adminToken, "user", "save", "dave");
    const token = (await run(server.adminToken, "token", "create", "dave")).stdout.trim();
    expect((await run(token, "secret", "is-secure")).stderr).toBe(
      "Error: secret svc is not secure: ask an operator for the reasons\n",
    );
  } finally {
    await server.stop();
  }
});

test("is-secure --findings shows operators what could be safer and how, in words or as JSON", async () => {
  const shown = await service.admin(["secret", "is-secure", "--findings"]);
  expect(shown).toMatchObject({ code: 0, stderr: "" });
  expect(shown.stdout).toMatch(/^Service is secure\.\n/);
  expect(shown.stdout).toMatch(/^warning key-beside-data: the encryption key is in the data directory.*\n {2}fix: \S/m);
  const { stdout } = await service.admin(["secret", "is-secure", "-o", "json"]);
  const { isSecure, reasons, findings } = JSON.parse(stdout);
  expect({ isSecure, reasons }).toEqual({ isSecure: true, reasons: [] });
  expect(findings).toContainEqual(expect.objectContaining({ id: "key-beside-data", severity: "WARNING" }));
  const token = await service.addUser("finder");
  expect((await service.as(token, ["secret", "is-secure", "--findings"])).stdout).toBe("Service is secure.\n");
});

test("an address where something else answers", async () => {
  const { code, stderr } = await runOo(["user", "whoami"], {
    env: { OO_URL: `${service.server.url}/elsewhere`, OO_TOKEN: service.server.adminToken },
  });
  expect(code).toBe(1);
  expect(stderr).toMatch(/^oo: error: \S+\/elsewhere does not answer like this service/);
});
