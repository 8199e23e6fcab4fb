import type { Amount, Usage } from "../../../gen/secret/v1/identity_service_pb.ts";

const units = ["KiB", "MiB", "GiB", "TiB"];

/** How much there is and may be, one line for each thing. */
export function usageLines(usage: Usage | undefined): string[][] {
  if (usage === undefined) return [];
  const { secrets, bytes, tokens, watches } = usage;
  const count = String;
  return [
    ["secrets:", amountText(secrets, count)],
    ["stored:", amountText(bytes, bytesText)],
    ["live tokens:", amountText(tokens, count)],
    ["watches:", amountText(watches, count)],
  ];
}

function amountText(amount: Amount | undefined, show: (value: bigint) => string): string {
  const { used = 0n, limit } = amount ?? {};
  return `${show(used)} of ${limit === undefined ? "any number" : show(limit)}`;
}

/** `1536` is `1.5 KiB`. */
export function bytesText(bytes: bigint): string {
  let value = Number(bytes);
  let unit = "B";
  for (const larger of units) {
    if (value < 1024) break;
    value /= 1024;
    unit = larger;
  }
  return `${Number.isInteger(value) ? value : value.toFixed(1)} ${unit}`;
}

/** Usage as JSON. A limit that does not exist is `null`. */
export function toUsageJson(usage: Usage | undefined) {
  const amount = (of: Amount | undefined) => ({
    used: Number(of?.used ?? 0n),
    limit: of?.limit === undefined ? null : Number(of.limit),
  });
  return {
    secrets: amount(usage?.secrets),
    bytes: amount(usage?.bytes),
    tokens: amount(usage?.tokens),
    watches: amount(usage?.watches),
  };
}
