import fc from "fast-check";
import { expect } from "vitest";
import {
  createModel,
  type List,
  lists,
  type Outcome,
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
}

export type Who = keyof ReturnType<typeof peopleOf>;
const everybody = ["admin", "alice", "bob", "al", "foreigner", "foreignAdmin"] as const satisfies readonly Who[];

/** An admin, two users who share a role, a stranger whose slug begins another's, and two of another tenant. */
export function peopleOf(tenant: string, otherTenant: string) {
  const user = { tenant, roles: [] as string[], admin: false };
  return {
    admin: { ...user, slug: "admin", admin: true },
    alice: { ...user, slug: "alice", roles: ["backend"] },
    bob: { ...user, slug: "bob", roles: ["backend", "ops"] },
    al: { ...user, slug: "al" },
    foreigner: { tenant: otherTenant, slug: "alice", roles: ["backend"], admin: false },
    foreignAdmin: { tenant: otherTenant, slug: "admin", roles: ["ops"], admin: true },
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

export type History = readonly Step[];

const key = fc.constantFrom("alice/A", "alice/A", "alice/B/c", "bob/A", "al/A", "SHARED", "team/A");
const names = fc.uniqueArray(fc.constantFrom("alice", "bob", "al", "backend", "ops", "admin"), {
  minLength: 1,
  maxLength: 3,
});
const ifVersion = fc.option(fc.nat({ max: 4 }), { nil: undefined, freq: 4 });
const who = fc.constantFrom<Who>("admin", "alice", "alice", "alice", "bob", "bob", "al", "foreigner", "foreignAdmin");

const save: fc.Arbitrary<Save> = fc.record({
  key,
  value: fc.option(fc.constantFrom("canary-1", "canary-2"), { nil: undefined, freq: 4 }),
  rightChecksum: fc.oneof({ weight: 9, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  lists: someLists(),
  note: fc.option(fc.constantFrom("first", "second", "clear"), { nil: undefined, freq: 1 }),
  owner: fc.oneof(
    { weight: 8, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.constantFrom("alice", "bob", "al") },
  ),
  ifVersion,
});

function someLists(): fc.Arbitrary<Save["lists"]> {
  const wanted = fc.oneof({ weight: 5, arbitrary: names }, { weight: 1, arbitrary: fc.constant("clear" as const) });
  const pair = fc.tuple(fc.constantFrom(...lists), wanted);
  return fc
    .oneof(
      { weight: 3, arbitrary: fc.array(pair, { maxLength: 2 }) },
      { weight: 1, arbitrary: fc.array(pair, { maxLength: 6 }) },
    )
    .map((pairs) => Object.fromEntries(pairs) as Partial<Record<List, readonly string[] | "clear">>);
}

const keys = fc.uniqueArray(key, { minLength: 1, maxLength: 3 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 7,
    arbitrary: fc
      .record({
        who,
        saves: fc.oneof(
          { weight: 4, arbitrary: save.map((one) => [one]) },
          { weight: 1, arbitrary: fc.uniqueArray(save, { minLength: 1, maxLength: 3, selector: (one) => one.key }) },
        ),
        removals: fc.oneof(
          { weight: 6, arbitrary: fc.constant<Removal[]>([]) },
          { weight: 1, arbitrary: fc.array(fc.record({ key, ifVersion }), { maxLength: 1 }) },
        ),
        validateOnly: fc.oneof(
          { weight: 6, arbitrary: fc.constant(false) },
          { weight: 1, arbitrary: fc.constant(true) },
        ),
      })
      .map(({ removals, ...rest }) => ({
        ...rest,
        kind: "save" as const,
        removals: removals.filter((removal) => rest.saves.every((one) => one.key !== removal.key)),
      })),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("remove" as const), who, keys }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("read" as const), who, keys }) },
);

export function histories(stepsMax: number): fc.Arbitrary<History> {
  return fc.array(step, { minLength: 1, maxLength: stepsMax, size: "max" });
}

/** Carries a history out in the service and in the model, and compares them after each step. */
export async function replay(history: History, driver: Driver, people: Readonly<Record<Who, Person>>): Promise<void> {
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
  for (const name of everybody) {
    for (const withValues of [true, false]) {
      expect(await driver.list(people[name], withValues)).toEqual(model.list(people[name], withValues));
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
