import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SecretError } from "../../src/error.ts";
import {
  type Decision,
  decide,
  decideCreate,
  decideListChange,
  decideOwnerChange,
  decideUnchanged,
  isVisible,
  mayLearnOf,
  type Principal,
  type Subject,
} from "../../src/rules/access.ts";
import {
  checkGrants,
  type GrantAction,
  type GrantInput,
  grantActions,
  grantedPrefix,
  grantTexts,
  readGrantTexts,
} from "../../src/rules/grants.ts";
import type { AccessLists } from "../../src/store/secret-rows.ts";
import { type AccessListName, accessListNames, type Right, rights } from "../../src/text/access-list-names.ts";
import { checkRandom } from "../support/random-draws.ts";

const user: Principal = { tenant: "default", slug: "alice", roles: ["ops"], admin: false, operator: false, grants: [] };
const admin: Principal = { ...user, slug: "ci", roles: [], admin: true };

function can(principal: Principal, ...texts: string[]): Principal {
  const inputs = texts.map((text) => {
    const [action = "", glob = ""] = text.split(":");
    return { action, keyPatterns: [glob] };
  });
  return { ...principal, grants: checkGrants(inputs, "grants") };
}

function secret(entries: readonly string[], more: Partial<Subject> = {}): Subject {
  const lists = Object.fromEntries(accessListNames.map((name) => [name, entries])) as Record<
    AccessListName,
    readonly string[]
  >;
  return { tenant: "default", key: "prod/A", owner: "alice", lists, removed: false, ...more };
}

const shown = ({ allowed, rule }: Decision) => `${allowed ? "yes" : "no "} ${rule}`;

// Written once more, so that the table is not built from the code's own.
const actionFor: Record<Right, GrantAction> = {
  read: "read",
  write: "save-value",
  delete: "remove",
  "change-readers": "save-lists",
  "change-writers": "save-lists",
  "change-deleters": "save-lists",
};

describe("what a grant leaves of a user's rights", () => {
  test.each(grantActions)("only its own: %s", (action) => {
    for (const who of [user, admin]) {
      const narrowed = can(who, `${action}:prod/*`);
      for (const right of rights) {
        const decision = decide(narrowed, secret(["alice"]), right);
        const whole = decide(who, secret(["alice"]), right);
        expect(shown(decision)).toBe(actionFor[right] === action ? shown(whole) : "no  not-granted");
        expect(shown(decide(narrowed, secret(["alice"], { key: "dev/A" }), right))).toBe("no  not-granted");
      }
      for (const list of accessListNames) {
        expect(decideListChange(narrowed, secret(["alice"]), list).allowed).toBe(action === "save-lists");
      }
      expect(isVisible(narrowed, secret(["alice"]))).toBe(action !== "create");
      expect(isVisible(narrowed, secret(["alice"], { key: "dev/A" }))).toBe(false);
    }
  });

  test("creating, and bringing back, is a grant of its own", () => {
    const gone = secret(["alice"], { removed: true });
    for (const action of grantActions) {
      const rule = action === "create" ? "yes admin" : "no  not-granted";
      expect(shown(decideCreate(can(admin, `${action}:prod/*`), "prod/A", undefined))).toBe(rule);
      expect(shown(decideCreate(can(admin, `${action}:prod/*`), "prod/A", gone))).toBe(rule);
    }
    const ofAlice = can(user, "create:*");
    expect(shown(decideCreate(ofAlice, "alice/A", undefined))).toBe("yes own-prefix");
    expect(shown(decideCreate(ofAlice, "prod/A", undefined))).toBe("no  foreign-prefix");
    expect(shown(decideCreate(can(user, "create:alice/B"), "alice/A", undefined))).toBe("no  not-granted");
  });

  test("the owner is an admin's business, and goes with the lists", () => {
    expect(shown(decideOwnerChange(admin, secret([])))).toBe("yes admin");
    expect(shown(decideOwnerChange(can(admin, "save-lists:prod/*"), secret([])))).toBe("yes admin");
    expect(shown(decideOwnerChange(can(admin, "save-value:prod/*"), secret([])))).toBe("no  not-granted");
    expect(shown(decideOwnerChange(can(user, "save-lists:*"), secret(["alice"])))).toBe("no  admin-only");
  });

  test("a caller who may save one part may save a secret as it is", () => {
    for (const action of grantActions) {
      const expected = action === "read" || action.startsWith("save-");
      expect(decideUnchanged(can(admin, `${action}:prod/*`), secret([])).allowed).toBe(expected);
    }
    expect(shown(decideUnchanged(can(user, "save-lists:*"), secret([])))).toBe("no  not-listed");
  });

  test("what the user lacks is said first: the grants say nothing of the lists", () => {
    expect(shown(decide(can(user, "read:dev/*"), secret(["bob"]), "read"))).toBe("no  not-listed");
    expect(shown(decide(can(admin, "read:*"), undefined, "read"))).toBe("no  missing");
    expect(shown(decide(can(admin, "read:*"), secret([], { tenant: "other" }), "read"))).toBe("no  other-tenant");
  });
});

const key = fc.constantFrom("prod/A", "prod/B/c", "alice/A", "dev/A", "A");
const glob = fc.constantFrom("*", "prod/*", "*/A", "prod/A", "p*", "*o*", "alice/*", "x");
const grant = fc.record({ action: fc.constantFrom(...grantActions), keyPatterns: fc.array(glob, { minLength: 1 }) });
const names = fc.uniqueArray(fc.constantFrom("alice", "ops", "bob", "ci"));
const lists = fc.record(Object.fromEntries(accessListNames.map((name) => [name, names])));
const subject = fc
  .record({ key, lists, owner: fc.constantFrom("alice", "ci"), removed: fc.boolean(), tenant: fc.constant("default") })
  .map((fields): Subject => ({ ...fields, lists: fields.lists as unknown as AccessLists }));

const granted = (grants: readonly GrantInput[], actions: readonly string[], name: string) =>
  grants.some(({ action, keyPatterns }) => {
    const matches = (pattern: string) => new RegExp(`^${pattern.replaceAll("*", ".*")}$`).test(name);
    return actions.includes(action) && keyPatterns.some(matches);
  });

test("threat 1: a narrowed token has its user's rights where they are granted, and no other", () => {
  const property = fc.property(
    fc.constantFrom(user, admin),
    fc.array(grant, { minLength: 1, maxLength: 5 }),
    subject,
    (whole, inputs, about) => {
      const narrowed = { ...whole, grants: checkGrants(inputs, "grants") };
      const former = about.removed ? about : undefined;
      const compare = (ask: (who: Principal) => Decision, ...actions: GrantAction[]) => {
        const [before, after] = [ask(whole), ask(narrowed)];
        const keeps = !before.allowed || granted(inputs, actions, about.key);
        expect(after).toEqual(keeps ? before : { allowed: false, rule: "not-granted" });
      };
      for (const right of rights) compare((who) => decide(who, about, right), actionFor[right]);
      for (const list of accessListNames) compare((who) => decideListChange(who, about, list), "save-lists");
      compare((who) => decideCreate(who, about.key, former), "create");
      compare((who) => decideOwnerChange(who, about), "save-lists");
      compare((who) => decideUnchanged(who, about), "read", "save-value", "save-lists");
      if (isVisible(narrowed, about)) expect(isVisible(whole, about)).toBe(true);
      if (mayLearnOf(narrowed, about.key)) expect(mayLearnOf(whole, about.key)).toBe(true);
    },
  );
  checkRandom(property, 2_000);
});

describe("grants as they are given", () => {
  const failuresOf = (inputs: readonly GrantInput[]) => {
    try {
      checkGrants(inputs, "grants");
    } catch (error) {
      if (error instanceof SecretError) return error.failures;
      throw error;
    }
    return [];
  };

  test("come into one form", () => {
    const grants = checkGrants(
      [
        { action: "save-value", keyPatterns: ["prod/*", "b**", "a"] },
        { action: "create", keyPatterns: ["prod/*"] },
        { action: "save-value", keyPatterns: ["a", "c"] },
      ],
      "grants",
    );
    expect(grantTexts(grants)).toEqual([
      "create:prod/*",
      "save-value:a",
      "save-value:b*",
      "save-value:c",
      "save-value:prod/*",
    ]);
    expect(readGrantTexts(grantTexts(grants))).toEqual(grants);
    expect(checkGrants([], "grants")).toEqual([]);
  });

  test.each<[string, GrantInput, object]>([
    ["an unknown action", { action: "write", keyPatterns: ["*"] }, { field: "grants[0].action" }],
    ["no action", { action: "", keyPatterns: ["*"] }, { field: "grants[0].action" }],
    ["no pattern, which would narrow nothing", { action: "read", keyPatterns: [] }, { field: "grants[0].keyPatterns" }],
    ["an empty pattern", { action: "read", keyPatterns: [""] }, { field: "grants[0].keyPatterns[0]" }],
    [
      "a pattern that no key fits",
      { action: "read", keyPatterns: ["a", "b c"] },
      { field: "grants[0].keyPatterns[1]" },
    ],
    ["a regular expression", { action: "read", keyPatterns: ["(a+)+"] }, { field: "grants[0].keyPatterns[0]" }],
  ])("are refused: %s", (_, input, failure) => {
    expect(failuresOf([input])).toMatchObject([{ reason: "INVALID_FIELD", ...failure }]);
  });

  test("are bounded", () => {
    const long = "x".repeat(256);
    expect(failuresOf([{ action: "read", keyPatterns: [long] }])).toMatchObject([
      { reason: "LIMIT_EXCEEDED", field: "grants[0].keyPatterns[0]", limit: 255, actual: 256 },
    ]);
    const many = Array.from({ length: 65 }, (_, at) => `k${at}`);
    expect(failuresOf([{ action: "read", keyPatterns: many }])).toMatchObject([
      { reason: "LIMIT_EXCEEDED", field: "grants", limit: 64, actual: 65 },
    ]);
    expect(failuresOf([{ action: "read", keyPatterns: many.slice(1) }])).toEqual([]);
  });

  test.each(["read", "read:", "write:*", ":*", "read:a b", "__proto__:*"])(
    "stored as %s are not understood",
    (text) => {
      expect(readGrantTexts([text, "read:*"])).toBeUndefined();
    },
  );
});

test.each<[readonly string[], readonly GrantAction[], string | undefined]>([
  [["read:prod/*"], ["read"], "prod/"],
  [["read:prod/*", "read:prod-eu/*"], ["read"], "prod"],
  [["read:prod/*", "read:dev/*"], ["read"], ""],
  [["read:prod/A", "remove:dev/*"], ["read"], "prod/A"],
  [["read:prod/A", "remove:dev/*"], ["read", "remove"], ""],
  [["read:*/A"], ["read"], ""],
  [["create:prod/*"], ["read"], undefined],
  [[], ["read"], ""],
])("a list under %j needs to look through keys for %j that begin with %j", (texts, actions, prefix) => {
  expect(grantedPrefix(can(admin, ...texts).grants, actions)).toBe(prefix);
});
