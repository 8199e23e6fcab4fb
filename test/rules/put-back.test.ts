import { describe, expect, test } from "vitest";
import { placeFilter } from "../../src/audit/save-action.ts";
import {
  isGone,
  isSecretBehind,
  isTokenBehind,
  isUserBehind,
  judgeSecret,
  mayExplain,
  newestVersion,
  oldVersionsFilter,
  shouldExist,
} from "../../src/rules/put-back.ts";
import type { RecordedChange } from "../../src/store/audit-page.ts";

const hourMs = 3_600_000;
const startMs = 1_764_000_000_000;

function change(fields: Partial<RecordedChange> = {}): RecordedChange {
  const record = { chain: "a", position: 1, timeMs: startMs, action: "secret.save", version: 1, filter: "" };
  return { ...record, ...fields } as RecordedChange;
}
const purge = (fields: Partial<RecordedChange> = {}) => change({ action: "secret.purge", version: 0, ...fields });
const row = (version: number, fields: { removed?: boolean; updatedAtMs?: number } = {}) => ({
  version,
  removed: false,
  updatedAtMs: startMs,
  ...fields,
});

describe("fault B5: a secret and its newest record", () => {
  test.each([
    ["of the same version", change({ version: 2 }), "current"],
    ["of a newer version", change({ version: 3 }), "doubtful"],
    ["of an older version", change({ version: 1 }), "doubtful"],
    ["of a removal", change({ version: 2, action: "secret.remove" }), "doubtful"],
    ["of a place without a value", change({ version: 2, filter: placeFilter }), "doubtful"],
    ["of a purge of the secret", purge({ version: 2 }), "doubtful"],
    ["of a purge of old versions", purge({ version: 2, filter: `${oldVersionsFilter} 1` }), "current"],
  ])("%s", (_what, newest, verdict) => {
    expect(judgeSecret(row(2), [newest])).toBe(verdict);
  });

  test("without a record, and with the record of its removal", () => {
    expect(judgeSecret(row(2), [])).toBe("unknown");
    expect(judgeSecret(row(2, { removed: true }), [change({ version: 2, action: "secret.remove" })])).toBe("current");
    expect(judgeSecret(row(2, { removed: true }), [change({ version: 2 })])).toBe("doubtful");
  });
});

describe("fault B5: records of two processes whose times are not in their order", () => {
  const first = change({ chain: "b", version: 5 });

  test.each([
    ["in the same millisecond", change({ chain: "a", version: 6 })],
    ["by a clock that is behind", change({ chain: "a", version: 6, timeMs: startMs - 700 })],
  ])("two changes %s", (_when, second) => {
    expect(judgeSecret(row(5), [first, second])).toBe("doubtful");
    expect(isSecretBehind(row(5), [first, second])).toBe(true);
    expect(newestVersion([first, second])).toBe(6);
    // What the row is compared with then says that it is current.
    expect(judgeSecret(row(6), [first, second])).toBe("doubtful");
    expect(isSecretBehind(row(6), [first, second])).toBe(false);
  });

  test("versions of before a purge do not count", () => {
    const anew = [change({ position: 9, version: 1 }), purge({ position: 8 }), change({ position: 7, version: 9 })];
    expect(judgeSecret(row(1), anew)).toBe("current");
    expect(newestVersion(anew)).toBe(1);
    expect(newestVersion(anew.slice(1))).toBe(0);
  });
});

describe("fault B5: a secret that is changed while it is compared, after its clock was set back", () => {
  const purged = purge({ position: 4, timeMs: startMs });
  const before = [change({ version: 1, position: 5, timeMs: startMs - 600_000 }), purged];
  const compare = (secret: ReturnType<typeof row>, later: readonly RecordedChange[]) =>
    isSecretBehind(secret, [...before, ...later.filter((each) => mayExplain(secret, each))]);
  const saved = change({ version: 2, position: 6, timeMs: startMs - 600_000 });

  test("is not older than its last change when the log has the change by now", () => {
    const secret = row(2, { updatedAtMs: startMs - 600_000 });
    expect(compare(secret, [])).toBe(true);
    expect(compare(secret, [saved, ...before])).toBe(false);
    const anew = row(1, { updatedAtMs: startMs - 600_000 });
    expect(compare(anew, [change({ position: 8 }), purge({ position: 7 }), saved, ...before])).toBe(false);
  });

  test("is older when it is of before the purge, or of before a version that was known", () => {
    const old = row(3, { updatedAtMs: startMs - 1_000 });
    expect(compare(old, [saved, ...before])).toBe(true);
    const known = [saved, ...before];
    const first = row(1, { updatedAtMs: startMs - 600_000 });
    expect(isSecretBehind(first, [...known, ...known.filter((each) => mayExplain(first, each))])).toBe(true);
  });
});

describe("fault B5: a secret is older than its last change", () => {
  test("when a later version was made, and not when it is the last one", () => {
    expect(isSecretBehind(row(1), [change({ version: 2, position: 2 }), change()])).toBe(true);
    expect(isSecretBehind(row(2), [change({ version: 2, position: 2 }), change()])).toBe(false);
    expect(isSecretBehind(row(3), [change({ version: 2 })])).toBe(false);
    expect(isSecretBehind(row(1), [])).toBe(false);
  });

  test("when its version was removed", () => {
    expect(isSecretBehind(row(2), [change({ version: 2, action: "secret.remove" })])).toBe(true);
    expect(isSecretBehind(row(2, { removed: true }), [change({ version: 2, action: "secret.remove" })])).toBe(false);
  });

  test("when it was purged, and not made again", () => {
    const gone = purge({ position: 5, timeMs: startMs + 10 });
    expect(isSecretBehind(row(1), [gone, change()])).toBe(true);
    expect(isSecretBehind(row(1, { updatedAtMs: gone.timeMs }), [gone, change()])).toBe(true);
    expect(isSecretBehind(row(1, { updatedAtMs: gone.timeMs + 1 }), [gone, change()])).toBe(false);
    expect(isSecretBehind(row(1), [change({ position: 6, timeMs: startMs + 20 }), gone])).toBe(false);
    expect(isSecretBehind(row(1), [change({ position: 5, timeMs: startMs + 20 }), gone])).toBe(true);
  });

  test("by records of other processes, whose clocks may differ by an hour", () => {
    const gone = purge({ chain: "b", timeMs: startMs });
    const made = (timeMs: number) => change({ timeMs });
    expect(isSecretBehind(row(1), [gone, made(startMs - hourMs)])).toBe(true);
    expect(isSecretBehind(row(1), [gone, made(startMs - hourMs + 1)])).toBe(false);
    // A later version of before the purge says nothing about a secret that was made after it.
    const later = change({ version: 2, timeMs: startMs - 1 });
    expect(isSecretBehind(row(1, { updatedAtMs: startMs + 1 }), [gone, later])).toBe(false);
    expect(isSecretBehind(row(1), [gone, change({ version: 2, timeMs: startMs + 1 })])).toBe(true);
  });
});

test("fault B5: there is a secret unless it was purged since, by clocks that may differ by an hour", () => {
  expect(shouldExist([])).toBe(false);
  expect(shouldExist([change()])).toBe(true);
  expect(shouldExist([purge({ position: 2 }), change()])).toBe(false);
  expect(shouldExist([change({ position: 3 }), purge({ position: 2 })])).toBe(true);
  const gone = purge({ chain: "b", timeMs: startMs });
  expect(shouldExist([gone, change({ timeMs: startMs + hourMs })])).toBe(false);
  expect(shouldExist([gone, change({ timeMs: startMs + hourMs + 1 })])).toBe(true);
});

test("fault B5: a user is older than a change with a later version, or one that was made later", () => {
  const user = { updatedAtMs: startMs };
  expect(isUserBehind(user, [])).toBe(false);
  expect(isUserBehind(user, [change({ version: 3 })])).toBe(false);
  expect(isUserBehind(user, [change({ version: 4, timeMs: startMs + 1 }), change({ version: 3 })])).toBe(true);
  expect(isUserBehind(user, [change({ version: 2, timeMs: startMs + 1 }), change({ version: 3 })])).toBe(false);
  expect(isUserBehind(user, [change({ version: 0, timeMs: startMs + 1 })])).toBe(true);
  expect(isUserBehind(user, [change({ version: 0, timeMs: startMs - 1 })])).toBe(false);
});

test("fault B5: a token should be revoked once it was, or its user was removed after it was made", () => {
  expect(isTokenBehind(startMs, {})).toBe(false);
  expect(isTokenBehind(startMs, { revoked: change() })).toBe(true);
  const removedAt = (timeMs: number, version = 0) => change({ action: "user.remove", timeMs, version });
  expect(isTokenBehind(startMs, { userRemoved: removedAt(startMs) })).toBe(false);
  expect(isTokenBehind(startMs, { userRemoved: removedAt(startMs + 1) })).toBe(true);
  // With numbers clocks do not count.
  const made = change({ version: 5 });
  expect(isTokenBehind(startMs, { made, userRemoved: removedAt(startMs - 1, 6) })).toBe(true);
  expect(isTokenBehind(startMs, { made, userRemoved: removedAt(startMs + 1, 5) })).toBe(false);
  expect(isTokenBehind(startMs, { made: change({ version: 0 }), userRemoved: removedAt(startMs + 1, 5) })).toBe(true);
  expect(isTokenBehind(startMs, { made, userRemoved: removedAt(startMs + 1, 0) })).toBe(true);
});

test("a purge of old versions leaves the secret", () => {
  expect(isGone(purge())).toBe(true);
  expect(isGone(purge({ filter: oldVersionsFilter }))).toBe(false);
  expect(isGone(change())).toBe(false);
});
