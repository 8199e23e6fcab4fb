import { expect, test } from "vitest";
import { knownVulnerabilities } from "../../src/store/mongo/connect/known-bad-versions.ts";

const shows = expect.stringMatching(/^CVE-2025-14847, which shows/);
const runs = expect.stringMatching(/^CVE-2026-8053, which lets/);

test.each([
  ["6.0.5", [shows, runs]],
  ["6.0.26", [shows, runs]],
  ["6.0.27", [runs]],
  ["6.0.28", []],
  ["7.0.27", [shows, runs]],
  ["7.0.34", []],
  ["7.3.4", [shows, runs]],
  ["8.0.16", [shows, runs]],
  ["8.0.23", []],
  ["8.1.2", [shows, runs]],
  ["8.2.3-rc0", [runs]],
  ["8.2.9", []],
  ["8.3.0", [runs]],
  ["8.3.2", []],
  ["9.0.0", []],
])("MongoDB %s", (version, vulnerabilities) => {
  expect(knownVulnerabilities(version)).toEqual(vulnerabilities);
});
