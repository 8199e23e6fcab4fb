import { createHmac, createSecretKey } from "node:crypto";
import { describe, expect, test } from "vitest";
import { chainStartMac, createChain } from "../../src/audit/chain.ts";
import { signCheckpoint } from "../../src/audit/checkpoint.ts";
import { readHead, signHead } from "../../src/audit/head.ts";
import type { ChainedRecord } from "../../src/audit/record.ts";
import { type AuditProblem, createAuditVerifier, type VerifierOptions } from "../../src/audit/verifier.ts";
import { aRecord } from "../support/audit/record.ts";

const auditKey = createSecretKey(Buffer.alloc(32, 5));
const otherKey = createSecretKey(Buffer.alloc(32, 6));
const chain = "c1.access";
const startedAtMs = 1_000;
const start = chainStartMac(auditKey, chain, "access", startedAtMs);
const registered = { chain, sink: "access", startedAtMs, mac: start } as const;
const length = 12;
const records = createChain(auditKey, chain, "access", start).extend(
  Array.from({ length }, (_, at) => aRecord({ key: `KEY-${at}`, timeMs: 10_000 + at, names: [`n${at}`] })),
).chained;

function problemsOf(found: readonly ChainedRecord[], options: Partial<VerifierOptions> = {}): readonly AuditProblem[] {
  const verifier = createAuditVerifier({ auditKey, chains: [registered], checkpoints: [], ...options });
  verifier.check("access", found);
  return verifier.finish().problems;
}

const afterOf = (position: number) => (position === 1 ? undefined : 10_000 + position - 2);
const bad = (kind: AuditProblem["kind"], position: number) => [{ kind, chain, position, afterMs: afterOf(position) }];
const positions = Array.from({ length }, (_, at) => at + 1);

/** One change of each field, as anyone who can write to the database can make it. */
const edits: readonly ((record: ChainedRecord) => Partial<ChainedRecord>)[] = [
  ({ timeMs }) => ({ timeMs: timeMs + 1 }),
  () => ({ timeMs: -1 }),
  () => ({ tenant: "other" }),
  () => ({ principal: "mallory" }),
  () => ({ action: "secret.list" }),
  ({ key }) => ({ key: `${key}x` }),
  ({ version }) => ({ version: version + 1 }),
  ({ decision }) => ({ decision: decision === "denied" ? "allowed" : "denied" }),
  () => ({ rule: "edited" }),
  () => ({ requestId: "edited" }),
  () => ({ peer: "10.0.0.1" }),
  ({ count }) => ({ count: count + 1 }),
  () => ({ names: [] }),
  () => ({ filter: "edited" }),
  ({ mac }) => ({ mac: Buffer.from(mac).reverse() }),
  () => ({ mac: new Uint8Array(0) }),
];

describe("threat 102: the first bad record of a chain is named", () => {
  test("a chain as it was recorded has none", () => {
    expect(problemsOf(records)).toEqual([]);
    expect(problemsOf([])).toEqual([]);
  });

  test.each(positions)("record %i edited in any field", (position) => {
    for (const edit of edits) {
      const found = records.map((record) => (record.position === position ? { ...record, ...edit(record) } : record));
      expect(problemsOf(found)).toEqual(bad("edited", position));
    }
  });

  test("any record dropped; the last one only with a head", () => {
    const end = { chain, position: length, mac: records[length - 1]?.mac ?? start };
    const head = readHead(auditKey, signHead(auditKey, { timeMs: 20_000, ends: [end] }));
    expect(problemsOf(records, { head })).toEqual([]);
    for (const position of positions) {
      const found = records.filter((record) => record.position !== position);
      expect(problemsOf(found)).toEqual(position === length ? [] : bad("missing", position));
      expect(problemsOf(found, { head })).toEqual(bad(position === length ? "cut-off" : "missing", position));
    }
    for (const left of positions)
      expect(problemsOf(records.slice(0, left - 1), { head })).toEqual(bad("cut-off", left));
  });

  test("any two records in each other's place, moved as they are or renumbered", () => {
    for (const first of positions) {
      for (const second of positions.slice(first)) {
        const swapped = records.map((record) => {
          const other = record.position === first ? second : record.position === second ? first : record.position;
          return records[other - 1] ?? record;
        });
        expect(problemsOf(swapped)).toEqual(bad("missing", first));
        const renumbered = swapped.map((record, at) => ({ ...record, position: at + 1 }));
        expect(problemsOf(renumbered)).toEqual(bad("edited", first));
      }
    }
  });

  test("any record repeated, or put in from another chain", () => {
    const other = chainStartMac(auditKey, "c2.access", "access", startedAtMs);
    const foreign = createChain(auditKey, "c2.access", "access", other).extend([aRecord()]).chained;
    for (const position of positions) {
      const repeated = records.flatMap((record) => (record.position === position ? [record, record] : record));
      expect(problemsOf(repeated)).toEqual(bad("missing", position + 1));
      const replaced = records.map((record) =>
        record.position === position ? { ...record, ...foreign[0], chain, position } : record,
      );
      expect(problemsOf(replaced)).toEqual(bad("edited", position));
    }
    const added = problemsOf([...records, ...foreign]);
    expect(added).toEqual([{ kind: "unregistered", chain: "c2.access", position: 0, afterMs: undefined }]);
  });

  test("a start, a checkpoint or a head that someone made up", () => {
    const unregistered = { kind: "unregistered", chain, position: 0, afterMs: undefined };
    expect(problemsOf(records, { chains: [] })).toEqual([unregistered]);
    expect(problemsOf(records, { chains: [{ ...registered, startedAtMs: 1_001 }] })).toEqual([unregistered]);
    expect(problemsOf(records, { chains: [{ ...registered, startedAtMs: -1 }] })).toEqual([unregistered]);
    const at = { chain, sink: "access", position: 6, lastMac: records[5]?.mac ?? start, lastTimeMs: 10_005 } as const;
    const checkpoint = signCheckpoint(auditKey, at);
    const left = records.slice(6);
    expect(problemsOf(left)).toEqual(bad("missing", 1));
    expect(problemsOf(left, { checkpoints: [checkpoint] })).toEqual([]);
    expect(problemsOf(records, { checkpoints: [checkpoint] })).toEqual([]);
    expect(problemsOf(left.slice(1), { checkpoints: [checkpoint] })).toEqual(bad("missing", 7));
    const badCheckpoint = { kind: "bad-checkpoint", chain, position: 0, afterMs: undefined };
    for (const edit of [{ position: 7 }, { position: -1 }, { lastMac: start }, { lastTimeMs: 1 }, { mac: start }]) {
      expect(problemsOf(left, { checkpoints: [{ ...checkpoint, ...edit }] })).toEqual([badCheckpoint]);
    }
    expect(problemsOf(left, { checkpoints: [signCheckpoint(otherKey, at)] })).toEqual([badCheckpoint]);
    const text = signHead(auditKey, { timeMs: 1, ends: [{ chain, position: 3, mac: start }] });
    expect(readHead(otherKey, text)).toBeUndefined();
    for (const broken of ["", "head.v1.", `${text}.x`, text.slice(0, -1), text.replace("head.v1", "head.v2")]) {
      expect(readHead(auditKey, broken)).toBeUndefined();
    }
    // A chain that was written anew with a stolen key, after the head was made.
    expect(problemsOf(records, { head: readHead(auditKey, text) })).toEqual(
      bad("edited", 3).map((each) => ({ ...each, afterMs: 10_002 })),
    );
  });

  test("a chain that is gone as a whole, with a head", () => {
    const head = { timeMs: 1, ends: [{ chain: "c0.changes", position: 3, mac: start }] };
    expect(problemsOf(records, { head })).toMatchObject([{ kind: "unregistered", chain: "c0.changes" }]);
  });
});

test("checkpoints and heads have the bytes that docs/encryption-format.md describes", () => {
  const lastMac = Buffer.alloc(32, 9);
  const at = { chain, sink: "access", position: 6, lastMac, lastTimeMs: 10_005 } as const;
  const hmac = (message: Uint8Array) => createHmac("sha256", auditKey).update(message).digest();
  const sized = (bytes: Uint8Array) => {
    const size = Buffer.alloc(4);
    size.writeUInt32BE(bytes.length);
    return Buffer.concat([size, bytes]);
  };
  const number = (value: number) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64BE(BigInt(value));
    return sized(bytes);
  };
  const text = (value: string) => sized(Buffer.from(value));
  const checkpoint = [text("secret-svc/audit-checkpoint/v1"), text(chain), text("access"), number(6), sized(lastMac)];
  expect(signCheckpoint(auditKey, at).mac).toEqual(hmac(Buffer.concat([...checkpoint, number(10_005)])));
  const head = signHead(auditKey, { timeMs: 20_000, ends: [{ chain, position: 6, mac: lastMac }] });
  const body = Buffer.from(`[20000,[["${chain}",6,"${lastMac.toString("base64url")}"]]]`);
  const mac = hmac(Buffer.concat([text("secret-svc/audit-head/v1"), sized(body)]));
  expect(head).toBe(`head.v1.${body.toString("base64url")}.${mac.toString("base64url")}`);
});

describe("threat 305: what an operator closed is a chain with its last record", () => {
  const journal = "p1.access@host-1.journal";
  const journalStart = chainStartMac(auditKey, journal, "access", startedAtMs);
  const chains = [registered, { chain: journal, sink: "access", startedAtMs, mac: journalStart }] as const;
  const left = createChain(auditKey, journal, "access", journalStart).extend(
    Array.from({ length: 4 }, () => aRecord()),
  ).chained;
  const closing = (filters: readonly string[], decision: "allowed" | "denied" = "allowed") =>
    createChain(auditKey, chain, "access", start).extend(
      filters.map((filter) => aRecord({ action: "audit.close", key: journal, filter, decision })),
    ).chained;
  const kinds = (found: readonly ChainedRecord[]) =>
    problemsOf(found, { chains, isRunning: () => false }).map(({ kind, position }) => `${kind} ${position}`);

  test.each([0, 1, 3, 4])("%i records: it is unfinished with more or fewer of them", (at) => {
    for (let count = 0; count <= left.length; count += 1) {
      const found = [...closing([`after ${at}`]), ...left.slice(0, count)];
      expect(kinds(found)).toEqual(count === at ? [] : [`unfinished ${count + 1}`]);
    }
  });

  test("once more, after records came that were thought to be lost", () => {
    expect(kinds([...closing(["after 2", "after 4"]), ...left])).toEqual([]);
  });

  test.each(["", "after", "after 04", "after 4 ", "4"])("not with the filter '%s'", (filter) => {
    expect(kinds([...closing([filter]), ...left])).toEqual(["unfinished 5"]);
  });

  test("not when it was refused", () => {
    expect(kinds([...closing(["after 4"], "denied"), ...left])).toEqual(["unfinished 5"]);
  });
});
