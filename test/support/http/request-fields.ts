import type { OpenApi } from "../../../scripts/openapi/document.ts";
import type { Schema } from "../../../scripts/openapi/schemas.ts";
import { quotaNames } from "../../../src/rules/quota.ts";
import { openApi, resolve } from "../api/documented.ts";

/** A field of a request over HTTP that `docs/openapi.json` limits. */
export interface RequestField {
  readonly verb: string;
  readonly url: string;
  readonly operationId: string;
  /** As errors name it, such as `secrets[0].readers`. */
  readonly path: string;
  readonly schema: Schema;
  readonly isRequired: boolean;
  /** A request that is right apart from this field, which has the value; undefined leaves it out. */
  body(value: unknown): unknown;
}

const nameFields = ["keys", "ids", "key", "id"];
const named = (field: string) => (nameFields.includes(field) ? {} : { key: "a" });
const oneValue = (value: string) => (field: string) => (field === "value" || field === "values" ? {} : { value });

/** The least that a message needs next to a field: other fields of it must not be the reason of a refusal. */
const bases: Readonly<Record<string, (field: string) => object>> = {
  RemoveSecretsRequest: named,
  SaveSecretsRequest: (field) => (field === "secrets" ? {} : { secrets: [{ key: "other", value: "x" }] }),
  SecretInput: (field) => ({
    ...(field === "id" ? {} : field === "key" ? { id: "secr_a" } : { key: "a" }),
    value: "x",
  }),
  CopyItem: () => ({ source: "a", target: "b" }),
  CopySecretsRequest: () => ({ items: [{ source: "a", target: "b" }] }),
  CompareNamespacesRequest: (field) => (field === "left" ? { right: "other" } : { left: "other" }),
  SavePermitsRequest: () => ({ permits: [{ name: "a", pattern: "b/*" }] }),
  RemovePermitsRequest: () => ({ permits: [{ name: "a", pattern: "b/*" }] }),
  Permit: () => ({ name: "a", pattern: "b/*" }),
  TeamUser: () => ({ slug: "a" }),
  TeamToken: () => ({ slug: "a" }),
  SecretRemoval: () => ({ key: "a" }),
  ListVersionsRequest: () => ({ key: "a" }),
  RestoreVersionRequest: () => ({ key: "a", version: 1 }),
  PurgeSecretsRequest: () => ({ keys: ["a"] }),
  EncryptValueRequest: oneValue("x"),
  DecryptValueRequest: oneValue("seal.v1.x"),
  ExplainAccessRequest: (field) => ({ key: "a", ...(field === "pageSize" ? { whoCan: "create" } : {}) }),
  UserInput: () => ({ slug: "a" }),
  SaveUsersRequest: () => ({ users: [{ slug: "a" }] }),
  RemoveUsersRequest: () => ({ slugs: ["a"] }),
  Grant: () => ({ action: "read", keyPatterns: ["a"] }),
  SetQuotasRequest: (field) => (field === "clear" ? {} : { quotas: { [quotaNames[0] ?? ""]: 1 } }),
  RevokeTokenRequest: () => ({ id: `tok_${"0".repeat(20)}` }),
  InviteUserRequest: () => ({ slug: "a" }),
  RemovePasskeyRequest: () => ({ id: "a" }),
  EndSessionRequest: () => ({ all: true }),
  BeginLoginRequest: () => ({ challenge: "c".repeat(43), loopbackPort: 9 }),
  FinishLoginRequest: () => ({ loginId: "a".repeat(43), verifier: "v".repeat(43) }),
  LinkUserRequest: () => ({ slug: "a", method: "acme", subject: "x" }),
  DestroySealingKeyRequest: () => ({ kid: "0".repeat(16) }),
};

/** All limited fields of all requests, those of the messages in them included. */
export function limitedFields(document: OpenApi = openApi): RequestField[] {
  return Object.entries(document.paths).flatMap(([url, byVerb]) =>
    Object.entries(byVerb).flatMap(([verb, { operationId, requestBody }]) => {
      const $ref = requestBody?.content["application/json"].schema.$ref;
      // A second path of a method ends in its number.
      if ($ref === undefined || /\d$/.test(operationId)) return [];
      const call = { verb: verb.toUpperCase(), url, operationId };
      return fieldsOf($ref, "", (body) => body).map((field) => ({ ...call, ...field }));
    }),
  );
}

type Field = Pick<RequestField, "path" | "schema" | "isRequired" | "body">;

function fieldsOf($ref: string, prefix: string, wrap: (message: object) => object): Field[] {
  const base = bases[$ref.split("/").at(-1) ?? ""] ?? (() => ({}));
  const { properties = {}, required = [] } = resolve<Schema>({ $ref });
  return Object.entries(properties).flatMap(([name, schema]) => {
    const path = `${prefix}${name}`;
    const isRequired = required.includes(name);
    const body = (value: unknown) => wrap({ ...base(name), [name]: value });
    const inner = schema.items?.$ref;
    const nested = inner === undefined ? [] : fieldsOf(inner, `${path}[0].`, (message) => body([message]) as object);
    return [...(isRequired || isLimited(schema) ? [{ path, schema, isRequired, body }] : []), ...nested];
  });
}

function isLimited({ format, $ref, description: _, type, items, additionalProperties, ...limits }: Schema): boolean {
  if ($ref !== undefined || format === "date-time" || (type === "string" && isDuration(limits))) return false;
  const inner = items ?? (additionalProperties || {});
  return Object.keys(limits).length > 0 || Object.keys(inner).some((name) => name !== "type" && name !== "$ref");
}

function isDuration({ pattern }: Schema): boolean {
  return pattern?.endsWith("s$") === true;
}

const texts = [
  ...["", "a", "b/a", "a-b", "A", "x.y", "...", "a/b/c/d/e/f/g/h", "secr_a", "*", "a*/b", "read", "create", "remove"],
  ...["readers", "metadata", "roles", "SHA-256", "0".repeat(8), "0".repeat(16), `tok_${"0".repeat(20)}`, "save-value"],
  ...[" ", "a b", "é", "/a", "a/", "a//b", ".", "..", "a/..", "a/b/c/d/e/f/g/h/i", "-a", "a-", "a--b", "a\n", "a\0"],
  ...["READ", "sha-256", "tok_1", "0".repeat(17), "seal.v2.x", "seal", "a,b", "a:b", "\u{1F511}"],
];

/** Values on both sides of every limit of a schema; undefined for a field that is left out. */
export function valuesFor(schema: Schema): readonly unknown[] {
  switch (schema.type) {
    case "string":
      return [undefined, ...textsFor(schema)];
    case "integer":
      return [undefined, ...[schema.minimum ?? 0, schema.maximum ?? 0].flatMap((edge) => [edge - 1, edge, edge + 1])];
    case "array": {
      const lengths = [0, schema.minItems ?? 0, ...(schema.maxItems === undefined ? [] : edges(schema.maxItems))];
      const lists = lengths.map((length) => Array.from({ length }, (_, index) => entryFor(schema.items ?? {}, index)));
      const inner = schema.items?.type === "string" ? textsFor(schema.items).map((text) => [text]) : [];
      return [undefined, ...lists, ...inner];
    }
    case "object": {
      const { maxProperties = 0, propertyNames = {}, additionalProperties } = schema;
      const maps = edges(maxProperties).map((length) =>
        Object.fromEntries(Array.from({ length }, (_, n) => [`n${n}`, "x"])),
      );
      const named = textsFor(propertyNames).map((name) => ({ [name]: "x" }));
      return [undefined, ...maps, ...named, ...textsFor(additionalProperties || {}).map((text) => ({ name: text }))];
    }
    default:
      throw new Error(`no values for a schema of the type ${schema.type}`);
  }
}

function textsFor({ maxLength }: Schema): string[] {
  return [...texts, ...(maxLength === undefined ? [] : edges(maxLength).map((length) => "a".repeat(length)))];
}

const edges = (limit: number) => [limit, limit + 1];

/** Entries that are good and differ, where the schema has more than a few. */
function entryFor({ $ref, pattern = "" }: Schema, index: number): unknown {
  if ($ref !== undefined) return messageFor($ref.split("/").at(-1) ?? "", index);
  return new RegExp(pattern).test(`a${index}`) ? `a${index}` : texts.find((text) => new RegExp(pattern).test(text));
}

/** Equal grants count once. */
function messageFor(name: string, index: number): unknown {
  const base = bases[name]?.("");
  return name === "Grant" ? { ...base, keyPatterns: [`a${index}`] } : base;
}
