import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isWrite, type Operation } from "../support/failure/history.ts";
import { checkRegister } from "../support/failure/linearizability.ts";
import {
  applyWrite,
  emptyRegister,
  explainsRead,
  type Read,
  type RegisterState,
  type Write,
} from "../support/failure/register.ts";
import { checkRandom } from "../support/random-draws.ts";

type Made = { start: number; end: number };

const client = "c";
const save = (at: Made, version: number | undefined, tag: string, more: Partial<Write> = {}): Operation => {
  return { client, ...at, version, write: { kind: "save", tag, value: `value of ${tag}`, ...more } };
};
const remove = (at: Made, version: number | undefined): Operation => {
  return { client, ...at, version, write: { kind: "remove", tag: "removal" } };
};
const read = (
  at: Made,
  version: number,
  tag: string,
  value = `value of ${tag}`,
  as: Read["as"] = "admin",
): Operation => {
  return { client, ...at, read: { kind: "read", as, saw: { version, tag, value } } };
};
const readNothing = (at: Made, as: Read["as"] = "admin"): Operation => {
  return { client, ...at, read: { kind: "read", as, saw: undefined } };
};
const from = (start: number, end = start + 1): Made => ({ start, end });
const never = (start: number): Made => ({ start, end: Infinity });

const good: Record<string, Operation[]> = {
  "nothing at all": [],
  "one after the other": [save(from(1), 1, "a"), read(from(3), 1, "a"), save(from(5), 2, "b"), read(from(7), 2, "b")],
  "a read alongside a write sees before or after": [
    save(from(1), 1, "a"),
    save(from(3, 9), 2, "b"),
    read(from(4), 1, "a"),
    read(from(6), 2, "b"),
  ],
  "writes at the same time, in either order": [
    save(from(1, 9), 2, "a"),
    save(from(2, 8), 1, "b"),
    read(from(10), 2, "a"),
  ],
  "an unknown write that happened": [save(from(1), 1, "a"), save(never(3), undefined, "b"), read(from(5), 2, "b")],
  "an unknown write that did not": [save(from(1), 1, "a"), save(never(3), undefined, "b"), read(from(5), 1, "a")],
  "an unknown write that happened late": [
    save(from(1), 1, "a"),
    save(never(3), undefined, "b"),
    read(from(5), 1, "a"),
    save(from(7), 2, "c"),
    read(from(9), 3, "b"),
  ],
  "unknown writes that no one saw fill a gap": [
    save(from(1), 1, "a"),
    save(never(2), undefined, "b"),
    remove(never(2), undefined),
    save(from(7), 3, "c"),
  ],
  "a removal and a new beginning": [
    save(from(1), 1, "a"),
    remove(from(3), 2),
    readNothing(from(5)),
    save(from(7), 3, "b", { ifVersion: 0 }),
  ],
  "an unknown removal explains an empty answer": [
    save(from(1), 1, "a"),
    remove(never(3), undefined),
    readNothing(from(5)),
  ],
  "the lists change and the value stays": [
    save(from(1), 1, "a", { open: true }),
    read(from(3), 1, "a", "value of a", "reader"),
    save(from(5), 2, "b", { value: undefined, open: false }),
    readNothing(from(7), "reader"),
    read(from(9), 2, "b", "value of a"),
  ],
};

const bad: Record<string, Operation[]> = {
  "a lost update": [save(from(1), 1, "a"), save(from(3), 2, "b"), read(from(5), 1, "a")],
  "a lost update, overwritten": [save(from(1), 1, "a"), save(from(3), 2, "b"), save(from(5), 2, "c")],
  "two writers on one version": [
    save(from(1), 1, "a"),
    save(from(2, 9), 2, "b", { ifVersion: 1 }),
    save(from(3, 8), 3, "c", { ifVersion: 1 }),
  ],
  "a stale read": [save(from(1), 1, "a"), save(from(3), 2, "b"), read(from(5), 2, "b"), read(from(7), 1, "a")],
  "a read of the future": [read(from(1), 1, "a"), save(from(3), 1, "a")],
  "reads that go back": [
    save(from(1), 1, "a"),
    save(from(3, 20), 2, "b"),
    read(from(4), 2, "b"),
    read(from(6), 1, "a"),
  ],
  "a resurrected write": [
    save(from(1), 1, "a"),
    save(never(2), undefined, "b"),
    read(from(4), 2, "b"),
    save(from(6), 3, "c"),
    read(from(8), 4, "b"),
  ],
  "a write that failed and is there": [save(from(1), 1, "a"), read(from(3), 2, "never acknowledged")],
  "a write that counts twice": [save(from(1), 1, "a"), read(from(3), 1, "a"), read(from(5), 2, "a")],
  "a read after a removal": [save(from(1), 1, "a"), remove(from(3), 2), read(from(5), 1, "a")],
  "an acknowledged removal that is gone": [save(from(1), 1, "a"), remove(from(3), 2), save(from(5), 2, "b")],
  "a value that belongs to another version": [
    save(from(1), 1, "a"),
    save(from(3), 2, "b"),
    read(from(5), 2, "b", "value of a"),
  ],
  "a revoked reader still reads": [
    save(from(1), 1, "a", { open: true }),
    save(from(3), 2, "b", { value: undefined, open: false }),
    read(from(5), 1, "a", "value of a", "reader"),
  ],
  "a secret that vanished": [save(from(1), 1, "a"), readNothing(from(3))],
  "half a batch: one register, two answers": [
    save(from(1), 1, "a"),
    save(from(3), 2, "b"),
    read(from(5), 2, "b"),
    read(from(7), 1, "a"),
  ],
  "a gap that no one can have filled": [save(from(1), 1, "a"), save(from(3), 3, "b")],
  "an unknown write before it began": [save(from(1), 1, "a"), read(from(3), 2, "b"), save(never(5), undefined, "b")],
};

describe("the checker of histories", () => {
  it.each(Object.entries(good))("accepts %s", (_, operations) => {
    expect(checkRegister(operations)).toBeUndefined();
  });

  it.each(Object.entries(bad))("refuses %s", (_, operations) => {
    expect(checkRegister(operations)).toMatch(/operations explained/);
  });

  it("agrees with trying every order", () => {
    checkRandom(
      fc.property(smallHistory, (operations) => {
        expect(checkRegister(operations) === undefined).toBe(tryEveryOrder(operations, emptyRegister));
      }),
      3_000,
    );
  });

  it("takes time in proportion to a long history", () => {
    const operations: Operation[] = [];
    for (let round = 0; round < 5_000; round += 1) {
      const at = round * 10;
      operations.push(
        save({ start: at, end: at + 8 }, round + 1, `w${round}`),
        save(never(at + 1), undefined, `lost${round}`),
      );
      operations.push(read({ start: at + 2, end: at + 13 }, round + 1, `w${round}`));
    }
    expect(checkRegister(operations)).toBeUndefined();
  });
});

const interval = fc.tuple(fc.nat(12), fc.nat(6)).map(([start, length]) => ({ start, end: start + length + 0.5 }));
const tag = fc.constantFrom("a", "b", "c");
const version = fc.integer({ min: 1, max: 4 });
const ifVersion = fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined });
const as = fc.constantFrom("admin", "reader") as fc.Arbitrary<Read["as"]>;
const smallHistory = fc
  .uniqueArray(
    fc.oneof(
      fc.record({ at: interval, version: fc.option(version, { nil: undefined }), ifVersion, open: fc.boolean() }),
      fc.record({ at: interval, as, saw: fc.option(fc.record({ version, tag }), { nil: undefined }) }),
    ),
    { maxLength: 6, selector: ({ at }) => at.start },
  )
  .map((entries) =>
    entries.map((entry, index): Operation => {
      if ("as" in entry) {
        const { at, as, saw } = entry;
        return saw === undefined ? readNothing(at, as) : read(at, saw.version, saw.tag, `value of ${saw.tag}`, as);
      }
      const end = entry.version === undefined ? Infinity : entry.at.end;
      const name = ["a", "b", "c", "d", "e", "f"][index] ?? "";
      const at = { start: entry.at.start, end };
      return save(at, entry.version, name, { ifVersion: entry.ifVersion, open: entry.open });
    }),
  );

/** The definition itself, without any cleverness. */
function tryEveryOrder(rest: readonly Operation[], state: RegisterState): boolean {
  const firstEnd = Math.min(...rest.map(({ end }) => end));
  if (firstEnd === Infinity) return true;
  return rest.some((operation) => {
    if (operation.start > firstEnd) return false;
    const others = rest.filter((each) => each !== operation);
    if (!isWrite(operation)) return explainsRead(state, operation.read) && tryEveryOrder(others, state);
    const after = applyWrite(state, operation.write);
    if (after === undefined) return false;
    return (operation.version ?? after.version) === after.version && tryEveryOrder(others, after);
  });
}
