import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { repository } from "../support/docs/markdown.ts";

/** That of the formatter, which wraps code but not comments. */
const { lineWidth } = JSON.parse(readFileSync(join(repository, "biome.json"), "utf8")).formatter;

const comment = /^\s*(?:\/\/|\/\*|\*|\{\/\*)/;

function tooWide(text: string): readonly number[] {
  return text.split("\n").flatMap((line, at) => (line.length > lineWidth && comment.test(line) ? [at + 1] : []));
}

test("comments are not wider than code", () => {
  const files = globSync("{src,console,test,scripts,bench,clients/typescript}/**/*.{ts,tsx}", {
    cwd: repository,
    exclude: (name) => /(?:^|\/)(?:node_modules|gen|dist)$/.test(name),
  });
  expect(files).toEqual(expect.arrayContaining(["src/limits.ts", "console/store.ts", "test/docs/words.test.ts"]));
  const places = files.flatMap((file) =>
    tooWide(readFileSync(join(repository, file), "utf8")).map((line) => `${file}:${line}`),
  );
  expect(places).toEqual([]);
});

test("the check finds a wide comment of each kind", () => {
  const text = "word ".repeat(30);
  expect(tooWide(["x();", `// ${text}`, `/** ${text} */`, ` * ${text}`, `{/* ${text} */}`, text].join("\n"))).toEqual([
    2, 3, 4, 5,
  ]);
});
