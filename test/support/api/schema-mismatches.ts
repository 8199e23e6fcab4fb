import type { Reference } from "../../../scripts/openapi/errors.ts";
import type { Schema } from "../../../scripts/openapi/schemas.ts";

/** Finds what a reference refers to. */
export type Resolve = (reference: Reference) => Schema;

/** What of a JSON value is not as the schema says. Fields that the schema does not name are never accepted. */
export function mismatches(resolve: Resolve, schema: Schema, value: unknown, at: string): string[] {
  const { $ref } = schema;
  if ($ref !== undefined) return mismatches(resolve, resolve({ $ref }), value, at);
  switch (schema.type) {
    case "string":
      return typeof value === "string" ? textMismatches(schema, value, at) : [`${at} is not a string`];
    case "boolean":
      return typeof value === "boolean" ? [] : [`${at} is not a boolean`];
    case "integer":
      return Number.isInteger(value) && isWithin(Number(value), schema.minimum, schema.maximum)
        ? []
        : [`${at} is not such an integer`];
    case "array":
      if (!Array.isArray(value)) return [`${at} is not an array`];
      return [
        ...(isWithin(value.length, schema.minItems, schema.maxItems) ? [] : [`${at} has ${value.length} entries`]),
        ...value.flatMap((item, index) => mismatches(resolve, schema.items ?? {}, item, `${at}[${index}]`)),
      ];
    case "object":
      return objectMismatches(resolve, schema, value, at);
    default:
      return Object.keys(schema).length === 0 ? [] : [`${at} has no type in docs/openapi.json`];
  }
}

function isWithin(size: number, least = -Infinity, most = Infinity): boolean {
  return size >= least && size <= most;
}

function textMismatches(schema: Schema, value: string, at: string): string[] {
  const { enum: choices, pattern, format, contentEncoding, minLength, maxLength } = schema;
  if (choices !== undefined && !choices.includes(value)) return [`${at} is none of its enum: ${value}`];
  const characters = [...value].length;
  if (!isWithin(characters, minLength, maxLength)) return [`${at} has ${characters} characters`];
  if (pattern !== undefined && !new RegExp(pattern).test(value)) return [`${at} does not match ${pattern}: ${value}`];
  if (format === "date-time" && !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(value))
    return [`${at} is not a date-time`];
  if (contentEncoding === "base64" && !/^[A-Za-z0-9+/]*={0,2}$/.test(value)) return [`${at} is not base64`];
  return [];
}

function objectMismatches(resolve: Resolve, schema: Schema, value: unknown, at: string): string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [`${at} is not an object`];
  const { properties = {}, required = [], additionalProperties, propertyNames, maxProperties } = schema;
  const problems = required.filter((name) => !Object.hasOwn(value, name)).map((name) => `${at}.${name} is missing`);
  const fields = Object.entries(value);
  if (!isWithin(fields.length, 0, maxProperties)) problems.push(`${at} has ${fields.length} fields`);
  for (const [name, field] of fields) {
    const other = additionalProperties === false ? undefined : additionalProperties;
    const known = Object.hasOwn(properties, name) ? properties[name] : other;
    if (propertyNames !== undefined) problems.push(...textMismatches(propertyNames, name, `the name of ${at}.${name}`));
    if (known === undefined) problems.push(`${at}.${name} is not declared`);
    else problems.push(...mismatches(resolve, known, field, `${at}.${name}`));
  }
  return problems;
}
