import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Failure, SecretError } from "../../src/error.ts";
import { type ExplainAnswer, explainAccess } from "../../src/identity/explain-access.ts";
import type { Principal } from "../../src/rules/access.ts";
import { type ExplainedRight, explainedRights, type RightExplanation } from "../../src/rules/explain.ts";
import { checkGrants, type Grants, grantActions } from "../../src/rules/grants.ts";
import { listSecrets } from "../../src/secrets/list-secrets.ts";
import { removeSecrets } from "../../src/secrets/remove-secrets.ts";
import { saveSecrets } from "../../src/secrets/save-secrets.ts";
import { accessListNames, listOfRight } from "../../src/text/access-list-names.ts";
import { startPeople, type TestIdentity } from "../support/identity/fixture.ts";
import { checkRandom } from "../support/random-draws.ts";
import { callOf } from "../support/secrets/core.ts";
import { toInput } from "../support/secrets/direct-driver.ts";
import type { Save } from "../support/secrets/model.ts";

let identity: TestIdentity;
beforeAll(async () => {
  identity = await startPeople();
});
afterAll(() => identity.core.close());

const person = (slug: string, roles: string[] = [], admin = false): Principal => ({
  tenant: "default",
  slug,
  roles,
  admin,
  operator: false,
  grants: [],
});
const people = {
  admin: person("admin", [], true),
  boss: person("boss", [], true),
  alice: person("alice", ["backend"]),
  bob: person("bob", ["backend", "ops"]),
  al: person("al"),
};

const noNames = { keys: [], ids: [], key: "", id: "" };
const noPage = { pageSize: 0, pageToken: "" };

const explain = (who: Principal, key: string, principal = "") =>
  explainAccess(identity.context, callOf(who), { key, principal, whoCan: "", ...noPage });
const whoCan = (who: Principal, key: string, right: string, page = noPage) =>
  explainAccess(identity.context, callOf(who), { key, principal: "", whoCan: right, ...page });

function save(who: Principal, key: string, change: Partial<Save>, validateOnly = false) {
  const secrets = [toInput({ key, ...change })];
  return saveSecrets(identity.context, callOf(who), { secrets, remove: [], validateOnly, idempotencyKey: "" });
}

/** What the real calls do with a key, right by right. Creating is unknown where the key is taken. */
async function tryAll(who: Principal, key: string, stored: Stored): Promise<Partial<Record<ExplainedRight, boolean>>> {
  const { context } = identity;
  const request = { ...noNames, keys: [key], namespace: "", keyPattern: "", state: undefined, view: "full" as const };
  const { secrets } = await listSecrets(context, callOf(who), { ...request, ...noPage });
  const removal = saveSecrets(context, callOf(who), {
    secrets: [],
    remove: [{ key, ifVersion: undefined }],
    validateOnly: true,
    idempotencyKey: "",
  });
  // An update of what is not there lacks the value to create it with.
  const outcome = (change: Partial<Save>) =>
    save(who, key, change, true).then(
      ([result]) => result?.outcome,
      () => "refused",
    );
  const changesList = async (name: "readers" | "writers" | "deleters") => {
    const before = stored.lists[name] ?? [];
    const after = before.includes("zed") ? before.filter((entry) => entry !== "zed") : [...before, "zed"];
    return (await outcome({ lists: { [name]: after.length === 0 ? "clear" : after } })) === "updated";
  };
  return {
    read: secrets.length === 1,
    write: (await outcome({ value: "another value" })) === "updated",
    delete: await removal.then(
      ([result]) => result?.outcome === "removed",
      () => false,
    ),
    "change-readers": await changesList("readers"),
    "change-writers": await changesList("writers"),
    "change-deleters": await changesList("deleters"),
    ...(stored.state === "live" ? {} : { create: (await outcome({ value: "a value" })) === "created" }),
  };
}

interface Stored {
  readonly state: "absent" | "live" | "removed";
  readonly lists: Readonly<Record<string, readonly string[]>>;
  readonly owner: string;
}

const names = fc.uniqueArray(fc.constantFrom("alice", "bob", "al", "backend", "ops", "zed"), { maxLength: 4 });
const stored: fc.Arbitrary<Stored> = fc.record({
  state: fc.constantFrom("live", "live", "live", "removed", "absent"),
  lists: fc.record(Object.fromEntries(accessListNames.map((name) => [name, names]))),
  owner: fc.constantFrom("alice", "bob", "al"),
});
const grants: fc.Arbitrary<Grants> = fc
  .array(fc.tuple(fc.constantFrom(...grantActions), fc.constantFrom("*", "alice/*", "*-1*", "nothing/*")), {
    maxLength: 4,
  })
  .map((pairs) =>
    checkGrants(
      pairs.map(([action, glob]) => ({ action, keyPatterns: [glob] })),
      "grants",
    ),
  );
const namespaces = fc.constantFrom("alice", "bob", "prod");

async function store(key: string, { state, lists, owner }: Stored): Promise<void> {
  if (state === "absent") return;
  await save(people.admin, key, { value: "v", lists, owner });
  if (state === "removed") {
    await removeSecrets(identity.context, callOf(people.admin), { ...noNames, keys: [key], idempotencyKey: "" });
  }
}

const allowedOf = (rights: readonly RightExplanation[]) =>
  Object.fromEntries(rights.map(({ right, allowed }) => [right, allowed]));

describe("an explanation", () => {
  test("is what the real calls do, for random lists, callers and grants", async () => {
    let run = 0;
    const property = fc.asyncProperty(
      fc.constantFrom(...Object.values(people)),
      grants,
      namespaces,
      stored,
      async (user, narrowedTo, namespace, secret) => {
        run += 1;
        const key = `${namespace}/KEY-${run}`;
        await store(key, secret);
        const who = { ...user, grants: narrowedTo };
        const { rights } = await explain(who, key);
        const done = await tryAll(who, key, secret);
        expect(allowedOf(rights)).toMatchObject(done);
        expect(rights.map(({ right }) => right)).toEqual(explainedRights);
        for (const { allowed, grant } of rights) expect(grant !== undefined).toBe(allowed && narrowedTo.length > 0);
        // Where one may not create keys, what nothing shows is explained as what does not exist.
        const absent = (await explain(who, `${namespace}/NONE-${run}`)).rights;
        if (!allowedOf(absent).create && !Object.values(done).includes(true)) expect(rights).toEqual(absent);
      },
    );
    await checkRandom(property, 150, 15);
  });

  test("by an admin for someone else says what that one may do", async () => {
    let run = 0;
    const property = fc.asyncProperty(namespaces, stored, async (namespace, secret) => {
      run += 1;
      const key = `${namespace}/OTHER-${run}`;
      await store(key, secret);
      const holders = new Map<string, string[]>(explainedRights.map((right) => [right, []]));
      for (const who of Object.values(people).sort((a, b) => (a.slug < b.slug ? -1 : 1))) {
        const about = await explain(people.admin, key, who.slug);
        expect(about.principal).toBe(who.slug);
        expect(allowedOf(about.rights)).toEqual(allowedOf((await explain(who, key)).rights));
        for (const { right, allowed } of about.rights) if (allowed) holders.get(right)?.push(who.slug);
      }
      for (const right of explainedRights) {
        if (right !== "create" && secret.state !== "live") {
          await expect(whoCan(people.admin, key, right)).rejects.toMatchObject({ reason: "NOT_FOUND" });
          continue;
        }
        const answer = await whoCan(people.admin, key, right);
        expect(answer.holders.map(({ slug }) => slug)).toEqual(holders.get(right));
        expect(answer.listed).toEqual(right === "create" ? [] : [...(secret.lists[listOfRight[right]] ?? [])].sort());
      }
    });
    await checkRandom(property, 25, 20);
  });

  test("names the rule, the list, the entries and the grant", async () => {
    const lists = { readers: ["alice", "backend"], writers: ["backend"], canChangeReaders: ["alice"] };
    await save(people.admin, "prod/NAMED", { value: "v", lists, owner: "alice" });
    const { rights } = await explain(people.alice, "prod/NAMED");
    expect(rights).toMatchObject([
      { right: "read", allowed: true, rule: "slug-listed", list: "readers", entries: ["alice", "backend"] },
      { right: "write", allowed: true, rule: "role-listed", list: "writers", entries: ["backend"] },
      { right: "delete", allowed: false, rule: "not-listed", list: "deleters", entries: [] },
      { right: "change-readers", allowed: true, rule: "slug-listed" },
      { right: "change-writers", allowed: false, rule: "not-listed" },
      { right: "change-deleters", allowed: false, rule: "not-listed" },
      { right: "create", allowed: false, rule: "foreign-prefix" },
    ]);
    const narrowed = {
      ...people.alice,
      grants: checkGrants([{ action: "read", keyPatterns: ["dev/*", "prod/*"] }], ""),
    };
    expect((await explain(narrowed, "prod/NAMED")).rights.slice(0, 3)).toMatchObject([
      { right: "read", allowed: true, rule: "slug-listed", grant: "read:prod/*" },
      { right: "write", allowed: false, rule: "not-granted", grant: undefined, entries: ["backend"] },
      { right: "delete", allowed: false, rule: "not-listed" },
    ]);
    expect((await explain(people.al, "prod/NAMED")).rights[0]).toMatchObject({ allowed: false, rule: "missing" });
    expect((await explain(people.admin, "prod/NAMED", "al")).rights[0]).toMatchObject({ rule: "not-listed" });
  });
});

describe("what others may do", () => {
  const failureOf = (answer: Promise<ExplainAnswer>): Promise<Failure | undefined> =>
    answer.then(
      () => undefined,
      (error: unknown) => {
        if (error instanceof SecretError) return error.failures[0];
        throw error;
      },
    );

  test("is shown to admins, with a token that is not narrowed", async () => {
    const grantsOfAll = checkGrants(
      grantActions.map((action) => ({ action, keyPatterns: ["*"] })),
      "",
    );
    const narrowed = { ...people.admin, grants: grantsOfAll };
    for (const ask of [
      (who: Principal) => explain(who, "prod/NAMED", "bob"),
      (who: Principal) => explain(who, "prod/NAMED", "nobody"),
      (who: Principal) => whoCan(who, "prod/NAMED", "read"),
      (who: Principal) => whoCan(who, "prod/NONE", "read"),
    ]) {
      expect(await failureOf(ask(people.alice))).toMatchObject({ reason: "ADMIN_ONLY" });
      expect(await failureOf(ask(narrowed))).toMatchObject({ reason: "NOT_GRANTED" });
    }
    expect(await failureOf(explain(people.alice, "prod/NAMED", "alice"))).toBeUndefined();
    expect(await failureOf(explain(people.admin, "prod/NAMED", "nobody"))).toMatchObject({
      reason: "NOT_FOUND",
      field: "principal",
    });
  });

  test("is answered page by page", async () => {
    await save(people.admin, "prod/PAGED", { value: "v", lists: { readers: ["backend", "gone"] } });
    const seen: string[] = [];
    let pageToken = "";
    do {
      const page = await whoCan(people.admin, "prod/PAGED", "read", { pageSize: 1, pageToken });
      expect(page.holders.length).toBeLessThan(2);
      expect(page.listed).toEqual(["backend", "gone"]);
      seen.push(...page.holders.map(({ slug, explanation: { rule } }) => `${slug} ${rule}`));
      pageToken = page.nextPageToken;
    } while (pageToken !== "");
    expect(seen).toEqual(["admin admin", "alice role-listed", "bob role-listed", "boss admin"]);
    const { nextPageToken } = await whoCan(people.admin, "prod/PAGED", "read", { pageSize: 1, pageToken: "" });
    expect(
      await failureOf(whoCan(people.admin, "prod/PAGED", "write", { pageSize: 1, pageToken: nextPageToken })),
    ).toMatchObject({ reason: "INVALID_PAGE_TOKEN" });
  });

  test.each([
    [{ key: "" }, "key"],
    [{ key: "a//b" }, "key"],
    [{ principal: "No Slug" }, "principal"],
    [{ whoCan: "fly" }, "whoCan"],
    [{ whoCan: "read", principal: "bob" }, "whoCan"],
    [{ pageSize: 5 }, "pageSize"],
    [{ pageToken: "x" }, "pageToken"],
    [{ whoCan: "read", pageSize: 1_001 }, "pageSize"],
  ])("is not asked for with %j", async (wrong, field) => {
    const request = { key: "prod/A", principal: "", whoCan: "", ...noPage, ...wrong };
    expect(await failureOf(explainAccess(identity.context, callOf(people.admin), request))).toMatchObject({ field });
  });
});
