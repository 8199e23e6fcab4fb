import type { ShownUsage } from "../identity/usage.ts";
import { type OwnQuotas, type QuotaName, quotaNames } from "../rules/quota.ts";

/** Usage as the contract has it. */
export function toWireUsage(usage: ShownUsage) {
  const amount = ({ used, limit }: ShownUsage[keyof ShownUsage]) => ({
    used: BigInt(used),
    ...(limit === undefined ? {} : { limit: BigInt(limit) }),
  });
  return {
    secrets: amount(usage.secrets),
    bytes: amount(usage.bytes),
    tokens: amount(usage.tokens),
    watches: amount(usage.watches),
  };
}

export function toWireQuotas(own: OwnQuotas): Partial<Record<QuotaName, bigint>> {
  const wire: Partial<Record<QuotaName, bigint>> = {};
  for (const name of quotaNames) {
    const limit = own[name];
    if (limit !== undefined) wire[name] = BigInt(limit);
  }
  return wire;
}

/** Numbers that are too large for a limit stay too large. */
export function fromWireQuotas(wire: Partial<Record<QuotaName, bigint | undefined>> = {}): OwnQuotas {
  const own: Partial<Record<QuotaName, number>> = {};
  for (const name of quotaNames) {
    const limit = wire[name];
    if (limit !== undefined) own[name] = Number(limit);
  }
  return own;
}
