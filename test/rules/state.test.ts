import { describe, expect, test } from "vitest";
import { expireAtOf, parseRotationInterval, stateOf } from "../../src/rules/state.ts";
import { parseExpires } from "../../src/text/expires.ts";

const hour = 3_600_000;
const day = 24 * hour;
const utc = (text: string) => Date.parse(text);

describe("expires", () => {
  test.each([
    ["2027-12-31", "2028-01-01T00:00:00Z"],
    ["2028-02-29", "2028-03-01T00:00:00Z"],
    ["2027-12-31T23:00:00Z", "2027-12-31T23:00:00Z"],
    ["2027-12-31t23:00:00z", "2027-12-31T23:00:00Z"],
    ["2027-12-31T23:00:00.25+02:00", "2027-12-31T21:00:00.250Z"],
    ["0001-01-01", "0001-01-02T00:00:00Z"],
    ["9999-12-31", "9999-12-31T23:59:59.999Z"],
    ["9999-12-31T23:00:00-09:00", "9999-12-31T23:59:59.999Z"],
  ])("%s ends at %s", (text, end) => {
    expect(parseExpires(text)).toBe(utc(end));
  });

  test.each([
    "",
    "2027-02-29",
    "2027-02-30",
    "2027-04-31",
    "2027-13-01",
    "2027-00-10",
    "2027-01-00",
    "2027-1-1",
    "31.12.2027",
    "tomorrow",
    " 2027-12-31",
    "2027-12-31\n",
    "2027-12-31T23:00:00",
    "2027-12-31T25:00:00Z",
    "2027-02-30T00:00:00Z",
    "2027-12-31 23:00:00Z",
    "2027-12-31T23:00Z",
    "2027-12-31T23:00:00+99:00",
    "+012027-12-31",
    "0000-12-01",
    "0001-01-01T00:00:00+01:00",
  ])("%j is malformed", (text) => {
    expect(parseExpires(text)).toBeUndefined();
  });
});

describe("rotation_interval", () => {
  test.each([
    ["90d", 90 * day],
    ["12h", 12 * hour],
    ["99999d", 99_999 * day],
  ])("%s", (text, ms) => {
    expect(parseRotationInterval(text)).toBe(ms);
  });

  test.each(["", "0d", "090d", "90", "90 d", "1.5d", "-1d", "90D", "90m", "90d12h", "100000d", "90d\n"])(
    "%j is malformed",
    (text) => {
      expect(parseRotationInterval(text)).toBeUndefined();
    },
  );
});

describe("state", () => {
  const end = utc("2027-01-01T00:00:00Z");
  const changed = utc("2026-06-01T00:00:00Z");
  const expires = [["expires", "2026-12-31"]] as const;
  const rotation = [["rotation_interval", "90d"]] as const;

  test.each([
    ["a ms before the last 14 days", end - 14 * day - 1, "active"],
    ["14 days before the end", end - 14 * day, "expiring"],
    ["a ms before the end", end - 1, "expiring"],
    ["at the end", end, "expired"],
    ["long after", end + 1_000 * day, "expired"],
  ])("%s", (_when, nowMs, state) => {
    expect(stateOf(expires, changed, nowMs)).toBe(state);
  });

  test("rotation counts from the change of the value, to the millisecond", () => {
    expect(stateOf(rotation, changed, changed + 90 * day - 1)).toBe("active");
    expect(stateOf(rotation, changed, changed + 90 * day)).toBe("rotation-due");
  });

  test("expiry outranks rotation", () => {
    const both = [...expires, ...rotation];
    expect(stateOf(both, changed, end - 20 * day)).toBe("rotation-due");
    expect(stateOf(both, changed, end - 10 * day)).toBe("expiring");
    expect(stateOf(both, changed, end)).toBe("expired");
  });

  test("without metadata nothing is ever due", () => {
    expect(stateOf([], changed, Number.MAX_SAFE_INTEGER)).toBe("active");
    expect(expireAtOf([["note", "2026-12-31"]])).toBeUndefined();
    expect(expireAtOf(expires)).toBe(end);
  });
});
