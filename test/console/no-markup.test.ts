import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");

/** Every way from a text to markup or to a script that a browser has, one in a line. */
const planted = [
  'element.innerHTML = "x";',
  'element.innerHTML += "x";',
  'element.outerHTML = "x";',
  'element.insertAdjacentHTML("beforeend", "x");',
  'element.setHTMLUnsafe("x");',
  'frame.srcdoc = "x";',
  'range.createContextualFragment("x");',
  'document.write("x");',
  "new DOMParser();",
  'new Function("x");',
  'eval("x");',
  'show(<p innerHTML="x" />);',
  'show(<iframe title="x" srcDoc="x" />);',
  'show(<p dangerouslySetInnerHTML={{ __html: "x" }} />);',
];

test("threat 203: the linter lets no code into the page that makes markup or scripts of texts", () => {
  const copy = mkdtempSync(join(tmpdir(), "no-markup-"));
  try {
    mkdirSync(join(copy, "console"));
    for (const file of ["biome.json", "console/no-markup.grit"]) copyFileSync(join(root, file), join(copy, file));
    for (const [at, line] of planted.entries()) writeFileSync(join(copy, `console/planted-${at}.tsx`), `${line}\n`);
    writeFileSync(join(copy, "console/allowed.tsx"), 'element.textContent = "x";\n');
    const biome = join(root, "node_modules/.bin/biome");
    const { stdout } = spawnSync(biome, ["lint", "--reporter=json", "--max-diagnostics=none", "console"], {
      cwd: copy,
    });
    const { diagnostics } = JSON.parse(stdout.toString()) as {
      diagnostics: { category: string; severity: string; location: { path: string | { file: string } } }[];
    };
    const expected = /^(?:plugin|lint\/security\/noGlobalEval|lint\/security\/noDangerouslySetInnerHtml)$/;
    const flagged = diagnostics
      .filter(({ category, severity }) => severity === "error" && expected.test(category))
      .map(({ location: { path } }) => (typeof path === "string" ? path : path.file));
    expect([...new Set(flagged)].sort()).toEqual(planted.map((_, at) => `console/planted-${at}.tsx`).sort());
  } finally {
    rmSync(copy, { recursive: true });
  }
});
