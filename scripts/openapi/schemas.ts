import { type DescEnum, type DescField, type DescMessage, type DescMethod, ScalarType } from "@bufbuild/protobuf";
import { FeatureSet_FieldPresence } from "@bufbuild/protobuf/wkt";
import { at, type ReadComment } from "./comments.ts";
import { type Constraint, constraintOf } from "./constraints.ts";
import { schemaName } from "./names.ts";

/** The part of JSON Schema that the document uses. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: "string" | "integer" | "number" | "boolean" | "object" | "array";
  readonly description?: string;
  readonly format?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly contentEncoding?: "base64";
  readonly minimum?: number;
  readonly maximum?: number;
  readonly enum?: readonly string[];
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly maxProperties?: number;
  readonly propertyNames?: Schema;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | false;
}

export function reference(name: string): Schema {
  return { $ref: `#/components/schemas/${name}` };
}

/**
 * The schemas of all messages that the methods take and return, by name. Requests have the limits of `constraints.ts`,
 * and must not have unknown fields. Answers contain every field that is not optional. They have no limits, and later
 * versions may add fields.
 */
export function schemasOf(methods: readonly DescMethod[], errorDetail: DescMessage, comment: ReadComment) {
  const asked = new Set<DescMessage | DescEnum>();
  const answered = new Set<DescMessage | DescEnum>();
  for (const { input, output } of methods) {
    collect(input, asked);
    collect(output, answered);
  }
  const all = new Set([...asked, ...answered]);
  // Errors leave out what is not set.
  collect(errorDetail, all);
  return Object.fromEntries(
    [...all]
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .map((type) => {
        if (type.kind === "enum") return [type.name, enumSchema(type, comment)];
        const isAsked = asked.has(type);
        const isAnswered = answered.has(type);
        return [schemaName(type.name), messageSchema(type, { isAsked, isAnswered, comment })];
      }),
  );
}

function collect(type: DescMessage | DescEnum, found: Set<DescMessage | DescEnum>): void {
  if (found.has(type) || wellKnown(type.typeName) !== undefined) return;
  found.add(type);
  if (type.kind === "enum") return;
  for (const field of type.fields) {
    if (field.message !== undefined) collect(field.message, found);
    if (field.enum !== undefined) collect(field.enum, found);
  }
}

function enumSchema(type: DescEnum, comment: ReadComment): Schema {
  const path = [at.enum, type.file.enums.indexOf(type)];
  const values = type.values.map(
    ({ name }, index) => `\`${name}\`: ${comment(type.file, ...path, at.enumValue, index)}`,
  );
  return {
    type: "string",
    description: [comment(type.file, ...path), ...values].join("\n\n"),
    enum: type.values.map(({ name }) => name),
  };
}

function messageSchema(
  type: DescMessage,
  options: { readonly isAsked: boolean; readonly isAnswered: boolean; readonly comment: ReadComment },
): Schema {
  const { isAsked, isAnswered, comment } = options;
  const path = [at.message, type.file.messages.indexOf(type)];
  const properties = Object.fromEntries(
    type.fields.map((field, index) => [
      field.jsonName,
      {
        ...fieldSchema(field, isAsked ? constraintOf(field) : {}),
        description: comment(type.file, ...path, at.messageField, index),
      },
    ]),
  );
  const isNeeded = (field: DescField) =>
    isAsked ? constraintOf(field).isRequired === true : isAnswered && isAlwaysWritten(field);
  const required = type.fields.filter(isNeeded).map(({ jsonName }) => jsonName);
  return {
    type: "object",
    description: comment(type.file, ...path),
    ...(type.fields.length === 0 ? {} : { properties }),
    ...(required.length === 0 ? {} : { required }),
    ...(isAsked && !isAnswered ? { additionalProperties: false } : {}),
  };
}

/** The only fields of a secret in the KEYS view. */
const alwaysInSecret = ["id", "key"];

function isAlwaysWritten(field: DescField): boolean {
  if (field.parent.name === "Secret") return alwaysInSecret.includes(field.name);
  return (
    field.fieldKind === "list" || field.fieldKind === "map" || field.presence === FeatureSet_FieldPresence.IMPLICIT
  );
}

function fieldSchema(field: DescField, { isRequired: _, text, ...limits }: Constraint): Schema {
  const value = valueSchema(field);
  const limited = text === undefined ? value : { ...value, ...text };
  switch (field.fieldKind) {
    case "list":
      return { type: "array", items: limited, ...limits };
    case "map":
      return { type: "object", additionalProperties: limited, ...limits };
    default:
      return { ...limited, ...limits };
  }
}

function valueSchema(field: DescField): Schema {
  const type = field.message ?? field.enum;
  if (type !== undefined) return wellKnown(type.typeName) ?? reference(schemaName(type.name));
  if (field.scalar === undefined) throw new Error(`${field} has no type that a schema is known for`);
  const isSecret = field.proto.options?.debugRedact === true;
  return { ...scalarSchema(field.scalar), ...(isSecret ? { format: "password" } : {}) };
}

function scalarSchema(scalar: ScalarType): Schema {
  switch (scalar) {
    case ScalarType.STRING:
      return { type: "string" };
    case ScalarType.BOOL:
      return { type: "boolean" };
    case ScalarType.UINT32:
      return { type: "integer", minimum: 0, maximum: 4_294_967_295 };
    case ScalarType.UINT64:
      return { type: "string", pattern: "^[0-9]+$" };
    case ScalarType.BYTES:
      return { type: "string", contentEncoding: "base64" };
    default:
      throw new Error(`no schema for the type ${ScalarType[scalar]}: add one`);
  }
}

function wellKnown(typeName: string): Schema | undefined {
  switch (typeName) {
    case "google.protobuf.Timestamp":
      return { type: "string", format: "date-time" };
    case "google.protobuf.Duration":
      return { type: "string", pattern: "^-?[0-9]+([.][0-9]{1,9})?s$" };
    default:
      return undefined;
  }
}
