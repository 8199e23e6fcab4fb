import { defaultQuotas } from "../limits.ts";
import { type QuotaName, type Quotas, quotaNames } from "../rules/quota.ts";
import { ConfigError } from "./config-error.ts";

/** The variable of each quota. */
const variables: Readonly<Record<QuotaName, string>> = {
  userSecrets: "SECRET_SVC_USER_SECRETS",
  userBytes: "SECRET_SVC_USER_BYTES",
  userTokens: "SECRET_SVC_USER_TOKENS",
  userWatches: "SECRET_SVC_USER_WATCHES",
  tenantSecrets: "SECRET_SVC_TENANT_SECRETS",
  tenantBytes: "SECRET_SVC_TENANT_BYTES",
  tenantTokens: "SECRET_SVC_TENANT_TOKENS",
  tenantWatches: "SECRET_SVC_TENANT_WATCHES",
};

const units: Readonly<Record<string, number>> = { "": 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };

/** Reads what users and tenants may have. Throws `ConfigError`. */
export function readQuotas(environment: Readonly<Record<string, string | undefined>>): Quotas {
  const quotas: Record<QuotaName, number> = { ...defaultQuotas };
  for (const name of quotaNames) {
    const text = environment[variables[name]] ?? "";
    if (text !== "") quotas[name] = parse(variables[name], text, name.endsWith("Bytes"));
  }
  return quotas;
}

function parse(variable: string, text: string, isBytes: boolean): number {
  if (text === "off") return Infinity;
  const [, digits, unit = ""] = (isBytes ? /^(\d{1,15})(KiB|MiB|GiB)?$/ : /^(\d{1,9})$/).exec(text) ?? [];
  const limit = Number(digits) * (units[unit] ?? 1);
  if (digits !== undefined && Number.isSafeInteger(limit)) return limit;
  const form = isBytes ? "a number of bytes, such as 500MiB or 2GiB" : "a whole number up to 999999999";
  throw new ConfigError(`${variable} must be ${form}, or off`);
}
