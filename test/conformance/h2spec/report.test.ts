import { expect, test } from "vitest";
import { type KnownFailing, knownFailing } from "./known-failing.ts";
import { compare, readReport } from "./report.ts";

const xml = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
  <testsuite name="5.1. Stream States" package="http2/5.1" id="5.1" tests="3" skipped="1" failures="1" errors="0">
    <testcase package="http2/5.1" classname="a" time="0.0994"></testcase>
    <testcase package="http2/5.1" classname="is not &#34;open&#34;" time="2.0">
      <failure>The endpoint MUST close.
Expected: Connection closed</failure>
    </testcase>
    <testcase package="http2/5.1" classname="b" time="0.1"><skipped></skipped></testcase>
  </testsuite>
  <testsuite name="6.1. DATA" package="http2/6.1" id="6.1" tests="1" skipped="0" failures="0" errors="0">
    <testcase package="http2/6.1" classname="c" time="0.1"></testcase>
  </testsuite>
</testsuites>`;

const results = readReport(xml);
const entry = (number: number, title: string, more: Partial<KnownFailing> = {}): KnownFailing => {
  return { section: "http2/5.1", number, title, reason: "it is so", ...more };
};
const failing = entry(2, 'is not "open"');

test("a report of h2spec is read with the numbers of its cases", () => {
  expect(results).toEqual([
    { section: "http2/5.1", number: 1, title: "a", outcome: "passed" },
    { section: "http2/5.1", number: 2, title: 'is not "open"', outcome: "failed" },
    { section: "http2/5.1", number: 3, title: "b", outcome: "skipped" },
    { section: "http2/6.1", number: 1, title: "c", outcome: "passed" },
  ]);
});

test("a case that fails or is skipped must be in the list, and one that is in the list must fail", () => {
  const skipped = "TLS: http2/5.1/3 skipped, and is not in the list: b";
  expect(compare(results, "TLS", [failing])).toEqual([skipped]);
  expect(compare(results, "TLS", [])).toEqual([
    'TLS: http2/5.1/2 failed, and is not in the list: is not "open"',
    skipped,
  ]);
  expect(compare(results, "TLS", [failing, entry(1, "a"), entry(3, "b")])).toEqual([
    "TLS: http2/5.1/1 passed, and is in the list: a",
    "TLS: http2/5.1/3 skipped, and is in the list: b",
  ]);
});

test("an entry counts for its transport only, and names a case of the report", () => {
  const only = results.slice(0, 2);
  expect(compare(only, "TLS", [{ ...failing, over: "cleartext" }])).toEqual([
    'TLS: http2/5.1/2 failed, and is not in the list: is not "open"',
  ]);
  expect(compare(only, "TLS", [failing, entry(9, "gone")])).toEqual(["TLS: there is no http2/5.1/9: gone"]);
});

test("every entry of the list has a reason, and is there once", () => {
  for (const { reason } of knownFailing) expect(reason).toMatch(/^[A-Z0-9a-z].{20,}\.$/);
  const names = knownFailing.map(({ section, number }) => `${section}/${number}`);
  expect(new Set(names).size).toBe(names.length);
});
