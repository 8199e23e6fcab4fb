import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { expectFailure } from "../support/api/failure.ts";
import { startLogins, type TestLogins } from "../support/login/fixture.ts";

let scene: TestLogins;
beforeAll(async () => {
  scene = await startLogins();
});
afterAll(() => scene.stop());
// The limits on one address are for a minute.
beforeEach(() => scene.service.clock.advance(60_000));

const person = (name: string, groups: readonly string[]) =>
  scene.provider.setAccount(`sub-${name}`, { email: `${name}@acme.example`, email_verified: true, groups });
const auditEvents = () => scene.service.auditEvents();
const admin = {
  saveUsers: (request: Parameters<TestLogins["service"]["admin"]["identity"]["saveUsers"]>[0]) =>
    scene.service.admin.identity.saveUsers(request),
  removeUsers: (request: { slugs: string[] }) => scene.service.admin.identity.removeUsers(request),
  linkUser: (request: { slug: string; method?: string; subject?: string }) =>
    scene.service.admin.identity.linkUser(request),
};
const refusedPage = async (subject: string) => {
  const { page } = await scene.askFor(subject);
  expect(page.status).toBe(403);
  const [refused] = (await auditEvents()).filter(({ action }) => action === "session.refused");
  return { text: page.text, rule: refused?.rule };
};

describe("threat 149: a person never becomes another user", () => {
  test("by a name that makes the slug of a user, present or removed, or of a role", async () => {
    await scene.service.addUser("carol", { roles: ["platform"] });
    await scene.service.addUser("gone");
    await admin.removeUsers({ slugs: ["gone"] });
    for (const name of ["carol", "gone", "platform", "admin"]) {
      person(name, ["secrets-dev"]);
      const { text, rule } = await refusedPage(`sub-${name}`);
      expect(text).toContain("is or was another user or a role here");
      expect(rule).toBe("slug-taken");
    }
  });

  test("by a name or an address that was another person's", async () => {
    person("eve", ["secrets-dev"]);
    await scene.logIn("sub-eve");
    scene.provider.setAccount("sub-new-eve", {
      email: "eve@acme.example",
      email_verified: true,
      groups: ["secrets-dev"],
    });
    expect((await refusedPage("sub-new-eve")).rule).toBe("slug-taken");
  });

  test("by a group with the name of a user", async () => {
    person("mallory", ["secrets-carol", "secrets-admin", "secrets-gone", "secrets-mallory", "secrets-ops"]);
    const { api } = await scene.logIn("sub-mallory");
    expect((await api.identity.whoAmI({})).roles).toEqual(["ops"]);
    const [left] = (await auditEvents()).filter(({ action }) => action === "user.login-roles");
    expect(left).toMatchObject({ key: "mallory", names: ["admin", "carol", "gone", "mallory"] });
  });

  test("after they were removed here", async () => {
    person("frank", ["secrets-dev"]);
    const { api } = await scene.logIn("sub-frank");
    await admin.removeUsers({ slugs: ["frank"] });
    await expectFailure(api.identity.whoAmI({}), { code: "Unauthenticated", reason: "UNAUTHENTICATED" });
    expect((await refusedPage("sub-frank")).rule).toBe("user-removed");
  });

  test("when the claims do not fit", async () => {
    person("grace", ["other"]);
    expect((await refusedPage("sub-grace")).rule).toBe("claims");
  });
});

describe("what a provider says of a user", () => {
  const managed = { code: "FailedPrecondition", reason: "MANAGED_BY_LOGIN" } as const;

  test("cannot be changed here, and is replaced at each login", async () => {
    person("heidi", ["secrets-admins", "secrets-dev"]);
    const { api } = await scene.logIn("sub-heidi");
    expect(await api.identity.whoAmI({})).toMatchObject({ admin: true, roles: ["admins", "dev"] });
    await expectFailure(admin.saveUsers({ users: [{ slug: "heidi", admin: false }] }), managed);
    await expectFailure(admin.saveUsers({ users: [{ slug: "heidi", roles: ["ops"] }] }), managed);
    await expectFailure(admin.saveUsers({ users: [{ slug: "heidi", clear: ["roles"] }] }), managed);
    const same = await admin.saveUsers({ users: [{ slug: "heidi", admin: true, roles: ["dev", "admins"] }] });
    expect(same.results[0]?.outcome).toBe(3);
    person("heidi", ["secrets-dev"]);
    await scene.logIn("sub-heidi");
    expect(await api.identity.whoAmI({})).toMatchObject({ admin: false, roles: ["dev"] });
  });

  test("does not count for the last admin", async () => {
    person("ivan", ["secrets-admins"]);
    await scene.logIn("sub-ivan");
    await expectFailure(admin.saveUsers({ users: [{ slug: "admin", admin: false }] }), {
      code: "FailedPrecondition",
      reason: "LAST_ADMIN",
    });
    await expectFailure(admin.linkUser({ slug: "admin", method: "acme", subject: "sub-admin" }), {
      code: "FailedPrecondition",
      reason: "LAST_ADMIN",
    });
  });
});

describe("a link", () => {
  test("lets an account log in as a user who was made here", async () => {
    const judy = await scene.service.addUser("judy", { roles: ["ops"] });
    person("judith", ["secrets-dev"]);
    await admin.linkUser({ slug: "judy", method: "acme", subject: "sub-judith" });
    const { api } = await scene.logIn("sub-judith");
    expect(await api.identity.whoAmI({})).toMatchObject({ slug: "judy", roles: ["dev"] });
    expect((await judy.identity.whoAmI({})).roles).toEqual(["dev"]);
    await admin.linkUser({ slug: "judy" });
    await expectFailure(api.identity.whoAmI({}), { code: "Unauthenticated", reason: "UNAUTHENTICATED" });
    await admin.saveUsers({ users: [{ slug: "judy", roles: ["ops"] }] });
    expect((await judy.identity.whoAmI({})).roles).toEqual(["ops"]);
  });

  test("is refused for the account of another user, and for what is not there", async () => {
    person("kim", ["secrets-dev"]);
    await scene.logIn("sub-kim");
    await scene.service.addUser("leo");
    const link = (changes: Record<string, string>) =>
      admin.linkUser({ slug: "leo", method: "acme", subject: "sub-kim", ...changes });
    await expectFailure(link({}), { code: "AlreadyExists", reason: "NAME_TAKEN" });
    await expectFailure(link({ slug: "unknown-person" }), { code: "NotFound", reason: "NOT_FOUND" });
    await expectFailure(link({ method: "other" }), { code: "NotFound", reason: "NOT_FOUND" });
    await expectFailure(link({ subject: "" }), { code: "InvalidArgument", reason: "CONFLICTING_FIELDS" });
    await expectFailure(link({ subject: "x".repeat(256) }), { code: "InvalidArgument", reason: "LIMIT_EXCEEDED" });
    const leo = await scene.service.addUser("mona");
    await expectFailure(leo.identity.linkUser({ slug: "leo", method: "acme", subject: "x" }), {
      code: "PermissionDenied",
      reason: "ADMIN_ONLY",
    });
  });
});

test("operators see that an admin's token without an end is no longer needed", async () => {
  const find = async () => (await scene.service.admin.secrets.isSecure({})).findings.map(({ id }) => id);
  person("nina", ["secrets-dev"]);
  await scene.logIn("sub-nina");
  scene.service.clock.advance(60_000);
  expect(await find()).toContain("endless-admin-token");
});
