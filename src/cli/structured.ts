import { dump } from "js-yaml";
import { toJson } from "./escape.ts";

/** A result as JSON or as YAML with the same fields. */
export function toStructured(value: unknown, format: "json" | "yaml"): string {
  return format === "json" ? toJson(value) : dump(JSON.parse(toJson(value)), { lineWidth: -1 });
}
