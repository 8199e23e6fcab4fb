import { expect, test } from "vitest";
import { lintPlanted } from "../support/console/lint-planted.ts";

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
  const files = new Map(planted.map((line, at) => [`console/planted-${at}.tsx`, `${line}\n`]));
  const rules = /^(?:plugin|lint\/security\/noGlobalEval|lint\/security\/noDangerouslySetInnerHtml)$/;
  expect(lintPlanted(new Map([...files, ["console/allowed.tsx", 'element.textContent = "x";\n']]), rules)).toEqual(
    [...files.keys()].sort(),
  );
});
