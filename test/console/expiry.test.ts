import { afterEach, expect, test } from "vitest";
import { endWords, expiresMs, expiresText, localText, msOfLocal, zoneWords } from "../../console/model/expiry.ts";

const before = process.env.TZ;
afterEach(() => {
  if (before === undefined) delete process.env.TZ;
  else process.env.TZ = before;
});

const zones = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Kiritimati"];

test("a time is shown by the clock on the wall, and read back to the minute, in every zone", () => {
  const ms = Date.parse("2027-01-31T17:30:00Z");
  for (const zone of zones) {
    process.env.TZ = zone;
    expect(msOfLocal(localText(ms)), zone).toBe(ms);
    // The hour that a clock shows twice is an hour, not another day.
    const twice = Date.parse("2026-10-25T01:30:00Z");
    expect(Math.abs((msOfLocal(localText(twice)) ?? 0) - twice), zone).toBeLessThanOrEqual(3_600_000);
  }
  process.env.TZ = "Asia/Kolkata";
  expect(localText(ms)).toBe("2027-01-31T23:00");
  expect(zoneWords(ms)).toBe(
    "Asia/Calcutta, UTC+5:30".replace("Calcutta", zoneWords(ms).includes("Kolkata") ? "Kolkata" : "Calcutta"),
  );
  process.env.TZ = "America/New_York";
  expect(zoneWords(ms)).toBe("America/New_York, UTC−5");
  expect(zoneWords(Date.parse("2027-07-01T00:00:00Z"))).toBe("America/New_York, UTC−4");
  process.env.TZ = "UTC";
  expect(zoneWords(ms)).toBe("UTC");
});

test("the last day of all times, which people write for never, has a place in the field", () => {
  for (const zone of zones) {
    process.env.TZ = zone;
    expect(localText(expiresMs("9999-12-31") ?? 0), zone).toMatch(/^9999-12-31T\d\d:59$/);
    expect(localText(Number.POSITIVE_INFINITY)).toBe("9999-12-31T23:59");
  }
});

test("what is chosen is stored in a form that the service reads as the same time", () => {
  const ms = Date.parse("2027-01-31T17:30:00Z");
  expect(expiresText(ms)).toBe("2027-01-31T17:30:00Z");
  expect(expiresMs(expiresText(ms))).toBe(ms);
  expect(expiresMs("2027-01-31")).toBe(Date.parse("2027-02-01T00:00:00Z"));
  for (const text of ["", "tomorrow", "90d", "2027-02-30", "31.1.2027"]) expect(expiresMs(text), text).toBeUndefined();
  expect(msOfLocal("")).toBeUndefined();
});

test("the end of a day is said as such in every zone, and any other time to the second", () => {
  for (const zone of zones) {
    process.env.TZ = zone;
    for (const text of ["2026-12-09", "2026-12-10T00:00:00Z", "2026-12-10T05:30:00+05:30"]) {
      expect(endWords(expiresMs(text) ?? 0), text).toBe("2026-12-09, until the end of the day (UTC)");
    }
    expect(endWords(expiresMs("2026-12-08T23:59:59Z") ?? 0)).toBe("2026-12-08 23:59:59 UTC");
    expect(endWords(expiresMs("2028-02-29") ?? 0)).toBe("2028-02-29, until the end of the day (UTC)");
  }
});
