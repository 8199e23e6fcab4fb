import { isUtf8 } from "node:buffer";
import { checkJsonSize, refuseRepeatedNames } from "../http/call/count-json-values.ts";
import { requestLimits } from "../http/call/request-limits.ts";
import { type Members, members, minify } from "./json-text.ts";
import { badRequest, VaultRefusal } from "./refusal.ts";

/**
 * The fields of a body, as raw JSON. It is JSON whatever its type says. An empty one has no fields. Throws
 * `VaultRefusal`, which never quotes the body.
 */
export function readFields(bytes: Uint8Array): Members {
  if (bytes.length === 0) return new Map();
  if (!isUtf8(bytes)) throw notJson("it is not valid UTF-8");
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
  try {
    checkJsonSize(text, requestLimits);
  } catch (error) {
    const message = error instanceof Error && "rawMessage" in error ? String(error.rawMessage) : "it is too large";
    throw notJson(message);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw notJson("it is not valid JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw notJson("it is not an object");
  try {
    refuseRepeatedNames(text, "object");
  } catch {
    throw notJson("an object names a field twice");
  }
  return members(minify(text));
}

function notJson(why: string): VaultRefusal {
  return new VaultRefusal(400, "invalid-body", `failed to parse JSON input: ${why}`);
}

/** A field that is a text; undefined when it is absent or null. Throws `VaultRefusal`. */
export function textField(fields: Members, name: string): string | undefined {
  const raw = fields.get(name);
  if (raw === undefined || raw === "null") return undefined;
  if (!raw.startsWith('"')) throw badRequest(`the field ${name} must be a text`);
  return JSON.parse(raw);
}
