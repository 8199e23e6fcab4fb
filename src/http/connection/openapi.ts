import { readFileSync } from "node:fs";

/** Where the compiled program finds it is one folder further up. */
const file = import.meta.url.endsWith(".ts") ? "../../../docs/openapi.json" : "../../../../docs/openapi.json";

let text: string | undefined;

/** The description of the REST paths, which is generated from the contract. Read once, when somebody asks for it. */
export function readOpenApi(): string {
  text ??= readFileSync(new URL(file, import.meta.url), "utf8");
  return text;
}
