import { readFileSync } from "node:fs";
import type { Header, OpenApi, Operation } from "../../../scripts/openapi/document.ts";
import type { Answer, Reference } from "../../../scripts/openapi/errors.ts";
import type { Schema } from "../../../scripts/openapi/schemas.ts";

export const openApi = JSON.parse(
  readFileSync(new URL("../../../docs/openapi.json", import.meta.url), "utf8"),
) as OpenApi;

/** One call over HTTP, once it was answered. */
export interface SeenCall {
  readonly verb: string;
  readonly path: string;
  /** The JSON that was sent; undefined for none. */
  readonly request: unknown;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/**
 * Checks a call against `docs/openapi.json`. Throws for an answer with a status, a header, a type or a field that is not
 * in it, or without one that must be there; and when the service took a request that is not as described.
 */
export function checkDocumented(call: SeenCall): void {
  const problems = problemsOf(call);
  if (problems.length === 0) return;
  const what = `${call.verb} ${call.path}, status ${call.status}, is not what docs/openapi.json says`;
  throw new Error([what, ...problems].join("\n  "));
}

function problemsOf({ verb, path, request, status, headers, text }: SeenCall): string[] {
  const operation: Operation | undefined = openApi.paths[path]?.[verb.toLowerCase()];
  if (operation === undefined) return ["there is no such path with that verb"];
  const found = operation.responses[status];
  if (found === undefined) return [`the status is not declared; the answer was ${text}`];
  const answer: Answer = "$ref" in found ? resolve<Answer>(found) : found;
  const problems = Object.entries(answer.headers ?? {}).flatMap(([name, header]) => {
    const { required, schema } = resolve<Header>(header as Reference);
    const value = headers.get(name);
    if (value === null) return required === true ? [`the header ${name} is missing`] : [];
    return mismatches(schema, value, name);
  });
  const type = headers.get("content-type") ?? "";
  const content = answer.content?.[type];
  if (content === undefined) return [...problems, `the content-type ${type} is not declared`];
  problems.push(...mismatches(content.schema, type === "application/json" ? JSON.parse(text) : text, "answer"));
  if (status === 200 && request !== undefined) {
    const body = operation.requestBody?.content["application/json"].schema;
    problems.push(...(body === undefined ? ["it has no body"] : mismatches(body, request, "request")));
  }
  return problems;
}

function resolve<T>({ $ref }: Reference): T {
  let found: unknown = openApi;
  for (const part of $ref.split("/").slice(1)) found = (found as Record<string, unknown> | undefined)?.[part];
  if (found === undefined) throw new Error(`docs/openapi.json refers to ${$ref}, which is not there`);
  return found as T;
}

/** What of a JSON value is not as the schema says. Fields that the schema does not name are never accepted. */
function mismatches(schema: Schema, value: unknown, at: string): string[] {
  if (schema.$ref !== undefined) return mismatches(resolve<Schema>({ $ref: schema.$ref }), value, at);
  switch (schema.type) {
    case "string":
      return typeof value === "string" ? textMismatches(schema, value, at) : [`${at} is not a string`];
    case "boolean":
      return typeof value === "boolean" ? [] : [`${at} is not a boolean`];
    case "integer":
      return Number.isInteger(value) &&
        Number(value) >= (schema.minimum ?? -Infinity) &&
        Number(value) <= (schema.maximum ?? Infinity)
        ? []
        : [`${at} is not such an integer`];
    case "array":
      if (!Array.isArray(value)) return [`${at} is not an array`];
      return value.flatMap((item, index) => mismatches(schema.items ?? {}, item, `${at}[${index}]`));
    case "object":
      return objectMismatches(schema, value, at);
    default:
      return Object.keys(schema).length === 0 ? [] : [`${at} has no type in docs/openapi.json`];
  }
}

function textMismatches(
  { enum: choices, pattern, format, contentEncoding }: Schema,
  value: string,
  at: string,
): string[] {
  if (choices !== undefined && !choices.includes(value)) return [`${at} is none of its enum: ${value}`];
  if (pattern !== undefined && !new RegExp(pattern).test(value)) return [`${at} does not match ${pattern}: ${value}`];
  if (format === "date-time" && !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(value))
    return [`${at} is no date-time`];
  if (contentEncoding === "base64" && !/^[A-Za-z0-9+/]*={0,2}$/.test(value)) return [`${at} is not base64`];
  return [];
}

function objectMismatches(schema: Schema, value: unknown, at: string): string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [`${at} is not an object`];
  const { properties = {}, required = [], additionalProperties } = schema;
  const problems = required.filter((name) => !Object.hasOwn(value, name)).map((name) => `${at}.${name} is missing`);
  for (const [name, field] of Object.entries(value)) {
    const other = additionalProperties === false ? undefined : additionalProperties;
    const known = Object.hasOwn(properties, name) ? properties[name] : other;
    if (known === undefined) problems.push(`${at}.${name} is not declared`);
    else problems.push(...mismatches(known, field, `${at}.${name}`));
  }
  return problems;
}
