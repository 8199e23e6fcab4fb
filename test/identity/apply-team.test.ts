import { afterAll, beforeAll, expect, test } from "vitest";
import { applyTeam, type TeamRequest } from "../../src/identity/apply-team.ts";
import { createToken } from "../../src/identity/create-token.ts";
import { listPermits } from "../../src/identity/list-permits.ts";
import type { IdentityCall } from "../../src/rules/caller.ts";
import { startIdentity, type TestIdentity } from "../support/identity/fixture.ts";
import { reasonOf } from "../support/secrets/reason-of.ts";

let identity: TestIdentity;
let admin: IdentityCall;
beforeAll(async () => {
  identity = await startIdentity();
  admin = await identity.adminCall();
});
afterAll(() => identity.core.close());

const none: TeamRequest = { users: [], permits: [], tokens: [], prune: [], validateOnly: false, tenant: "" };
const apply = async (request: Partial<TeamRequest>, call = admin) => {
  const changes = await applyTeam(identity.context, call, { ...none, ...request });
  return changes
    .filter(({ outcome }) => outcome !== "unchanged")
    .map(({ kind, outcome, name, detail }) => [outcome, kind, name, detail].join(" ").trim());
};
const user = (slug: string, roles: readonly string[] = [], isAdmin = false) => ({ slug, roles, admin: isAdmin });
const web = { name: "web", pattern: "prod/web/*" };

test("a team is planned, applied as a whole, and then unchanged", async () => {
  const file = {
    users: [user("alice", ["web"]), user("ci")],
    permits: [web],
    tokens: [{ slug: "ci", description: "deploy" }],
  };
  const planned = await apply({ ...file, validateOnly: true });
  expect(planned).toEqual([
    "not-named user admin",
    "created user alice",
    "created user ci",
    "created permit web prod/web/*",
    "not-named token admin made on the host",
    "missing token ci deploy",
  ]);
  expect(await identity.core.context.store.findUser("default", "alice")).toBeUndefined();
  expect(await apply(file)).toEqual(planned);
  await createToken(identity.context, admin, {
    ...{ slug: "ci", description: "deploy", ttlMs: undefined, tenant: "", grants: [] },
  });
  expect(await apply(file)).toEqual(["not-named user admin", "not-named token admin made on the host"]);
  expect(await apply({ users: [user("alice", ["ops"])] })).toContain("updated user alice");
  expect(await listPermits(identity.context, admin, { tenant: "", name: "" })).toEqual([web]);
});

test("threat 213: prune takes away only of the kinds it names, and spares the caller and their tokens", async () => {
  const others = await apply({ users: [user("alice")], prune: ["permit"], validateOnly: true });
  expect(others).toContain("removed permit web prod/web/*");
  expect(others).toContain("not-named user ci");
  const pruned = await apply({ users: [user("alice")], prune: ["user", "permit", "token"] });
  expect(pruned).toContain("removed user ci");
  expect(pruned).toContain("not-named user admin");
  expect(pruned).toContain("not-named token admin made on the host");
  expect(await identity.authenticate(identity.adminToken)).toMatchObject({ slug: "admin" });
  expect(
    (await identity.core.context.store.listTokens("default", "ci", "", 9)).every((each) => each.revokedAtMs > 0),
  ).toBe(true);
  expect(await listPermits(identity.context, admin, { tenant: "", name: "" })).toEqual([]);
});

test("an operator who prunes another tenant leaves it its last admin", async () => {
  await apply({ tenant: "acme", users: [user("boss", [], true), user("zed", [], true)] });
  expect(await apply({ tenant: "acme", users: [user("worker")], prune: ["user"] })).toEqual([
    "not-named user boss",
    "created user worker",
    "removed user zed",
  ]);
});

test("nothing of a team is stored when a part of it is refused", async () => {
  const file = { users: [user("frank")], permits: [web] };
  expect(await reasonOf(apply({ ...file, tokens: [{ slug: "nobody", description: "x" }] }))).toBe("NOT_FOUND");
  expect(await reasonOf(apply({ ...file, permits: [{ name: "web", pattern: "a b" }] }))).toBe("INVALID_FIELD");
  expect(await reasonOf(apply({ users: [user("frank"), user("frank")] }))).toBe("DUPLICATE_ITEM");
  expect(await reasonOf(apply({ users: [user("admin")] }))).toBe("LAST_ADMIN");
  const token = await identity.addUser("plain");
  const call = { ...admin, caller: await identity.authenticate(token) };
  expect(await reasonOf(apply(file, call))).toBe("ADMIN_ONLY");
  expect(await identity.core.context.store.findUser("default", "frank")).toBeUndefined();
});
