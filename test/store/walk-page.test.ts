import { describe, expect, test } from "vitest";
import { walkFolder } from "../../src/store/folder.ts";
import { keyRange } from "../../src/store/key-range.ts";
import type { SecretPageQuery } from "../../src/store/secret-store.ts";
import { plainPage } from "../../src/store/sqlite/walk-page.ts";
import { compareBytes } from "../../src/text/byte-order.ts";

interface Item {
  readonly key: string;
  readonly bytes: number;
}

const keys = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
const all: readonly Item[] = keys.map((key) => ({ key, bytes: 100 }));

/** A page of `all`, and how many rows each query asked for. */
function pageOf(fields: Partial<SecretPageQuery>, typical = 100, rows = all) {
  const query = {
    ...{ tenant: "t", visibleTo: "everyone", prefix: "", after: "", limit: 100, scanLimit: 100 },
    ...fields,
  };
  const range = keyRange(query.prefix, undefined, query.after);
  if (range === undefined) throw new Error("the range is empty");
  const asked: number[] = [];
  const rowSize = { typical };
  const page = plainPage(
    query as SecretPageQuery,
    range,
    ({ from, to }, limit) => {
      asked.push(limit);
      return rows.filter(({ key }) => compareBytes(key, from) >= 0 && compareBytes(key, to) < 0).slice(0, limit);
    },
    { toItem: (item: Item) => item, bytesOf: ({ bytes }) => bytes, rowSize },
  );
  return { keys: page.items.map(({ key }) => key).join(""), next: page.next, scanned: page.scanned, asked, rowSize };
}

describe("a page of rows", () => {
  test("ends at its limit, and says where the next one begins only when there is one", () => {
    expect(pageOf({})).toMatchObject({ keys: "abcdefghij", next: undefined, scanned: 10, asked: [101] });
    expect(pageOf({ limit: 3 })).toMatchObject({ keys: "abc", next: "c", scanned: 3, asked: [4] });
    expect(pageOf({ limit: 3, after: "g" })).toMatchObject({ keys: "hij", next: undefined, scanned: 3 });
    expect(pageOf({ limit: 3, after: "h" })).toMatchObject({ keys: "ij", next: undefined, scanned: 2 });
    expect(pageOf({ scanLimit: 2 })).toMatchObject({ keys: "ab", next: "b", scanned: 2 });
    expect(pageOf({ after: "j" })).toMatchObject({ keys: "", next: undefined, scanned: 0 });
    expect(pageOf({ limit: 0 })).toMatchObject({ keys: "", next: undefined });
  });

  test("ends with the row that reaches its size, and has at least one", () => {
    expect(pageOf({ maxBytes: 250 })).toMatchObject({ keys: "abc", next: "c" });
    expect(pageOf({ maxBytes: 300 })).toMatchObject({ keys: "abc", next: "c" });
    expect(pageOf({ maxBytes: 301 })).toMatchObject({ keys: "abcd", next: "d" });
    expect(pageOf({ maxBytes: 0 })).toMatchObject({ keys: "a", next: "a" });
    expect(pageOf({ maxBytes: 1000 })).toMatchObject({ keys: "abcdefghij", next: undefined });
  });

  test("is read in chunks of about its size, of four rows at least", () => {
    expect(pageOf({ maxBytes: 600 }).asked).toEqual([6, 4]);
    expect(pageOf({ maxBytes: 100 }).asked).toEqual([4]);
    expect(pageOf({ maxBytes: 700, limit: 4 }).asked).toEqual([5]);
    // Rows turned out to be smaller than they were: what is still missing is read with what is known now.
    expect(pageOf({ maxBytes: 900 }, 300)).toMatchObject({ keys: "abcdefghi", next: "i", asked: [4, 4, 4] });
  });

  test("learns how large rows are, at once when they grow, and slowly when they shrink", () => {
    expect(pageOf({}, 50).rowSize.typical).toBe(100);
    expect(pageOf({}, 1000).rowSize.typical).toBe(900);
    expect(pageOf({}, 0.5, [{ key: "a", bytes: 0 }]).rowSize.typical).toBe(1);
    expect(pageOf({}, 50, []).rowSize.typical).toBe(50);
  });
});

describe("a page of a folder", () => {
  const names = ["a/1", "a/2", "a/b/3", "a/c", "a-x", "b", "c/1", "c/2", "c/3", "d"].sort(compareBytes);
  const walk = async (folder: string, after: string, limit: number, chunk = 2) => {
    const asked: string[] = [];
    const page = await walkFolder(
      { tenant: "t", visibleTo: "everyone", right: "any", folder, after, limit },
      chunk,
      async (range, most) => {
        asked.push(range.from);
        return names
          .filter((key) => compareBytes(key, range.from) >= 0 && compareBytes(key, range.to) < 0)
          .slice(0, most)
          .map((key) => ({ key, id: key }));
      },
    );
    const shown = page.entries.map((entry) => (entry.kind === "folder" ? `${entry.path}/` : entry.name.key));
    return { shown, next: page.next, asked };
  };

  test("has what lies directly in it, each folder once", async () => {
    for (const chunk of [1, 2, 3, 100]) {
      expect(await walk("", "", 100, chunk)).toMatchObject({ shown: ["a-x", "a/", "b", "c/", "d"], next: undefined });
      expect(await walk("a", "", 100, chunk)).toMatchObject({ shown: ["a/1", "a/2", "a/b/", "a/c"], next: undefined });
      expect(await walk("x", "", 100, chunk)).toMatchObject({ shown: [], next: undefined });
    }
  });

  test("goes on after an entry, and after everything in a folder", async () => {
    for (const chunk of [1, 2, 100]) {
      expect(await walk("", "", 2, chunk)).toMatchObject({ shown: ["a-x", "a/"], next: "a/" });
      expect(await walk("", "a/", 2, chunk)).toMatchObject({ shown: ["b", "c/"], next: "c/" });
      expect(await walk("", "c/", 2, chunk)).toMatchObject({ shown: ["d"], next: undefined });
      expect(await walk("", "a-x", 1, chunk)).toMatchObject({ shown: ["a/"], next: "a/" });
    }
  });

  test("skips what is in a folder without reading all of it", async () => {
    expect((await walk("", "", 100, 2)).asked).toEqual(["", "a0", "c0"]);
  });
});
