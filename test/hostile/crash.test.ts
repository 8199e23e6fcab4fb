import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { expect, it } from "vitest";
import {
  type Acknowledged,
  batches,
  contended,
  flipping,
  type Journal,
  runWriters,
} from "../support/hostile/crash-writers.ts";
import { sampleRandom } from "../support/random-draws.ts";
import { type ServerProcess, startServer } from "../support/server-process.ts";

/** After how many answers: from right after the start to well into the work. */
const moments = sampleRandom(
  fc.oneof({ weight: 1, arbitrary: fc.constant(0) }, { weight: 5, arbitrary: fc.nat(120) }),
  14,
);

interface Shown {
  readonly version: number;
  readonly value: string;
}

async function readAll(server: ServerProcess): Promise<ReadonlyMap<string, Shown>> {
  const shown = new Map<string, Shown>();
  let pageToken = "";
  do {
    const response = await fetch(`${server.url}/secret-svc/secrets`, {
      method: "POST",
      headers: { authorization: `Bearer ${server.adminToken}`, "content-type": "application/json" },
      body: JSON.stringify({ view: "SECRET_VIEW_FULL", pageSize: 1000, pageToken }),
    });
    expect(response.status).toBe(200);
    const answer = (await response.json()) as {
      secrets: (Shown & { key: string })[];
      errors: unknown[];
      nextPageToken: string;
    };
    expect(answer.errors).toEqual([]);
    for (const { key, version, value } of answer.secrets) shown.set(key, { version, value });
    pageToken = answer.nextPageToken;
  } while (pageToken !== "");
  return shown;
}

/** Everything that was acknowledged is there, or was replaced by something that was sent later. */
function checkAcknowledged(journal: Journal, shown: ReadonlyMap<string, Shown>): void {
  const latest = new Map<string, Acknowledged>();
  for (const entry of journal.acknowledged) {
    if (entry.version > (latest.get(entry.key)?.version ?? 0)) latest.set(entry.key, entry);
  }
  for (const { key, version, value } of latest.values()) {
    const now = shown.get(key);
    if (now === undefined) {
      const mayBeGone = value === undefined || journal.unanswered.has(key);
      expect(mayBeGone, `${key} was lost at version ${version}`).toBe(true);
      continue;
    }
    expect(now.version, key).toBeGreaterThanOrEqual(version);
    if (now.version === version) expect(now.value, key).toBe(value);
    else expect(journal.sent.get(key), key).toContain(now.value);
  }
}

function checkBatches(shown: ReadonlyMap<string, Shown>): void {
  for (const keys of batches) {
    const found = keys.map((key) => shown.get(key));
    expect(new Set(found.map((each) => each?.value)).size, `half a batch: ${JSON.stringify(found)}`).toBe(1);
    expect(new Set(found.map((each) => each?.version)).size).toBe(1);
  }
}

/** Each acknowledged change has its record, and no version was given out twice. */
function checkRecords(dataDir: string, journal: Journal): void {
  const db = new DatabaseSync(join(dataDir, "secrets.db"), { readOnly: true });
  const rows = db.prepare("SELECT key, version FROM audit WHERE decision = 'allowed' AND version > 0").all();
  db.close();
  const recorded = rows.map(({ key, version }) => `${key} ${version}`);
  expect(new Set(recorded).size).toBe(recorded.length);
  const acknowledged = journal.acknowledged.map(({ key, version }) => `${key} ${version}`);
  expect(new Set(acknowledged).size).toBe(acknowledged.length);
  const known = new Set(recorded);
  expect(acknowledged.filter((each) => !known.has(each))).toEqual([]);
}

/** Resolves when the writers have seen the service go. */
async function writeUntilKilled(server: ServerProcess, life: number, journal: Journal, count: number): Promise<void> {
  let acknowledged = 0;
  let killed: Promise<void> | undefined;
  const kill = () => {
    killed ??= server.kill();
  };
  const running = runWriters({ url: server.url, token: server.adminToken, life }, journal, () => {
    acknowledged += 1;
    if (acknowledged >= count) kill();
  });
  if (count === 0) kill();
  await running;
  await killed;
}

it(`threat 95: ${moments.length} kills of the service under twelve writers lose nothing that was acknowledged`, async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "secret-svc-crash-"));
  const journal: Journal = { acknowledged: [], sent: new Map(), unanswered: new Set() };
  let server = await startServer({ dataDir });
  for (const [life, count] of moments.entries()) {
    // The signal arrives while other calls are under way.
    await writeUntilKilled(server, life, journal, count);
    server = await startServer({ dataDir });
    const shown = await readAll(server);
    checkAcknowledged(journal, shown);
    checkBatches(shown);
    checkRecords(dataDir, journal);
  }
  const keys = new Set(journal.acknowledged.map(({ key }) => key));
  for (const key of [...contended, ...batches.flat(), ...flipping]) expect(keys).toContain(key);
  expect(server.output()).not.toContain("error");
  await server.stop();
  rmSync(dataDir, { recursive: true });
});
