import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CreateTokenRequest, createToken } from "../../src/identity/create-token.ts";
import { saveUsers, type UserInput } from "../../src/identity/save-users.ts";
import { limits } from "../../src/limits.ts";
import { startIdentity, type TestIdentity } from "../support/identity/fixture.ts";

let identity: TestIdentity;
beforeAll(async () => {
  identity = await startIdentity();
});
afterAll(() => identity.core.close());

describe("fault E10: saving users", () => {
  const save = async (fields: Partial<UserInput>) => {
    const user = { slug: "ada", roles: [], admin: undefined, operator: undefined, clear: [], reuse: false, ...fields };
    const [result] = await saveUsers(identity.context, await identity.adminCall(), { users: [user], tenant: "" });
    return result?.user;
  };
  const names = (count: number) => Array.from({ length: count }, (_, at) => `role-${at}`);
  const most = limits.listEntries;

  test("takes as many roles as a list has room for, each counted once, and not one more", async () => {
    expect((await save({ roles: [...names(most), "role-0"] }))?.roles).toHaveLength(most);
    await expect(save({ roles: names(most + 1) })).rejects.toMatchObject({
      failures: [{ reason: "LIMIT_EXCEEDED", field: "users[0].roles", index: 0, limit: most, actual: most + 1 }],
    });
  });

  test("clears roles and nothing else", async () => {
    for (const clear of [["admin"], ["roles", "slug"], [""], ["Roles"]]) {
      await expect(save({ clear })).rejects.toMatchObject({
        failures: [{ reason: "INVALID_FIELD", field: "users[0].clear", index: 0 }],
      });
    }
    // One problem is reported once: the roles could be fine.
    await expect(save({ clear: ["admin"], roles: ["ops"] })).rejects.toMatchObject({ failures: { length: 1 } });
    await save({ roles: ["ops"] });
    expect((await save({ clear: ["roles"] }))?.roles).toEqual([]);
  });
});

describe("fault E10: creating a token", () => {
  const create = async (fields: Partial<CreateTokenRequest>) =>
    createToken(identity.context, await identity.adminCall(), {
      slug: "",
      ttlMs: undefined,
      description: "",
      tenant: "",
      grants: [],
      ...fields,
    });

  test("takes a description of whole characters, up to its limit in bytes", async () => {
    const longest = "é".repeat(limits.descriptionBytes / 2);
    expect((await create({ description: longest })).token.description).toBe(longest);
    await expect(create({ description: `${longest}x` })).rejects.toMatchObject({
      failures: [{ reason: "LIMIT_EXCEEDED", field: "description", actual: limits.descriptionBytes + 1 }],
    });
    await expect(create({ description: "lone \ud800" })).rejects.toMatchObject({
      failures: [{ reason: "INVALID_FIELD", field: "description" }],
    });
  });

  test("names a user by its slug, in the form of one", async () => {
    for (const slug of ["Ada", "a b", "../ada"]) {
      await expect(create({ slug })).rejects.toMatchObject({ failures: [{ reason: "INVALID_FIELD", field: "slug" }] });
    }
    await expect(create({ slug: "a".repeat(limits.slugBytes + 1) })).rejects.toMatchObject({
      failures: [{ reason: "LIMIT_EXCEEDED", field: "slug" }],
    });
    await expect(create({ slug: "nobody" })).rejects.toMatchObject({
      failures: [{ reason: "NOT_FOUND", key: "nobody" }],
    });
  });

  test("lasts for the given time, from one second on", async () => {
    const { nowMs } = identity.core.clock;
    for (const ttlMs of [1000, limits.tokenMaxMs]) {
      expect((await create({ ttlMs })).token.expireAtMs).toBe(nowMs + ttlMs);
    }
    expect((await create({})).token.expireAtMs).toBe(nowMs + limits.tokenDefaultMs);
    for (const ttlMs of [999, limits.tokenMaxMs + 1]) {
      await expect(create({ ttlMs })).rejects.toMatchObject({ failures: [{ reason: "INVALID_FIELD", field: "ttl" }] });
    }
  });
});
