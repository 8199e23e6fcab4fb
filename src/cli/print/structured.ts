import { escapeForYaml, holdsTerminalCodes, toJson } from "./escape.ts";
import type { TableFormat } from "./table-format.ts";

/** A result as JSON, as YAML with the same fields, or as text for people. `toTable` is called only for that text. */
export async function formatResult(
  format: TableFormat | "text",
  value: unknown,
  toTable: () => string | Promise<string>,
): Promise<string> {
  switch (format) {
    case "json":
      return toJson(value);
    case "yaml":
      return toYaml(value);
    default:
      return toTable();
  }
}

/** A text with characters that a terminal acts on is put in double quotes, with escapes in their place. */
async function toYaml(value: unknown): Promise<string> {
  const { DEFAULT_SCALAR_STYLE_RULES, dump, SCALAR_STYLE } = await import("js-yaml");
  const quoteTerminalCodes: (typeof DEFAULT_SCALAR_STYLE_RULES)["quoteInvalidPlain"] = (layout) => {
    if (holdsTerminalCodes(layout.node.value)) layout.style = SCALAR_STYLE.DOUBLE_QUOTED;
  };
  const scalarStyleRules = [quoteTerminalCodes, ...Object.values(DEFAULT_SCALAR_STYLE_RULES)];
  return escapeForYaml(dump(JSON.parse(toJson(value)), { lineWidth: -1, scalarStyleRules }));
}
