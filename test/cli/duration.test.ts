import { expect, test } from "vitest";
import { parseDuration, parseMoment } from "../../src/cli/frame/duration.ts";
import { timestampOf, timeText } from "../../src/cli/print/timestamp.ts";

test.each([
  ["45s", 45],
  ["30m", 1800],
  ["12h", 43_200],
  ["90d", 7_776_000],
  ["2w", 1_209_600],
] as const)("%s is %i seconds", (text, seconds) => expect(parseDuration(text, "--ttl")).toBe(seconds));

test.each(["", "90", "d", "-1d", "0d", "1.5h", "1 d", "1h30m", "90D", "9999999999d"])(
  "%o is not a duration",
  (text) => {
    expect(() => parseDuration(text, "--ttl")).toThrow("--ttl must be a number and one of s, m, h, d, w");
  },
);

test("a moment is a time, or a while ago", () => {
  const now = Date.parse("2026-02-01T00:00:00Z");
  expect(parseMoment("24h", "--since", now)).toBe(now - 86_400_000);
  expect(parseMoment("2026-01-31T12:00:00.5+01:00", "--since", now)).toBe(Date.parse("2026-01-31T11:00:00.500Z"));
  for (const text of ["2026-01-31", "yesterday", "2026-13-01T00:00:00Z"]) {
    expect(() => parseMoment(text, "--since", now)).toThrow("--since must be a time");
  }
});

test("timestamps keep milliseconds, also before 1970, and are shown to the second", () => {
  expect(timestampOf(1500)).toEqual({ seconds: 1n, nanos: 500_000_000 });
  expect(timestampOf(-1)).toEqual({ seconds: -1n, nanos: 999_000_000 });
  expect(timeText({ $typeName: "google.protobuf.Timestamp", seconds: 0n, nanos: 5 })).toBe("1970-01-01T00:00:00Z");
  expect(timeText(undefined)).toBeUndefined();
});
