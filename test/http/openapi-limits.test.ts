import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { constrainedFields } from "../../scripts/openapi/constraints.ts";
import { createLanes } from "../../src/flow/lanes.ts";
import { openApi, resolve } from "../support/api/documented.ts";
import { startService, type TestService } from "../support/api/fixture.ts";
import { mismatches } from "../support/api/schema-mismatches.ts";
import { rest } from "../support/api/transports.ts";
import { limitedFields, type RequestField, valuesFor } from "../support/http/request-fields.ts";
import { startLogins, type TestLogins } from "../support/login/fixture.ts";

let service: TestService;
let logins: TestLogins;
beforeAll(async () => {
  [service, logins] = await Promise.all([startService(rest), startLogins()]);
});
afterAll(() => Promise.all([service.stop(), logins.stop()]));

/** What JSON Schema cannot say. The service refuses more of these fields than their schema does. */
const stricter: Readonly<Record<string, string>> = {
  "saveSecrets secrets[0].value": "a value of its own length has a smaller limit than a sealed one",
  "saveSecrets secrets[0].checksum": "the checksum must match the value",
  "saveSecrets secrets": "secrets and remove have 1 to 1,000 entries together",
  "saveSecrets remove": "secrets and remove have 1 to 1,000 entries together",
  "removeSecrets keys": "keys, ids, key or id must name a secret",
  "encryptValue value": "value or values must be there",
  "saveSecrets secrets[0].valueBytes": "base64 without padding may have two bytes more in as many characters",
  "encryptValue valueBytes": "base64 without padding may have two bytes more in as many characters",
  "decryptValue value": "a sealed value has a header and a ciphertext",
  "decryptValue values": "a sealed value has a header and a ciphertext",
  "finishPasskeyLogin credential": "it must be the JSON of WebAuthn",
  "finishPasskeyRegistration credential": "it must be the JSON of WebAuthn",
  "acceptInvitation credential": "it must be the JSON of WebAuthn",
};
/**
 * The service takes the alphabet of URLs as well, and an empty value is like none: only what is too long is refused.
 */
const looser: readonly string[] = ["saveSecrets secrets[0].valueBytes", "encryptValue valueBytes"];
/**
 * Without a provider that people log in with, these are refused whatever they name. With one, they are limited to some
 * a minute.
 */
const needProvider: readonly string[] = ["beginLogin", "finishLogin", "linkUser"];
/** Errors that name another field than the one that has too much. */
const namedBy: Readonly<Record<string, string>> = { remove: "secrets", "grants[0].keyPatterns": "grants" };

const badField = new Set([
  "REASON_INVALID_FIELD",
  "REASON_LIMIT_EXCEEDED",
  "REASON_CHECKSUM_MISMATCH",
  "REASON_NOT_A_SEALED_VALUE",
]);

interface Detail {
  readonly reason?: string;
  readonly field?: string;
}

/** Whether the service refused the request because of the field. */
async function isRefused({ operationId, verb, url, path, body }: RequestField, value: unknown): Promise<boolean> {
  const asked = needProvider.includes(operationId) ? logins.service : service;
  if (asked === logins.service) asked.clock.advance(60_000);
  const headers = { authorization: `Bearer ${asked.admin.token}`, "content-type": "application/json" };
  const response = await fetch(asked.url + url, { method: verb, headers, body: JSON.stringify(body(value)) });
  const { details = [] } = (await response.json()) as { details?: { debug: Detail }[] };
  expect(response.status).toBeLessThan(500);
  return details.some(({ debug: { reason = "", field = "" } }) => {
    const isHere = [path, namedBy[path]].some((name) => field === name || field.startsWith(`${name}[`));
    return reason === "REASON_INVALID_BODY" || (badField.has(reason) && (isHere || field.startsWith(`${path}.`)));
  });
}

describe("fault C10: the service refuses what docs/openapi.json refuses, and takes what it allows", () => {
  const fields = limitedFields().map((field) => ({ title: `${field.operationId} ${field.path}`, field }));

  test.each(fields)("$title", async ({ title, field }) => {
    const { schema, isRequired, path } = field;
    const isBad = (value: unknown) =>
      value === undefined ? isRequired : mismatches(resolve, schema, value, path).length > 0;
    const isTooLong = (value: unknown) => typeof value === "string" && value.length > (schema.maxLength ?? Infinity);
    const values = valuesFor(schema)
      .filter((value) => isBad(value) || !(title in stricter))
      .filter((value) => !looser.includes(title) || isTooLong(value));
    expect(values.some(isBad), "a value breaks the limit").toBe(true);
    const lanes = createLanes(8);
    const check = async (value: unknown) =>
      expect(await isRefused(field, value), JSON.stringify(value)?.slice(0, 100)).toBe(isBad(value));
    await Promise.all(values.map((value) => lanes.run(() => check(value))));
  });

  test("all exceptions are fields", () => {
    const titles = fields.map(({ title }) => title);
    expect(titles).toEqual(expect.arrayContaining(Object.keys(stricter)));
  });
});

describe("fault C10: docs/openapi.json", () => {
  const { schemas } = openApi.components;

  test("has limits for fields of the contract only", () => {
    const known = Object.entries(schemas).flatMap(([name, { properties = {} }]) =>
      Object.keys(properties).map((field) => `${name}.${field}`),
    );
    expect(constrainedFields().filter((field) => !known.includes(field))).toEqual([]);
  });

  test("has no schema with a name that generated clients give to the answer of a call", () => {
    expect(Object.keys(schemas).filter((name) => name.endsWith("Response"))).toEqual([]);
    expect(Object.keys(schemas)).toContain("ListSecretsReply");
  });

  test("limits only requests, so that a later service may answer more", () => {
    const { Secret, User } = schemas;
    for (const schema of [Secret, User]) expect(JSON.stringify(schema)).not.toMatch(/"(?:max|min)(?:Length|Items)"/);
  });
});
