import { readFileSync } from "node:fs";

/** For the compiled program, the file is one folder further up. */
const file = import.meta.url.endsWith(".ts") ? "../../../docs/openapi.json" : "../../../../docs/openapi.json";

let text: string | undefined;

/** The OpenAPI description of the REST paths, generated from the contract. Read once, on the first request for it. */
export function readOpenApi(): string {
  text ??= readFileSync(new URL(file, import.meta.url), "utf8");
  return text;
}
