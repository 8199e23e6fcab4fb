import type { Shown } from "./record.ts";

const columnPx = 8.4;
const linePx = 20;
const marginPx = 20;
/** Above the text: the bar of the window. */
const barPx = 34;

/** A window of its own dark colour with a border, which reads on light pages and on dark ones. */
const colors = {
  window: "#161b22",
  border: "#6e7681",
  bar: "#21262d",
  text: "#e6edf3",
  prompt: "#7ee787",
  command: "#ffffff",
};

interface Line {
  readonly text: string;
  readonly isCommand: boolean;
}

/** Draws what a terminal showed as SVG. Text stays text: it can be selected, searched and read aloud. */
export function drawTerminal(shown: readonly Shown[]): string {
  const lines = shown.flatMap(({ command, output }, index): Line[] => [
    ...(index === 0 ? [] : [{ text: "", isCommand: false }]),
    { text: command, isCommand: true },
    ...output.map((text) => ({ text: text.trimEnd(), isCommand: false })),
  ]);
  const columns = Math.max(...lines.map(({ text, isCommand }) => text.length + (isCommand ? 2 : 0)));
  const width = Math.ceil(columns * columnPx + 2 * marginPx);
  const height = barPx + lines.length * linePx + marginPx;
  const dots = [0, 1, 2].map((dot) => `<circle cx="${22 + dot * 18}" cy="17" r="5" fill="${colors.border}"/>`);
  const texts = lines.map((line, index) => drawLine(line, barPx + (index + 1) * linePx));
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    "<title>A terminal session with oo</title>",
    `<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8" fill="${colors.window}" stroke="${colors.border}"/>`,
    `<path d="M1 ${barPx - 4}V9a8 8 0 0 1 8-8H${width - 9}a8 8 0 0 1 8 8V${barPx - 4}z" fill="${colors.bar}"/>`,
    ...dots,
    `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" fill="${colors.text}">`,
    ...texts.filter((text) => text !== ""),
    "</g>",
    "</svg>",
  ].join("\n")}\n`;
}

/** Gives the length of each line, so that columns line up in any font. */
function drawLine({ text, isCommand }: Line, y: number): string {
  if (text === "") return "";
  const length = (characters: number) => `textLength="${(characters * columnPx).toFixed(1)}" xml:space="preserve"`;
  if (!isCommand) return `<text x="${marginPx}" y="${y}" ${length(text.length)}>${escapeXml(text)}</text>`;
  return (
    `<text x="${marginPx}" y="${y}" fill="${colors.prompt}">$</text>` +
    `<text x="${marginPx + 2 * columnPx}" y="${y}" fill="${colors.command}" ${length(text.length)}>${escapeXml(text)}</text>`
  );
}

/** Braces are escaped for the linter, which takes them for those of a template. */
function escapeXml(text: string): string {
  return text.replaceAll(/[&<>{}]/g, (character) => `&#${character.charCodeAt(0)};`);
}
