import { chartStyle, type Shade } from "./chart-style.ts";
import { whole } from "./numbers.ts";

/** Horizontal bars in groups, in panels side by side that share one scale. */
export interface Chart {
  readonly title: string;
  /** How to read it, in one line. */
  readonly note: string;
  /** The chart in words, for readers who cannot see it. */
  readonly description: string;
  /** Lines. */
  readonly footer: readonly string[];
  readonly legend: readonly { readonly shade: Shade; readonly name: string }[];
  readonly panels: readonly Panel[];
}

export interface Panel {
  readonly title: string;
  readonly groups: readonly Group[];
}

export interface Group {
  readonly label: string;
  readonly bars: readonly Bar[];
}

export interface Bar {
  readonly shade: Shade;
  readonly name: string;
  readonly value: number;
}

/** Pixels; about the width of a README on GitHub. */
const width = 800;
const margin = 8;
const panelGap = 28;
/** Left of the bars, for the labels of the groups. */
const labelWidth = 74;
const barHeight = 16;
const barPitch = 19;
const groupGap = 15;
const panelsTop = 124;
const valueGap = 7;
const footerPitch = 16;

/** The width of a text in pixels, in the widest of the fonts that it may be shown in. */
function widthOf(text: string, fontSize: number): number {
  return text.length * fontSize * 0.62;
}

/** Draws a chart as an SVG document. */
export function drawChart(chart: Chart): string {
  const panelWidth = (width - 2 * margin - panelGap * (chart.panels.length - 1)) / chart.panels.length;
  const bars = chart.panels.flatMap(({ groups }) => groups.flatMap((group) => group.bars));
  // The largest scale at which each bar has room for its text on the right.
  const pixelsOf = (bar: Bar) => (panelWidth - labelWidth - textWidthOf(bar)) / bar.value;
  const scale = Math.min(...bars.map(pixelsOf));
  const bottom = panelsTop + Math.max(...chart.panels.map(heightOf));
  const height = bottom + 20 + chart.footer.length * footerPitch;
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title desc">`,
    `  <title id="title">${escapeXml(chart.title)}</title>`,
    `  <desc id="desc">${escapeXml(chart.description)}</desc>`,
    `  <style>\n    ${chartStyle}\n  </style>`,
    text({ x: margin, y: 26, size: 19, shade: "text", isBold: true }, chart.title),
    text({ x: margin, y: 48, size: 13, shade: "muted" }, chart.note),
    drawLegend(chart.legend),
    ...chart.panels.flatMap((panel, at) => drawPanel(panel, margin + at * (panelWidth + panelGap), scale)),
    ...chart.footer.map((line, at) => {
      const y = bottom + 26 + at * footerPitch;
      return text({ x: margin, y, size: 11, shade: "muted" }, line);
    }),
    "</svg>",
  ];
  return `${lines.join("\n")}\n`;
}

/** Drawn as one line of text, so that the squares stand right next to their names in any font. */
function drawLegend(legend: Chart["legend"]): string {
  const items = legend.map(({ shade, name }, at) => {
    const square = `<tspan class="${shade}" font-size="17"${at === 0 ? "" : ' dx="20"'}>■</tspan>`;
    return `${square}<tspan class="text" dx="6">${escapeXml(name)}</tspan>`;
  });
  return `  <text x="${margin}" y="76" font-size="13">${items.join("")}</text>`;
}

function drawPanel({ title, groups }: Panel, left: number, scale: number): readonly string[] {
  const lines = [text({ x: left, y: panelsTop - 14, size: 14, shade: "text", isBold: true }, title)];
  let y = panelsTop;
  for (const { label, bars } of groups) {
    const height = heightOfGroup(bars);
    const x = left + labelWidth;
    const middle = y + height / 2 + 4.5;
    lines.push(text({ x: x - 10, y: middle, size: 13, shade: "muted", isEnd: true }, label));
    lines.push(`  <rect class="line" x="${x - 1}" y="${y - 3}" width="1" height="${height + 6}"/>`);
    for (const [at, bar] of bars.entries()) lines.push(...drawBar(bar, x, y + at * barPitch, scale));
    y += height + groupGap;
  }
  return lines;
}

function drawBar(bar: Bar, x: number, y: number, scale: number): readonly string[] {
  const length = Math.max(1, bar.value * scale);
  const name = `<tspan class="muted" dx="5" font-weight="400" font-size="12">${escapeXml(bar.name)}</tspan>`;
  const at = `x="${rounded(x + length + valueGap)}" y="${y + barHeight / 2 + 4.5}"`;
  return [
    `  <rect class="${bar.shade}" x="${x}" y="${y}" width="${rounded(length)}" height="${barHeight}" rx="1.5"/>`,
    `  <text class="text" ${at} font-size="13" font-weight="600">${whole(bar.value)}${name}</text>`,
  ];
}

function textWidthOf({ name, value }: Bar): number {
  return valueGap + widthOf(whole(value), 13) + 5 + widthOf(name, 12);
}

function heightOf({ groups }: Panel): number {
  return groups.reduce((sum, { bars }) => sum + heightOfGroup(bars), 0) + groupGap * (groups.length - 1);
}

function heightOfGroup(bars: readonly Bar[]): number {
  return (bars.length - 1) * barPitch + barHeight;
}

interface Place {
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly shade: Shade;
  readonly isBold?: boolean;
  /** Whether `x` is where it ends. */
  readonly isEnd?: boolean;
}

function text({ x, y, size, shade, isBold, isEnd }: Place, content: string): string {
  const weight = isBold === true ? ' font-weight="600"' : "";
  const anchor = isEnd === true ? ' text-anchor="end"' : "";
  return `  <text class="${shade}" x="${x}" y="${y}" font-size="${size}"${weight}${anchor}>${escapeXml(content)}</text>`;
}

function rounded(pixels: number): string {
  return String(Number(pixels.toFixed(1)));
}

function escapeXml(content: string): string {
  return content.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
