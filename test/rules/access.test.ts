import { describe, expect, test } from "vitest";
import {
  type Decision,
  decide,
  decideCreate,
  decideListChange,
  identitiesOf,
  isVisible,
  type Principal,
  type Subject,
} from "../../src/rules/access.ts";
import type { AccessLists } from "../../src/store/secret-rows.ts";
import {
  type AccessListName,
  accessListNames,
  listOfRight,
  type Right,
  rights,
} from "../../src/text/access-list-names.ts";
import { aLists } from "../support/store/rows.ts";

const person = (slug: string, more: Partial<Principal> = {}): Principal => ({
  tenant: "default",
  slug,
  roles: [],
  admin: false,
  operator: false,
  grants: [],
  ...more,
});

const secret = (lists: Partial<AccessLists>, more: Partial<Subject> = {}): Subject => ({
  tenant: "default",
  key: "alice/A",
  owner: "alice",
  lists: aLists(lists),
  removed: false,
  ...more,
});

/** The list that gives each right, once more: the table below must not be built from the code's own. */
const listThatGives: Record<Right, AccessListName> = {
  read: "readers",
  write: "writers",
  delete: "deleters",
  "change-readers": "canChangeReaders",
  "change-writers": "canChangeWriters",
  "change-deleters": "canChangeDeleters",
};

/** Everyone in every list but the one of `right`. */
function othersOnly(right: Right): Partial<AccessLists> {
  const others = accessListNames.filter((name) => name !== listThatGives[right]);
  return Object.fromEntries(others.map((name) => [name, ["alice", "backend", "bob"]]));
}

/** The caller, and how the lists of the secret look for the right that is asked for. */
const callers = {
  admin: { who: person("root", { admin: true }), lists: (_: Right) => ({}) },
  // The owner is listed nowhere here: being the owner is not a right (rule 3).
  owner: { who: person("alice"), lists: (_: Right) => ({}) },
  "listed by slug": { who: person("bob"), lists: (right: Right) => ({ [listThatGives[right]]: ["bob"] }) },
  "listed by role": {
    who: person("carol", { roles: ["backend", "ops"] }),
    lists: (right: Right) => ({ [listThatGives[right]]: ["ops"] }),
  },
  "listed for another right": { who: person("bob", { roles: ["backend"] }), lists: othersOnly },
  stranger: {
    who: person("mallory", { roles: ["al", "alic", "alice-x"] }),
    lists: (right: Right) => ({ ...othersOnly(right), [listThatGives[right]]: ["alice", "backend"] }),
  },
  operator: { who: person("op", { operator: true }), lists: (_: Right) => ({}) },
  "other tenant": {
    who: person("alice", { tenant: "other", roles: ["backend"], admin: true, operator: true }),
    lists: (right: Right) => ({ [listThatGives[right]]: ["alice", "backend"] }),
  },
} satisfies Record<string, { who: Principal; lists: (right: Right) => Partial<AccessLists> }>;

// The rules of access as a table: yes or no, and the rule that is recorded. It holds for each of the six rights.
const table: readonly (readonly [caller: keyof typeof callers, exists: string, removed: string, missing: string])[] = [
  // caller                     exists               removed               missing
  ["admin", "yes admin", "no  removed", "no  missing"],
  ["owner", "no  not-listed", "no  removed", "no  missing"],
  ["listed by slug", "yes slug-listed", "no  removed", "no  missing"],
  ["listed by role", "yes role-listed", "no  removed", "no  missing"],
  ["listed for another right", "no  not-listed", "no  removed", "no  missing"],
  ["stranger", "no  not-listed", "no  removed", "no  missing"],
  ["operator", "no  not-listed", "no  removed", "no  missing"],
  ["other tenant", "no  other-tenant", "no  other-tenant", "no  missing"],
];

const shown = ({ allowed, rule }: Decision) => `${allowed ? "yes" : "no "} ${rule}`;

describe("threats 3, 9: who has a right", () => {
  const cases = rights.flatMap((right) => table.map((row) => [right, ...row] as const));
  test.each(cases)("%s: %s", (right, caller, exists, removed, missing) => {
    const { who, lists } = callers[caller];
    const subject = secret(lists(right));
    expect({
      exists: shown(decide(who, subject, right)),
      removed: shown(decide(who, { ...subject, removed: true }, right)),
      missing: shown(decide(who, undefined, right)),
    }).toEqual({ exists, removed, missing });
  });

  test("each right has a list of its own", () => {
    expect(listOfRight).toEqual(listThatGives);
    expect(rights).toHaveLength(6);
  });

  test("an owner has what the lists say, like everyone else", () => {
    const subject = secret({ readers: ["alice"] });
    expect(rights.filter((right) => decide(person("alice"), subject, right).allowed)).toEqual(["read"]);
  });
});

describe("who may create a key", () => {
  const alice = person("alice", { roles: ["backend"] });
  const admin = callers.admin.who;
  test.each([
    // caller, key, decision
    ["admin", admin, "alice/A", "yes admin"],
    ["admin, bare key", admin, "SHARED", "yes admin"],
    ["own prefix", alice, "alice/A", "yes own-prefix"],
    ["own prefix, deeper", alice, "alice/B/c", "yes own-prefix"],
    ["bare key", alice, "SHARED", "no  foreign-prefix"],
    ["own slug as a bare key", alice, "alice", "no  foreign-prefix"],
    ["a role is not a prefix", alice, "backend/A", "no  foreign-prefix"],
    ["threat 8: someone else's", alice, "payment-svc/KEY", "no  foreign-prefix"],
    ["threat 7: al on alice/A", person("al"), "alice/A", "no  foreign-prefix"],
    ["threat 7: auth on auth-svc/X", person("auth"), "auth-svc/X", "no  foreign-prefix"],
    ["threat 7: p on payment-svc/KEY", person("p"), "payment-svc/KEY", "no  foreign-prefix"],
    ["threat 7: alice-x on alice/A", person("alice-x"), "alice/A", "no  foreign-prefix"],
    [
      "threat 37: a role that begins with the prefix",
      person("x", { roles: ["alice"] }),
      "alice/A",
      "no  foreign-prefix",
    ],
    ["case counts", alice, "Alice/A", "no  foreign-prefix"],
    ["operator", callers.operator.who, "alice/A", "no  foreign-prefix"],
    ["the prefix counts in every tenant for itself", callers["other tenant"].who, "bob/A", "yes admin"],
  ])("%s", (_name, who, key, decision) => {
    expect(shown(decideCreate(who, key, undefined))).toBe(decision);
  });

  test.each([
    // Bringing a removed key back needs write under its old lists; the prefix gives nothing.
    ["admin", admin, {}, "yes admin"],
    ["writer by slug", alice, { writers: ["alice"] }, "yes slug-listed"],
    ["writer by role", alice, { writers: ["backend"] }, "yes role-listed"],
    ["writer elsewhere", person("bob"), { writers: ["bob"] }, "yes slug-listed"],
    ["owner who is not a writer, in the own prefix", alice, { readers: ["alice"] }, "no  not-listed"],
    ["stranger", person("mallory"), { writers: ["alice"] }, "no  not-listed"],
    ["other tenant", callers["other tenant"].who, { writers: ["alice"] }, "no  other-tenant"],
  ])("threat 93: a removed key: %s", (_name, who, lists, decision) => {
    expect(shown(decideCreate(who, "alice/A", secret(lists, { removed: true })))).toBe(decision);
  });
});

describe("threat 4: who may replace a list", () => {
  const all = ["alice", "backend", "bob"];
  const full = secret(Object.fromEntries(accessListNames.map((name) => [name, all])));
  const ownersNot = secret(Object.fromEntries(accessListNames.map((name) => [name, ["backend", "bob"]])));
  const open = accessListNames.slice(0, 3);
  const change = accessListNames.slice(3);
  const may = (who: Principal, subject: Subject) =>
    accessListNames.filter((name) => decideListChange(who, subject, name).allowed);

  test.each([
    // caller, secret, lists that may be replaced
    ["admin", callers.admin.who, ownersNot, [...accessListNames]],
    ["owner in every list", person("alice"), full, [...accessListNames]],
    ["owner in no list", person("alice"), ownersNot, []],
    ["owner by a role in every list", person("alice", { roles: ["backend"] }), ownersNot, open],
    ["others in every list", person("bob"), full, open],
    ["stranger", person("mallory"), full, []],
    ["other tenant", callers["other tenant"].who, full, []],
  ] as const)("%s", (_name, who, subject, lists) => {
    expect(may(who, subject)).toEqual(lists);
  });

  test("each of the first three lists asks for the change list of its name", () => {
    for (const [at, name] of open.entries()) {
      const only = secret({ [change[at] ?? ""]: ["bob"] });
      expect(may(person("bob"), only)).toEqual([name]);
    }
  });

  test("each change list asks for the owner in that very list", () => {
    for (const name of change) {
      const only = secret({ [name]: ["alice"] });
      expect(may(person("alice"), only).filter((each) => change.includes(each))).toEqual([name]);
    }
  });

  test("nothing can be replaced in a removed secret", () => {
    for (const who of [callers.admin.who, person("alice"), person("bob")]) {
      expect(may(who, { ...full, removed: true })).toEqual([]);
    }
  });
});

describe("threat 80: to whom a secret exists", () => {
  test.each(accessListNames)("to those in %s, by slug or role", (name) => {
    const subject = secret({ [name]: ["backend", "bob"] });
    expect(isVisible(person("bob"), subject)).toBe(true);
    expect(isVisible(person("carol", { roles: ["backend"] }), subject)).toBe(true);
    expect(isVisible(person("alice"), subject)).toBe(false);
    expect(isVisible(person("mallory", { roles: ["back", "backend-x"] }), subject)).toBe(false);
    expect(isVisible(person("bob", { tenant: "other" }), subject)).toBe(false);
    expect(isVisible(person("bob"), { ...subject, removed: true })).toBe(false);
  });

  test("to admins always, to no one when it is missing", () => {
    expect(isVisible(callers.admin.who, secret({}))).toBe(true);
    expect(isVisible(callers.admin.who, secret({}, { removed: true }))).toBe(false);
    expect(isVisible(callers.admin.who, undefined)).toBe(false);
    expect(isVisible(callers.operator.who, secret({}))).toBe(false);
  });

  test("identities are the slug and the roles", () => {
    expect(identitiesOf(person("bob", { roles: ["backend", "ops"] }))).toEqual(["bob", "backend", "ops"]);
  });
});

describe("permits", () => {
  const held = [
    { name: "alice", pattern: "team/*" },
    { name: "backend", pattern: "team/*" },
    { name: "backend", pattern: "bob/*" },
  ];
  const alice = person("alice", { roles: ["backend"], permits: { held, closed: new Set(["bob"]) } });

  test("let create what they match, but nothing under the slug of another user", () => {
    expect(decideCreate(alice, "team/A", undefined)).toMatchObject({ allowed: true, rule: "permit", permit: held[0] });
    expect(decideCreate(alice, "team", undefined)).toEqual({ allowed: false, rule: "foreign-prefix" });
    expect(decideCreate(alice, "bob/A", undefined)).toEqual({ allowed: false, rule: "foreign-prefix" });
    expect(decideCreate(alice, "alice/A", undefined)).toMatchObject({ rule: "own-prefix" });
    expect(decideCreate(person("alice", { roles: ["backend"] }), "team/A", undefined).allowed).toBe(false);
  });

  test("do not bring back a removed secret: that is for its writers", () => {
    const removed = secret({ writers: ["carol"] }, { key: "team/A", removed: true });
    expect(decideCreate(alice, "team/A", removed)).toEqual({ allowed: false, rule: "not-listed" });
  });

  test("make a role an owner, whose members may replace the change lists that it is in", () => {
    const owned = secret({ canChangeReaders: ["backend"], canChangeWriters: ["alice"] }, { owner: "backend" });
    expect(decideListChange(alice, owned, "canChangeReaders")).toEqual({ allowed: true, rule: "owner-listed" });
    expect(decideListChange(alice, owned, "canChangeWriters").allowed).toBe(false);
    expect(decideListChange(person("bob"), owned, "canChangeReaders").allowed).toBe(false);
  });
});
