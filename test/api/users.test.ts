import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { UserOutcome } from "../../gen/secret/v1/identity_service_pb.ts";
import { expectFailure } from "../support/api/failure.ts";
import { type Api, startService, type TestService } from "../support/api/fixture.ts";
import { readOne, saveOne } from "../support/api/secret-calls.ts";
import { rest } from "../support/api/transports.ts";

let service: TestService;
let operator: Api;
let boss: Api;
let alice: Api;

beforeAll(async () => {
  service = await startService(rest);
  operator = service.admin;
  boss = await service.addUser("boss", { admin: true });
  alice = await service.addUser("alice", { roles: ["backend"] });
});
afterAll(() => service.stop());

const taken = { code: "AlreadyExists", reason: "NAME_TAKEN" } as const;
const operatorOnly = { code: "PermissionDenied", reason: "OPERATOR_ONLY" } as const;
const saveUser = (api: Api, user: Parameters<Api["identity"]["saveUsers"]>[0]["users"]) =>
  api.identity.saveUsers({ users: user ?? [] });
const slugsOf = async (api: Api) => (await api.identity.listUsers({})).users.map(({ slug }) => slug);

describe("saving users", () => {
  it("creates, updates, and changes nothing when all is as requested", async () => {
    const outcomes = async (user: { slug: string; roles?: string[]; admin?: boolean; clear?: string[] }) =>
      (await saveUser(boss, [user])).results.map(({ outcome, user: saved }) => [outcome, saved?.roles, saved?.admin]);
    expect(await outcomes({ slug: "dora", roles: ["db", "api"] })).toEqual([
      [UserOutcome.CREATED, ["api", "db"], false],
    ]);
    expect(await outcomes({ slug: "dora", roles: ["api", "db", "api"] })).toEqual([
      [UserOutcome.UNCHANGED, ["api", "db"], false],
    ]);
    expect(await outcomes({ slug: "dora", admin: true })).toEqual([[UserOutcome.UPDATED, ["api", "db"], true]]);
    expect(await outcomes({ slug: "dora", clear: ["roles"] })).toEqual([[UserOutcome.UPDATED, [], true]]);
    expect(await outcomes({ slug: "dora", admin: false })).toEqual([[UserOutcome.UPDATED, [], false]]);
  });

  it("takes effect on the next call, in both directions", async () => {
    await saveOne(boss, { key: "roles/KEY", value: "v", readers: ["night"] });
    const eve = await service.addUser("eve");
    expect(await readOne(eve, "roles/KEY")).toBeUndefined();
    await saveUser(boss, [{ slug: "eve", roles: ["night"] }]);
    expect((await readOne(eve, "roles/KEY"))?.value).toBe("v");
    await saveUser(boss, [{ slug: "eve", clear: ["roles"] }]);
    expect(await readOne(eve, "roles/KEY")).toBeUndefined();
  });

  it("keeps slugs and roles apart, in both directions and within a batch", async () => {
    await expectFailure(saveUser(boss, [{ slug: "backend" }]), { ...taken, field: "users[0].slug", key: "backend" });
    await expectFailure(saveUser(boss, [{ slug: "finn", roles: ["alice"] }]), { ...taken, field: "users[0].roles" });
    await expectFailure(saveUser(boss, [{ slug: "finn", roles: ["finn"] }]), taken);
    await expectFailure(saveUser(boss, [{ slug: "finn", roles: ["gina"] }, { slug: "gina" }]), taken);
    expect(await slugsOf(boss)).not.toContain("finn");
  });

  it("gives the slug of a removed user away only when asked, as a slug or as a role", async () => {
    await saveUser(boss, [{ slug: "hugo" }, { slug: "ivan" }]);
    await boss.identity.removeUsers({ slugs: ["hugo", "ivan"] });
    await expectFailure(saveUser(boss, [{ slug: "hugo" }]), { ...taken, field: "users[0].slug" });
    await expectFailure(saveUser(boss, [{ slug: "jane", roles: ["ivan"] }]), { ...taken, field: "users[0].roles" });
    expect((await saveUser(boss, [{ slug: "hugo", reuse: true }])).results).toMatchObject([
      { outcome: UserOutcome.CREATED, user: { roles: [], admin: false } },
    ]);
    const jane = { slug: "jane", roles: ["ivan"] };
    expect((await saveUser(boss, [{ ...jane, reuse: true }])).results).toMatchObject([
      { outcome: UserOutcome.CREATED },
    ]);
    expect((await saveUser(boss, [jane])).results).toMatchObject([{ outcome: UserOutcome.UNCHANGED }]);
  });

  it("threats 37, 64: takes slugs and roles in their one form", async () => {
    for (const name of ["", "Alice", "a_b", "a/b", "-a", "a-", "a--b", "аlice", "a\u0000", "a b", "ａ", "a.b"]) {
      await expectFailure(saveUser(boss, [{ slug: name }]), {
        code: "InvalidArgument",
        reason: "INVALID_FIELD",
        field: "users[0].slug",
      });
      await expectFailure(saveUser(boss, [{ slug: "ok", roles: [name] }]), {
        code: "InvalidArgument",
        reason: "INVALID_FIELD",
        field: "users[0].roles[0]",
      });
    }
    await expectFailure(saveUser(boss, [{ slug: "a".repeat(65) }]), {
      code: "InvalidArgument",
      reason: "LIMIT_EXCEEDED",
      limit: 64,
      actual: 65,
    });
    await expectFailure(saveUser(boss, [{ slug: "twin" }, { slug: "twin" }]), {
      code: "InvalidArgument",
      reason: "DUPLICATE_ITEM",
      index: 1,
    });
    await expectFailure(saveUser(boss, [{ slug: "x", roles: ["r"], clear: ["roles"] }]), {
      code: "InvalidArgument",
      reason: "CONFLICTING_FIELDS",
    });
    await expectFailure(saveUser(boss, []), { code: "InvalidArgument", reason: "INVALID_FIELD", field: "users" });
  });

  it("is for admins, all or nothing", async () => {
    const adminOnly = { code: "PermissionDenied", reason: "ADMIN_ONLY" } as const;
    await expectFailure(saveUser(alice, [{ slug: "alice", admin: true }]), adminOnly);
    await expectFailure(alice.identity.removeUsers({ slugs: ["alice"] }), adminOnly);
    await expectFailure(alice.identity.listUsers({}), adminOnly);
    await expectFailure(saveUser(boss, [{ slug: "kate" }, { slug: "backend" }]), { ...taken, index: 1 });
    expect(await slugsOf(boss)).not.toContain("kate");
  });
});

describe("operators", () => {
  it("are made, changed, removed and given tokens by operators only", async () => {
    await expectFailure(saveUser(boss, [{ slug: "liz", operator: true }]), operatorOnly);
    await expectFailure(saveUser(boss, [{ slug: "boss", operator: true }]), operatorOnly);
    await saveUser(operator, [{ slug: "liz", operator: true }]);
    await expectFailure(saveUser(boss, [{ slug: "liz", operator: false }]), operatorOnly);
    await expectFailure(saveUser(boss, [{ slug: "liz", roles: ["x"] }]), operatorOnly);
    await expectFailure(saveUser(boss, [{ slug: "admin", admin: false }]), operatorOnly);
    await expectFailure(boss.identity.removeUsers({ slugs: ["liz"] }), operatorOnly);
    await expectFailure(boss.identity.createToken({ slug: "liz" }), { ...operatorOnly, field: "slug" });
    const { token } = await operator.identity.createToken({ slug: "liz" });
    await expectFailure(boss.identity.revokeToken({ id: token?.id ?? "" }), { ...operatorOnly, field: "id" });
    expect((await operator.identity.removeUsers({ slugs: ["liz"] })).tokensRevoked).toBe(1);
    await expectFailure(saveUser(boss, [{ slug: "liz", operator: true, reuse: true }]), operatorOnly);
  });

  it("have no right on any secret for that", async () => {
    await saveUser(operator, [{ slug: "mo", operator: true }]);
    const mo = service.as((await operator.identity.createToken({ slug: "mo" })).secret);
    await saveOne(boss, { key: "ops/KEY", value: "v" });
    expect(await readOne(mo, "ops/KEY")).toBeUndefined();
    await expectFailure(mo.identity.listUsers({}), { code: "PermissionDenied", reason: "ADMIN_ONLY" });
    await expectFailure(mo.audit.listAuditEvents({}), { code: "PermissionDenied", reason: "ADMIN_ONLY" });
  });
});

describe("removing users", () => {
  it("revokes their tokens at once, and keeps their names in lists", async () => {
    const nora = await service.addUser("nora");
    await nora.identity.createToken({});
    await saveOne(boss, { key: "left/KEY", value: "v", readers: ["nora"] });
    expect((await readOne(nora, "left/KEY"))?.value).toBe("v");
    expect(await boss.identity.removeUsers({ slugs: ["nora"] })).toMatchObject({ removed: ["nora"], tokensRevoked: 2 });
    await expectFailure(nora.identity.whoAmI({}), { code: "Unauthenticated", reason: "UNAUTHENTICATED" });
    expect((await readOne(boss, "left/KEY"))?.readers).toEqual(["nora"]);
    await saveUser(boss, [{ slug: "nora", reuse: true }]);
    await expectFailure(nora.identity.whoAmI({}), { code: "Unauthenticated", reason: "UNAUTHENTICATED" });
    await expectFailure(boss.identity.removeUsers({ slugs: ["nora", "absent"] }), {
      code: "NotFound",
      reason: "NOT_FOUND",
      index: 1,
      field: "slugs[1]",
    });
    expect(await slugsOf(boss)).toContain("nora");
  });

  it("leaves a tenant its last admin, also when two go at once", async () => {
    const lastAdmin = { code: "FailedPrecondition", reason: "LAST_ADMIN" } as const;
    const one = await service.addUser("one", { tenant: "duo", admin: true });
    const two = await service.addUser("two", { tenant: "duo", admin: true });
    const outcomes = await Promise.allSettled([
      one.identity.removeUsers({ slugs: ["two"] }),
      two.identity.removeUsers({ slugs: ["one"] }),
    ]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const left = outcomes[0].status === "fulfilled" ? one : two;
    const { slug } = await left.identity.whoAmI({});
    expect(await slugsOf(left)).toEqual([slug]);
    await expectFailure(left.identity.removeUsers({ slugs: [slug] }), lastAdmin);
    await expectFailure(saveUser(left, [{ slug, admin: false }]), lastAdmin);
  });
});

it("pages through users that were not removed", async () => {
  const users = Array.from({ length: 25 }, (_, at) => ({ slug: `p-${String(at).padStart(2, "0")}` }));
  await operator.identity.saveUsers({ tenant: "paged", users });
  await operator.identity.removeUsers({ tenant: "paged", slugs: ["p-03", "p-04"] });
  const seen: string[] = [];
  let pageToken = "";
  do {
    const page = await operator.identity.listUsers({ tenant: "paged", pageSize: 4, pageToken });
    seen.push(...page.users.map(({ slug }) => slug));
    pageToken = page.nextPageToken;
  } while (pageToken !== "");
  expect(seen).toEqual(users.map(({ slug }) => slug).filter((slug) => slug !== "p-03" && slug !== "p-04"));
  const { nextPageToken } = await operator.identity.listUsers({ tenant: "paged", pageSize: 4 });
  await expectFailure(operator.identity.listUsers({ pageToken: nextPageToken }), {
    code: "InvalidArgument",
    reason: "INVALID_PAGE_TOKEN",
  });
});
