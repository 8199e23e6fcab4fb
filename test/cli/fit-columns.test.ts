import fc from "fast-check";
import { expect, test } from "vitest";
import { formatTable } from "../../src/cli/print/table.ts";
import { checkRandom } from "../support/random-draws.ts";

const header = ["KEY", "VALUE", "OWNER", "VERSION", "STATE", "UPDATED", "READERS"];
const secret = (key: string, readers = "") => [
  key,
  "********",
  "admin",
  "1",
  "active",
  "2026-11-30T16:20:52Z",
  readers,
];
const rows = [
  secret("prod/web/deep/er/API_KEY"),
  secret("prod/web/deep/er2/API-KEY", "alpha,beta,gamma,delta"),
  secret("prod/web/a-very/long/path/that/SECRET_NAME_WITH_MANY_LETTERS", "web"),
];
const lines = (width: number | undefined, withHeader = true) =>
  formatTable(header, rows, withHeader, width).trimEnd().split("\n");

test("fault D17: times and lists give way before keys, and keys at their beginning", () => {
  expect(lines(120)).toEqual([
    "KEY                                                           VALUE     OWNER  VERSION  STATE   UPDATED     READERS",
    "prod/web/deep/er/API_KEY                                      ********  admin  1        active  2026-11-30  -",
    "prod/web/deep/er2/API-KEY                                     ********  admin  1        active  2026-11-30  alpha,beta,…",
    "prod/web/a-very/long/path/that/SECRET_NAME_WITH_MANY_LETTERS  ********  admin  1        active  2026-11-30  web",
  ]);
  expect(lines(80)).toEqual([
    "KEY                              OWNER  VERSION  STATE   UPDATED     READERS   …",
    "prod/web/deep/er/API_KEY         admin  1        active  2026-11-30  -",
    "prod/web/deep/er2/API-KEY        admin  1        active  2026-11-30  alpha,b…",
    "…/SECRET_NAME_WITH_MANY_LETTERS  admin  1        active  2026-11-30  web",
  ]);
});

test("fault D17: a terminal of 40 columns has whole lines, and says that columns are left out", () => {
  const shown = lines(40);
  expect(shown[0]).toMatch(/^KEY .* …$/);
  expect(shown[1]).toContain("prod/web/deep/er/API_KEY");
  expect(shown[2]).toContain("prod/web/deep/er2/API-KEY");
  for (const line of shown) expect([...line].length).toBeLessThanOrEqual(40);
  expect(lines(40, false)[0]).toContain("prod/web/deep/er/API_KEY");
});

test("values that were asked for, and ids, are not left out with the masks", () => {
  const wide = "x".repeat(60);
  expect(formatTable(["KEY", "VALUE"], [[`a/${wide}`, "shown"]], true, 40)).toContain("  shown\n");
  const token = ["tok_da3e2f603eccfff55404", "lena", "active", "2026-11-30T16:20:52Z", "read:prod/*,create:prod/*"];
  expect(formatTable(["ID", "SLUG", "STATE", "CREATED", "CAN"], [token], true, 60)).toContain(token[0]);
});

test("a table that fits, and one for a pipe, is not touched", () => {
  expect(lines(200)).toEqual(lines(undefined));
  expect(lines(undefined)[1]).toMatch(/ 2026-11-30T16:20:52Z {2}-$/);
});

test("no line is ever wider than the terminal", () => {
  const cell = fc.oneof(fc.string({ maxLength: 90 }), fc.constantFrom("********", "2026-11-30T16:20:52Z", ""));
  const table = fc.array(fc.tuple(cell, cell, cell, cell, cell, cell, cell), { maxLength: 5 });
  checkRandom(
    fc.property(table, fc.integer({ min: 20, max: 250 }), (cells, width) => {
      for (const line of formatTable(header, cells, true, width).split("\n"))
        expect([...line].length).toBeLessThanOrEqual(width);
    }),
  );
});
