import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { AuditRecord } from "../audit/record.ts";
import { SecretError } from "../error.ts";
import { limits } from "../limits.ts";
import { decide, isVisible, type Rule } from "../rules/access.ts";
import type { Context } from "../rules/context.ts";
import { auditRecord, type CallInfo } from "../rules/decision-record.ts";
import { keyProblem } from "../rules/secret-key.ts";
import { requireWellFormed } from "../rules/selection.ts";
import { compareBytes } from "../text/byte-order.ts";
import { bytesOf } from "../text/secret-value.ts";
import { isFailure, verifyLatest, visibleTo } from "./verified-secret.ts";

export type Comparison = "same" | "different" | "only-left" | "only-right" | "not-readable" | "damaged";

export interface ComparedSecret {
  /** The key without the namespace. */
  readonly name: string;
  readonly comparison: Comparison;
}

export interface CompareRequest {
  readonly left: string;
  readonly right: string;
}

const action = "secret.compare";

/** A secret of one side. The digest is under a key of this call, so that no values have to stay in memory. */
interface Side {
  readonly key: string;
  readonly version: number;
  /** The rule by which the caller may read it; undefined when they may not. */
  readonly rule: Rule | undefined;
  /** Undefined for a document that does not verify. */
  readonly digest: Buffer | undefined;
}

/**
 * Compares what the caller can see of two namespaces. Only of secrets that they may read on both sides it says whether
 * the values are the same, and each such answer is recorded. Throws LIMIT_EXCEEDED for namespaces that are too large.
 */
export async function compareNamespaces(
  context: Context,
  call: CallInfo,
  { left, right }: CompareRequest,
): Promise<readonly ComparedSecret[]> {
  checkRequest(left, right);
  await call.room?.grow(limits.largeListBytes);
  const digestKey = randomBytes(32);
  const lefts = await readNamespace(context, call, "left", left, digestKey);
  const rights = await readNamespace(context, call, "right", right, digestKey);
  const names = [...new Set([...lefts.keys(), ...rights.keys()])].sort(compareBytes);
  const nowMs = context.now();
  const records: AuditRecord[] = [];
  const compared = names.map((name): ComparedSecret => {
    const [one, other] = [lefts.get(name), rights.get(name)];
    const comparison = comparisonOf(one, other);
    if (one?.rule !== undefined && other !== undefined && (comparison === "same" || comparison === "different")) {
      const { key, version, rule } = one;
      const entry = { action, decision: "allowed", rule, key, version, filter: `with=${other.key}` } as const;
      records.push(auditRecord(call, nowMs, entry));
    }
    return { name, comparison };
  });
  const whole = { action, decision: "allowed", rule: "visible", count: compared.length, names: [left, right] } as const;
  await context.accessLog.record([...records, auditRecord(call, nowMs, whole)]);
  return compared;
}

function comparisonOf(left: Side | undefined, right: Side | undefined): Comparison {
  if (right === undefined) return "only-left";
  if (left === undefined) return "only-right";
  if (left.digest === undefined || right.digest === undefined) return "damaged";
  if (left.rule === undefined || right.rule === undefined) return "not-readable";
  return timingSafeEqual(left.digest, right.digest) ? "same" : "different";
}

async function readNamespace(
  context: Context,
  call: CallInfo,
  field: string,
  namespace: string,
  digestKey: Buffer,
): Promise<ReadonlyMap<string, Side>> {
  const { caller } = call;
  const { tenant } = caller;
  const prefix = `${namespace}/`;
  const sides = new Map<string, Side>();
  for (let after: string | undefined = ""; after !== undefined; ) {
    const page: Awaited<ReturnType<typeof context.store.listSecrets>> = await context.store.listSecrets({
      ...{ tenant, visibleTo: visibleTo(caller), right: "any", prefix, glob: undefined, after },
      limit: limits.rowsInPart,
      scanLimit: limits.scannedRows,
    });
    const seen = page.secrets.filter((secret) => isVisible(caller, secret));
    const expected = context.lastChanges.expect(
      tenant,
      seen.map(({ key }) => key),
      "read",
    );
    for (const [{ key, version }, result] of await verifyLatest(context, seen, expected)) {
      const name = key.slice(prefix.length);
      if (isFailure(result)) sides.set(name, { key, version, rule: undefined, digest: undefined });
      else if (isVisible(caller, result.stored)) {
        const { allowed, rule } = decide(caller, result.stored, "read");
        const { value = "" } = result.plaintext;
        const digest = createHmac("sha256", digestKey)
          .update(`${typeof value}:`)
          .update(bytesOf(value))
          .digest();
        sides.set(name, { key, version, rule: allowed ? rule : undefined, digest });
      }
    }
    if (sides.size > limits.comparedSecrets) throw tooMany(field, namespace);
    after = page.next;
  }
  return sides;
}

function tooMany(field: string, namespace: string): SecretError {
  const limit = limits.comparedSecrets;
  const message = `${namespace} has more than ${limit} secrets: compare the namespaces in it, one at a time`;
  return new SecretError({ reason: "LIMIT_EXCEEDED", message, field, limit, actual: limit + 1 });
}

function checkRequest(left: string, right: string): void {
  for (const [field, namespace] of [
    ["left", left],
    ["right", right],
  ] as const) {
    requireWellFormed(field, namespace === "" ? { rule: "must name a namespace" } : keyProblem(namespace));
  }
  if (left !== right) return;
  throw new SecretError({ reason: "CONFLICTING_FIELDS", message: "left and right must differ", field: "right" });
}
