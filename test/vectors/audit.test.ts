import { createSecretKey } from "node:crypto";
import { expect } from "vitest";
import { type AuditSink, chainStartMac, createChain } from "../../src/audit/chain.ts";
import { type AuditRecord, encodeAuditRecord } from "../../src/audit/record.ts";
import { describeVectors, expectFields, fromHex, type Vector } from "../support/vectors/golden.ts";
import { count, hmacSha256, list, message, text } from "../support/vectors/reference.ts";
import { fixedBytes } from "../support/vectors/test-keys.ts";

interface ChainedVectorRecord extends AuditRecord {
  readonly position: number;
  readonly mac: string;
}

interface AuditVector extends Vector {
  /**
   * `broken at N`: the MAC of the N-th record listed, from 1, is not the chain's; `broken start`: the start's is not.
   */
  readonly expect: "success" | "broken start" | `broken at ${number}`;
  readonly auditKey: string;
  readonly chain: { readonly id: string; readonly sink: AuditSink; readonly startedAtMs: number; readonly mac: string };
  readonly records: readonly ChainedVectorRecord[];
  /** The authenticated bytes of each record. */
  readonly bytes?: readonly string[];
}

const auditKey = fixedBytes("audit key");
const read: AuditRecord = {
  timeMs: 1_760_000_000_123,
  tenant: "default",
  principal: "alice",
  action: "secret.read",
  key: "alice/DATABASE_URL",
  version: 7,
  decision: "allowed",
  rule: "slug-listed",
  requestId: "3f1c",
  peer: "127.0.0.1",
  count: 0,
  names: [],
  filter: "",
};
const records: readonly AuditRecord[] = [
  read,
  { ...read, timeMs: 1_760_000_000_124, action: "secret.list", key: "", version: 0, count: 2, filter: "prefix=alice/" },
  {
    ...read,
    timeMs: 1_760_000_000_125,
    principal: "mallory",
    key: "",
    version: 0,
    decision: "denied",
    rule: "not-listed",
    count: 3,
    names: ["a/ONE", "b/TWO"],
  },
  { ...read, timeMs: 1_760_000_000_126, rule: "integrity", decision: "refused" },
];
const recordFields = [...Object.keys(read), "position", "mac"];

function referenceBytes(chain: string, position: number, record: AuditRecord): Buffer {
  return message("secret-svc/audit/v1", [
    text(chain),
    count(position),
    count(record.timeMs),
    text(record.tenant),
    text(record.principal),
    text(record.action),
    text(record.key),
    count(record.version),
    text(record.decision),
    text(record.rule),
    text(record.requestId),
    text(record.peer),
    count(record.count),
    list(record.names),
    text(record.filter),
  ]);
}

async function success(name: string, sink: AuditSink, made: readonly AuditRecord[]): Promise<AuditVector> {
  const [id, startedAtMs] = ["chain-1", 1_760_000_000_000];
  const start = await hmacSha256(
    auditKey,
    message("secret-svc/audit-chain/v1", [text(id), text(sink), count(startedAtMs)]),
  );
  const chained: ChainedVectorRecord[] = [];
  const bytes: string[] = [];
  let previous = start;
  for (const [index, record] of made.entries()) {
    const encoded = referenceBytes(id, index + 1, record);
    previous = await hmacSha256(auditKey, Buffer.concat([previous, encoded]));
    chained.push({ ...record, position: index + 1, mac: previous.toString("hex") });
    bytes.push(encoded.toString("hex"));
  }
  const chain = { id, sink, startedAtMs, mac: start.toString("hex") };
  return { name, expect: "success", auditKey: auditKey.toString("hex"), chain, records: chained, bytes };
}

async function build(): Promise<readonly AuditVector[]> {
  const good = await success("a chain of reads", "access", records);
  const failure = (name: string, expected: AuditVector["expect"], changed: Partial<AuditVector>): AuditVector => {
    const { bytes: _bytes, ...rest } = good;
    return { ...rest, ...changed, name, expect: expected };
  };
  const [first, second, third, fourth] = good.records;
  if (first === undefined || second === undefined || third === undefined || fourth === undefined)
    throw new Error("four records");
  const edited = (change: Partial<ChainedVectorRecord>) => [first, { ...second, ...change }, third, fourth];
  return [
    good,
    await success("no records", "access", []),
    await success("the other sink", "changes", records.slice(0, 1)),
    ...(["tenant", "principal", "action", "key", "rule", "requestId", "peer", "filter"] as const).map((field) =>
      failure(`${field} edited`, "broken at 2", { records: edited({ [field]: `${second[field]}x` }) }),
    ),
    ...(["timeMs", "version", "count", "position"] as const).map((field) =>
      failure(`${field} edited`, "broken at 2", { records: edited({ [field]: second[field] + 1 }) }),
    ),
    failure("decision edited", "broken at 2", { records: edited({ decision: "denied" }) }),
    failure("names edited", "broken at 2", { records: edited({ names: ["x"] }) }),
    failure("MAC edited", "broken at 2", { records: edited({ mac: third.mac }) }),
    failure("first record dropped", "broken at 1", { records: [second, third, fourth] }),
    failure("record dropped", "broken at 2", { records: [first, third, fourth] }),
    failure("records swapped", "broken at 2", { records: [first, third, second, fourth] }),
    failure("record repeated", "broken at 2", { records: [first, first, second] }),
    failure("other key", "broken start", { auditKey: fixedBytes("another audit key").toString("hex") }),
    failure("start time edited", "broken start", { chain: { ...good.chain, startedAtMs: good.chain.startedAtMs + 1 } }),
    failure("chain renamed", "broken start", { chain: { ...good.chain, id: "chain-2" } }),
    failure("chain of the other sink", "broken start", { chain: { ...good.chain, sink: "changes" } }),
    { ...failure("tail cut off, which only an exported head shows", "success", { records: [first, second] }) },
  ];
}

/** Follows a chain through its records. */
function verdict(vector: AuditVector): AuditVector["expect"] {
  const key = createSecretKey(fromHex(vector.auditKey));
  const { id, sink, startedAtMs, mac } = vector.chain;
  const start = chainStartMac(key, id, sink, startedAtMs);
  if (start.toString("hex") !== mac) return "broken start";
  const chain = createChain(key, id, sink, start);
  for (const [index, { position, mac: given, ...record }] of vector.records.entries()) {
    const step = chain.extend([record]);
    const [made] = step.chained;
    if (made === undefined || made.position !== position || Buffer.from(made.mac).toString("hex") !== given) {
      return `broken at ${index + 1}`;
    }
    step.commit();
  }
  return "success";
}

describeVectors<AuditVector>(
  "audit.json",
  "Audit records and their chain: docs/encryption-format.md, section 6. auditKey, mac and bytes are lower-case hex.",
  ["name", "expect", "auditKey", "chain", "records", "bytes"],
  build,
  (vector) => {
    expectFields(vector.chain, ["id", "sink", "startedAtMs", "mac"]);
    for (const record of vector.records) expectFields(record, recordFields);
    expect(verdict(vector)).toBe(vector.expect);
    vector.bytes?.forEach((bytes, index) => {
      const record = vector.records[index];
      if (record === undefined) expect.unreachable("as many records as bytes");
      expect(encodeAuditRecord(vector.chain.id, record.position, record).toString("hex")).toBe(bytes);
    });
  },
);
