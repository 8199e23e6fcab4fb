import { expect, test } from "vitest";
import { readQuotas } from "../../src/config/quotas.ts";
import { defaultQuotas } from "../../src/limits.ts";

const errorOf = (environment: Record<string, string>) => {
  try {
    readQuotas(environment);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("it was accepted");
};

test("fault A3: quotas have defaults, and each is a number or off", () => {
  expect(readQuotas({})).toEqual(defaultQuotas);
  const quotas = readQuotas({
    SECRET_SVC_USER_SECRETS: "5",
    SECRET_SVC_TENANT_TOKENS: "0",
    SECRET_SVC_USER_WATCHES: "off",
  });
  expect(quotas).toEqual({ ...defaultQuotas, userSecrets: 5, tenantTokens: 0, userWatches: Infinity });
  for (const text of ["-1", "1.5", "1e3", "many", "5MiB", "9999999999"]) {
    expect(errorOf({ SECRET_SVC_TENANT_SECRETS: text })).toBe(
      "SECRET_SVC_TENANT_SECRETS must be a whole number up to 999999999, or off",
    );
  }
});

test("fault A3: quotas of bytes may have a unit", () => {
  const bytes = (text: string) => readQuotas({ SECRET_SVC_USER_BYTES: text }).userBytes;
  expect([bytes("7"), bytes("3KiB"), bytes("2MiB"), bytes("1GiB"), bytes("off")]).toEqual([
    ...[7, 3072, 2 * 1024 ** 2, 1024 ** 3, Infinity],
  ]);
  for (const text of ["1 GiB", "1GB", "1.5GiB", "-1", "999999999999999GiB"]) {
    expect(errorOf({ SECRET_SVC_TENANT_BYTES: text })).toBe(
      "SECRET_SVC_TENANT_BYTES must be a number of bytes, such as 500MiB or 2GiB, or off",
    );
  }
});
