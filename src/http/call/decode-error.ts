import { type DescField, type DescOneof, ScalarType } from "@bufbuild/protobuf";
import { isFieldError } from "@bufbuild/protobuf/reflect";
import type { ConnectError } from "@connectrpc/connect";
import { invalidBody } from "./refusal.ts";

const nameForm = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;
/**
 * The decoder's error messages. They name the type, which is ours, before they quote the input, which is never sent.
 */
const errorForm =
  /^cannot decode (message|enum) ([\w.]+) from JSON: (?:(key|duplicate object key) "([^"]*)"( is unknown)?$)?/;

/**
 * Replaces an error of the JSON decoder, whose message quotes the input. The new message names the field or type that
 * is wrong and what it must be. It quotes an unknown name only if it has the form of a field name.
 */
export function jsonDecodeError(error: unknown): ConnectError {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof SyntaxError) return invalidBody("the body is not valid JSON");
  if (isFieldError(cause)) return fieldError(cause.field(), cause.message);
  const match = errorForm.exec(error instanceof Error ? error.message : "");
  if (match === null) return invalidBody("the body is not a valid message");
  const [, kind, typeName = "", complaint, name = ""] = match;
  const type = shortName(typeName);
  if (complaint === "key") {
    return nameForm.test(name)
      ? invalidBody(`${type} has no field "${name}"`, name)
      : invalidBody(`the body names a field that ${type} does not have`);
  }
  if (complaint !== undefined) {
    return nameForm.test(name)
      ? invalidBody(`"${name}" is given twice in the same object`, name)
      : invalidBody("a name is given twice in the same object");
  }
  if (kind === "enum") return invalidBody(`a field of type ${type} must be one of the names of that enum`);
  return invalidBody(`${type} must be ${wellKnownForms[typeName] ?? "an object with its fields"}`);
}

const wellKnownForms: Readonly<Record<string, string>> = {
  "google.protobuf.Timestamp": "an RFC 3339 time such as 2031-01-31T00:00:00Z",
  "google.protobuf.Duration": 'seconds with the suffix "s"',
};

function fieldError(field: DescField | DescOneof, message: string): ConnectError {
  const name = field.kind === "oneof" ? field.name : field.jsonName;
  const type = shortName(field.parent.typeName);
  if (message === "set multiple times") return invalidBody(`${type} has the field "${name}" twice`, name);
  if (field.kind === "oneof") return invalidBody(`only one field of "${name}" of ${type} may be given`, name);
  return invalidBody(`field "${name}" of ${type} must be ${formOf(field)}`, name);
}

function formOf(field: DescField): string {
  switch (field.fieldKind) {
    case "scalar":
      return scalarForm(field.scalar);
    case "enum":
      return `one of the names of ${field.enum.name}`;
    case "message":
      return "an object";
    case "list":
      if (field.listKind === "scalar") return `a list, and each of its items ${scalarForm(field.scalar)}`;
      return "a list";
    case "map":
      if (field.mapKind === "scalar") return `an object, and each of its values ${scalarForm(field.scalar)}`;
      return "an object";
  }
}

function scalarForm(scalar: ScalarType): string {
  switch (scalar) {
    case ScalarType.STRING:
      return "a string of valid Unicode";
    case ScalarType.BYTES:
      return "a base64 string";
    case ScalarType.BOOL:
      return "true or false";
    case ScalarType.DOUBLE:
    case ScalarType.FLOAT:
      return "a number";
    case ScalarType.UINT32:
    case ScalarType.FIXED32:
      return "a whole number from 0 to 4294967295";
    default:
      return "a whole number";
  }
}

function shortName(typeName: string): string {
  return typeName.slice(typeName.lastIndexOf(".") + 1);
}
