/**
 * Colours that people with any colour vision can distinguish (after Okabe and Ito), each at least 3 : 1 against its
 * background. `any` is for viewers that apply neither scheme: it can be read on white and on GitHub's dark background.
 */
interface Shades {
  readonly any: string;
  readonly light: string;
  readonly dark: string;
}

const shades = {
  text: { any: "#6e7b88", light: "#1f2328", dark: "#f0f6fc" },
  muted: { any: "#6e7b88", light: "#59636e", dark: "#9198a1" },
  line: { any: "#6e7b88", light: "#8c959f", dark: "#656c76" },
  sqlite: { any: "#0072b2", light: "#0072b2", dark: "#4aa8e8" },
  mongodb: { any: "#009e73", light: "#009e73", dark: "#2fc299" },
  openBao: { any: "#d55e00", light: "#d55e00", dark: "#f0883e" },
  stock: { any: "#b8649a", light: "#b8649a", dark: "#dd8fbf" },
} as const satisfies Record<string, Shades>;

/** A class of the chart's style sheet: it fills a shape or text with a colour. */
export type Shade = keyof typeof shades;

/** The style sheet of a chart. */
export const chartStyle = [
  'text { font-family: -apple-system, BlinkMacSystemFont, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif; }',
  ...rulesOf("any"),
  ...inScheme("light"),
  ...inScheme("dark"),
].join("\n    ");

function inScheme(scheme: "light" | "dark"): readonly string[] {
  return [`@media (prefers-color-scheme: ${scheme}) {`, ...rulesOf(scheme).map((rule) => `  ${rule}`), "}"];
}

function rulesOf(scheme: keyof Shades): readonly string[] {
  return Object.entries(shades).map(([name, shade]) => `.${name} { fill: ${shade[scheme]}; }`);
}
