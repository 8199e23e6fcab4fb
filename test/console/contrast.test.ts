import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const css = readFileSync(new URL("../../console/style/base.css", import.meta.url), "utf8");

/** The colours of a name, in the light and in the dark. */
function coloursOf(name: string): readonly string[] {
  const found = new RegExp(`--${name}: light-dark\\((#\\w{6}), (#\\w{6})\\)`).exec(css);
  if (found === null) throw new Error(`no colour --${name}`);
  return found.slice(1);
}

function luminanceOf(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrastOf(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminanceOf(one), luminanceOf(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

const places = ["bg", "surface", "sunken", "info-soft", "warn-soft", "bad-soft", "ok-soft", "accent-soft"];

// WCAG 1.4.11: a control, and a mark that means something, is seen apart from what is around it.
describe.each(["line-strong", "muted", "accent"])("the colour of borders and marks, %s", (name) => {
  test.each(places)("is seen on %s", (place) => {
    const [light = "", dark = ""] = coloursOf(name);
    const [onLight = "", onDark = ""] = coloursOf(place);
    expect(contrastOf(light, onLight)).toBeGreaterThanOrEqual(3);
    expect(contrastOf(dark, onDark)).toBeGreaterThanOrEqual(3);
  });
});
