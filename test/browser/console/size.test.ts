import { expect, test } from "vitest";
import { buildConsole, type ConsoleSizes, consoleBudgets } from "../../../scripts/console/build.ts";

test("the page is as light as its budgets say, and holds no maps and no addresses of other hosts", async () => {
  const { files, sizes } = await buildConsole();
  const over = (Object.keys(consoleBudgets) as (keyof ConsoleSizes)[]).filter(
    (part) => sizes[part] > consoleBudgets[part],
  );
  expect(over).toEqual([]);
  expect(sizes.importPage).toBeGreaterThan(0);
  const names = [...files.keys()];
  expect(names.filter((name) => name.endsWith(".map"))).toEqual([]);
  expect(names).toContain("licences.txt");
  const html = String(Buffer.from(files.get("index.html") ?? []));
  expect(
    html.match(/(?:src|href)="([^"]+)"/g)?.filter((link) => !/"(?:[\w-]+\.(?:js|css)|data:image)/.test(link)),
  ).toEqual([]);
});
