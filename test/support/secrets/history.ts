import fc from "fast-check";
import { expect } from "vitest";
import { checkRandom } from "../random-draws.ts";
import {
  createModel,
  type List,
  lists,
  type Outcome,
  type Permit,
  type Person,
  type Removal,
  type Result,
  type Save,
  type Shown,
} from "./model.ts";

/** One failing item as the service reports it. */
export interface ActualRefusal {
  readonly index: number;
  readonly key: string;
  readonly reason: string;
}

export type ActualOutcome = { readonly results: readonly Result[] } | { readonly refused: readonly ActualRefusal[] };

/** A way to use the service. */
export interface Driver {
  /** Makes the users of a tenant that has none yet, and their permits. */
  addPeople(people: readonly Person[]): Promise<void>;
  save(
    person: Person,
    saves: readonly Save[],
    removals: readonly Removal[],
    validateOnly: boolean,
  ): Promise<ActualOutcome>;
  remove(person: Person, keys: readonly string[]): Promise<ActualOutcome>;
  /** Everything that is listed for a person, page by page. */
  list(person: Person, withValues: boolean): Promise<readonly Shown[]>;
  /** Of named keys, those that are shown with their value; the rest must be reported as missing. */
  read(person: Person, keys: readonly string[]): Promise<readonly Shown[]>;
  /** Asks for the audit records of a key: "allowed", or the reason why not. */
  records(person: Person, key: string): Promise<string>;
}

type Who = keyof ReturnType<typeof peopleOf>;
const everyone = [
  "admin",
  "alice",
  "bob",
  "al",
  "foreigner",
  "foreignAdmin",
  "adminsToken",
  "alicesToken",
] as const satisfies readonly Who[];

/** What two narrowed tokens may do, as `action:glob`. */
export interface Narrowings {
  readonly admin: readonly string[];
  readonly alice: readonly string[];
}

/**
 * An admin, two users who share a role, a stranger whose slug begins another's, two of another tenant, and the admin
 * and alice once more, with narrowed tokens.
 */
function peopleOf(tenant: string, otherTenant: string, narrowings: Narrowings, permits: readonly Permit[] = []) {
  const slugs = ["admin", "alice", "bob", "al"];
  const user = { tenant, roles: [] as string[], admin: false, can: [] as string[], permits, slugs };
  const elsewhere = { permits: [], slugs: ["alice", "admin"] };
  return {
    admin: { ...user, slug: "admin", admin: true },
    alice: { ...user, slug: "alice", roles: ["backend"] },
    bob: { ...user, slug: "bob", roles: ["backend", "ops"] },
    al: { ...user, slug: "al" },
    foreigner: { ...user, ...elsewhere, tenant: otherTenant, slug: "alice", roles: ["backend"] },
    foreignAdmin: { ...user, ...elsewhere, tenant: otherTenant, slug: "admin", roles: ["ops"], admin: true },
    adminsToken: { ...user, slug: "admin", admin: true, can: [...narrowings.admin] },
    alicesToken: { ...user, slug: "alice", roles: ["backend"], can: [...narrowings.alice] },
  } satisfies Record<string, Person>;
}

type Step =
  | {
      readonly kind: "save";
      readonly who: Who;
      readonly saves: readonly Save[];
      readonly removals: readonly Removal[];
      readonly validateOnly: boolean;
    }
  | { readonly kind: "remove"; readonly who: Who; readonly keys: readonly string[] }
  | { readonly kind: "read"; readonly who: Who; readonly keys: readonly string[] };

type History = readonly Step[];

const allKeys = ["alice/A", "alice/B/c", "bob/A", "al/A", "SHARED", "team/A", "team/web/B"];
const key = fc.constantFrom("alice/A", "alice/A", ...allKeys, "SHARED", "team/A");
const who = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom<Who>(
      "admin",
      "alice",
      "alice",
      "alice",
      "bob",
      "bob",
      "al",
      "foreigner",
      "foreignAdmin",
    ),
  },
  { weight: 1, arbitrary: fc.constantFrom<Who>("adminsToken", "alicesToken") },
);
const action = fc.constantFrom("read", "create", "save-value", "save-lists", "remove");
const glob = fc.constantFrom("*", "alice/*", "alice/A", "*/A", "SHARED", "a*");
const can = fc.uniqueArray(
  fc.tuple(action, glob).map((parts) => parts.join(":")),
  { minLength: 1, maxLength: 6 },
);
const permitGlob = fc.constantFrom("team/*", "team/*", "*", "*/A", "SHARED", "alice/*");
/** Permits of users and roles, also some that reach under slugs. */
const permits: fc.Arbitrary<Permit[]> = fc.array(
  fc.record({ name: fc.constantFrom("alice", "bob", "backend", "ops"), glob: permitGlob }),
  { maxLength: 4 },
);
const narrowings: fc.Arbitrary<Narrowings> = fc.record({ admin: can, alice: can });
const name = fc.constantFrom("alice", "bob", "al", "backend", "ops", "admin");
const names = fc.uniqueArray(name, { minLength: 1, maxLength: 3 });
const wanted = fc.oneof({ weight: 5, arbitrary: names }, { weight: 1, arbitrary: fc.constant("clear" as const) });
const listName = fc.constantFrom(...lists);
const value = fc.constantFrom("canary-1", "canary-2");
const note = fc.constantFrom("first", "second", "clear");
const rarely = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 9 });
const ifVersion = rarely(fc.nat({ max: 4 }));
const rightChecksum = rarely(fc.constant(false)).map((wrong) => wrong !== false);

/** Changes one thing, or nothing: so each right is asked for alone. */
const touch: fc.Arbitrary<Partial<Save>> = fc.oneof(
  fc.record({ value }),
  fc.record({ note }),
  fc.record({ owner: fc.constantFrom("alice", "bob", "al", "backend", "ops") }),
  fc.tuple(listName, wanted).map(([list, entries]) => ({ lists: { [list]: entries } })),
  fc.constant({}),
);

/** Gives everything, as from a file. */
const whole: fc.Arbitrary<Partial<Save>> = fc.record({
  value,
  note: rarely(note),
  lists: fc.uniqueArray(fc.tuple(listName, wanted), { maxLength: 6, selector: ([list]) => list }).map(listsOf),
  owner: rarely(fc.constantFrom("alice", "bob", "al", "backend")),
});

function listsOf(pairs: readonly (readonly [List, readonly string[] | "clear"])[]): Save["lists"] {
  return Object.fromEntries(pairs);
}

const nothing = { value: undefined, lists: {}, note: undefined, owner: undefined };
const save: fc.Arbitrary<Save> = fc
  .tuple(fc.record({ key, ifVersion, rightChecksum }), fc.oneof(touch, whole))
  .map(([common, content]) => ({ ...nothing, ...common, ...content }));

const keys = fc.uniqueArray(key, { minLength: 1, maxLength: 2 });
const removal = fc.record({ key, ifVersion });
const batch = fc
  .record({ saves: fc.uniqueArray(save, { minLength: 1, maxLength: 3, selector: (one) => one.key }), removal })
  .map(({ saves, removal: one }) => ({
    saves,
    removals: saves.some((each) => each.key === one.key) ? [] : [one],
  }));
const single = save.map((one) => ({ saves: [one], removals: [] as readonly Removal[] }));
const validateOnly = rarely(fc.constant(true)).map((wish) => wish === true);

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(who, fc.oneof({ weight: 6, arbitrary: single }, { weight: 1, arbitrary: batch }), validateOnly)
      .map(([caller, content, plan]): Step => ({ kind: "save", who: caller, validateOnly: plan, ...content })),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("remove" as const), who, keys }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("read" as const), who, keys }) },
);

/** By the admin, with lists of all kinds: where every combination of rights comes from. */
const start: fc.Arbitrary<Step> = fc.tuple(key, whole).map(
  ([named, content]): Step => ({
    kind: "save",
    who: "admin",
    saves: [{ ...nothing, ifVersion: undefined, rightChecksum: true, key: named, ...content }],
    removals: [],
    validateOnly: false,
  }),
);

function histories(stepsMax: number): fc.Arbitrary<History> {
  return fc
    .tuple(fc.array(start, { maxLength: 3 }), fc.array(step, { minLength: 1, maxLength: stepsMax, size: "max" }))
    .map(([first, rest]) => [...first, ...rest]);
}

/** Carries out so many random histories of at most `steps` steps, each in tenants of its own. */
export async function checkHistories(
  driver: Driver,
  { steps, runs, more = 10 }: { steps: number; runs: number; more?: number },
): Promise<void> {
  let run = 0;
  await checkRandom(
    fc.asyncProperty(histories(steps), narrowings, permits, async (history, narrowed, permitted) => {
      run += 1;
      const people = peopleOf(`t${run}`, `u${run}`, narrowed, permitted);
      await driver.addPeople(Object.values(people));
      await replay(history, driver, people);
    }),
    runs,
    more,
  );
}

/** Carries a history out in the service and in the model, and compares them after each step. */
async function replay(history: History, driver: Driver, people: Readonly<Record<Who, Person>>): Promise<void> {
  const model = createModel();
  for (const each of history) {
    const person = people[each.who];
    if (each.kind === "read") {
      const expected = model.list(person, true).filter((shown) => each.keys.includes(shown.key));
      expect(await driver.read(person, each.keys)).toEqual(expected);
    } else if (each.kind === "remove") {
      compare(await driver.remove(person, each.keys), model.remove(person, each.keys));
    } else {
      const { saves, removals, validateOnly } = each;
      const expected = model.save(person, saves, removals, validateOnly);
      compare(await driver.save(person, saves, removals, validateOnly), expected);
    }
    for (const witness of new Set([people.admin, people.foreignAdmin, person])) {
      expect(await driver.list(witness, true)).toEqual(model.list(witness, true));
    }
  }
  for (const name of everyone) {
    for (const withValues of [true, false]) {
      expect(await driver.list(people[name], withValues)).toEqual(model.list(people[name], withValues));
    }
    for (const asked of allKeys) {
      const recorded = await driver.records(people[name], asked);
      expect(`${name} ${asked}: ${recorded}`).toBe(`${name} ${asked}: ${model.records(people[name], asked)}`);
    }
  }
}

function compare(actual: ActualOutcome, expected: Outcome): void {
  if ("results" in expected || "results" in actual) {
    expect(actual).toEqual(expected);
    return;
  }
  expect(actual.refused.map(({ index, key: name }) => ({ index, key: name }))).toEqual(
    expected.refused.map(({ index, key: name }) => ({ index, key: name })),
  );
  // When several rights are missing, any one of them may be named.
  for (const [at, { reason }] of actual.refused.entries()) {
    expect(expected.refused[at]?.reasons).toContain(reason);
  }
}
