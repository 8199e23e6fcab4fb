import { SaveOutcome, type SaveResult } from "../../../gen/secret/v1/secret_service_pb.ts";
import { enumName } from "../print/enum-name.ts";
import { escapeForDisplay, toJson } from "../print/escape.ts";
import type { Output } from "../print/output.ts";
import { timeText } from "../print/timestamp.ts";

interface Style {
  /** Nothing was stored. */
  readonly isPlan: boolean;
  readonly asJson: boolean;
  readonly output: Output;
}

/** More lines of secrets that did not change are not read by anyone. */
const unchangedMax = 5;

/**
 * Reports the outcome for each secret, one per line or as one JSON array. A forbidden one makes the command fail. On a
 * terminal, many secrets that did not change are one line.
 */
export function reportResults(results: readonly SaveResult[], { isPlan, asJson, output }: Style): void {
  if (asJson) output.result(toJson(results.map(toResultJson)));
  const unchanged = results.filter(({ outcome }) => outcome === SaveOutcome.UNCHANGED);
  const isCounted = output.isShown && !asJson && unchanged.length > unchangedMax;
  for (const result of results) {
    if (isCounted && result.outcome === SaveOutcome.UNCHANGED) continue;
    if (result.outcome === SaveOutcome.FORBIDDEN) {
      output.error(`${result.key} may not be saved: ${describeMissingRight(result)}`);
    } else if (!asJson) {
      output.result(`${escapeForDisplay(toLine(result, isPlan))}\n`);
      for (const line of accessLines(result)) output.result(`  ${escapeForDisplay(line)}\n`);
    }
  }
  if (isCounted) output.result(`${unchanged.length} unchanged\n`);
}

function toLine(result: SaveResult, isPlan: boolean): string {
  const { outcome, key, version } = result;
  const name = enumName(SaveOutcome, outcome).toLowerCase();
  if (outcome === SaveOutcome.UNCHANGED) return `${name} ${key} (version ${version})`;
  const verb = isPlan ? `would be ${name}:` : name;
  const changes = outcome === SaveOutcome.UPDATED ? describeChanges(result) : "";
  return `${verb} ${key} (version ${version})${changes === "" ? "" : `: ${changes}`}`;
}

/** The rights that users would gain and lose. */
function accessLines({ accessChanges, accessChangeCount }: SaveResult): string[] {
  const lines = accessChanges.map(({ slug, right, gains, through, lastReadAt }) => {
    const by = through === slug ? "" : ` through ${through}`;
    const read = lastReadAt === undefined ? "" : `, last read ${timeText(lastReadAt)}`;
    return `${slug} ${gains ? "gains" : "loses"} ${right}${by}${read}`;
  });
  const rest = accessChangeCount - accessChanges.length;
  return rest > 0 ? [...lines, `and ${rest} more`] : lines;
}

/** Why an item is forbidden. */
export function describeMissingRight({ missingRight, missingPermit }: SaveResult): string {
  if (missingPermit !== "") return `no permit for ${missingPermit}`;
  return missingRight === "admin" ? "only an admin may do this" : `you lack the right ${missingRight}`;
}

/** The changes as text, such as `value, readers +new -gone`. */
export function describeChanges({
  changedFields,
  listChanges,
}: Pick<SaveResult, "changedFields" | "listChanges">): string {
  const parts = changedFields.map((field) => {
    const change = listChanges.find(({ list }) => list === field);
    const entries = [
      ...(change?.added ?? []).map((name) => `+${name}`),
      ...(change?.removed ?? []).map((name) => `-${name}`),
    ];
    return [field, ...entries].join(" ");
  });
  return parts.join(", ");
}

/** A result with the field names of the contract. */
export function toResultJson(result: SaveResult) {
  return {
    key: result.key,
    id: result.id,
    outcome: enumName(SaveOutcome, result.outcome),
    version: result.version,
    changedFields: result.changedFields,
    listChanges: result.listChanges.map(({ list, added, removed }) => ({ list, added, removed })),
    missingRight: result.missingRight,
    ...(result.missingPermit === "" ? {} : { missingPermit: result.missingPermit }),
    ...(result.accessChangeCount === 0 ? {} : { accessChanges: toAccessJson(result) }),
  };
}

function toAccessJson({ accessChanges }: SaveResult) {
  return accessChanges.map(({ slug, right, gains, through, lastReadAt }) => {
    return { slug, right, gains, through, lastReadAt: timeText(lastReadAt) };
  });
}
