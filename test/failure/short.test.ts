import { randomBytes } from "node:crypto";
import { expect, it } from "vitest";
import { runCampaign } from "../support/failure/campaign.ts";
import { keepEvidence } from "../support/failure/evidence.ts";
import { databaseFaults, serviceFaults } from "../support/failure/faults.ts";

/** One of each group; `npm run test:failure` goes through all of them many times. */
const chosen = new Set([
  "kill -9 of all services",
  "step-down of the primary",
  "kill -9 of the primary and a service",
  "SIGSTOP of the primary",
  "the primary cut off from the other members",
  "packets of one byte",
  "all connections reset",
]);

it("threat 90, 91, 93, 95, 96, 97, 98, 99: writers and readers of two services bear what happens to them", async () => {
  const seed = randomBytes(4).toString("hex");
  const kinds = [...serviceFaults, ...databaseFaults].filter(({ name }) => chosen.has(name));
  expect(kinds.length).toBe(chosen.size);
  const options = { store: "mongodb", seed, kinds, faults: kinds.length, limitMs: 60_000, pauseMs: 100 } as const;
  const report = await runCampaign(options);
  const evidence = report.violations.length === 0 ? "" : keepEvidence(report);
  expect(report.violations, `seed ${seed}, more in ${evidence}`).toEqual([]);
  expect(report.faults.size).toBe(chosen.size);
  expect(report.counts.ok).toBeGreaterThan(100);
  expect(report.counts.read).toBeGreaterThan(100);
}, 180_000);
