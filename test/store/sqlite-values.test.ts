import { describe, expect, test } from "vitest";
import { decodeDocument, encodeDocument, isTextList } from "../../src/store/sqlite/document.ts";
import { faultOf, guarded, guardedAsync, isIoError, reasonOf, toStoreError } from "../../src/store/sqlite/failure.ts";
import { StoreError } from "../../src/store/store-error.ts";
import { aLists } from "../support/store/rows.ts";

describe("the column with lists and metadata", () => {
  const lists = aLists({ readers: ["a", "b"], writers: ["c"], canChangeDeleters: ["d"] });
  const empty = { lists: aLists(), metadata: [] };

  test("comes back as it was", () => {
    const metadata = [
      ["note", "x"],
      ["", ""],
    ] as const;
    expect(decodeDocument(encodeDocument(lists, metadata))).toEqual({ lists, metadata });
  });

  test("threat 15: in any other shape reads as empty", () => {
    const whole = JSON.parse(encodeDocument(lists, [["note", "x"]])) as unknown[];
    for (const at of whole.keys()) {
      for (const wrong of [null, "a", 1, {}, [1], [null], [["a"]], [["a", "b", "c"]], [["a", 1]]]) {
        expect(decodeDocument(JSON.stringify(whole.with(at, wrong)))).toEqual(empty);
      }
    }
    for (const wrong of [whole.slice(1), [...whole, []], [], {}, null, "x"]) {
      expect(decodeDocument(JSON.stringify(wrong))).toEqual(empty);
    }
    for (const text of ["", "[", "nonsense"]) expect(decodeDocument(text)).toEqual(empty);
  });

  test("is of lists of texts", () => {
    expect([[], ["a"], ["a", 1], "a", null].map(isTextList)).toEqual([true, true, false, false, false]);
  });
});

describe("an error of SQLite or of the file system", () => {
  const sqlite = (errcode: number) => Object.assign(new Error("text"), { errcode, errstr: "disk I/O error" });
  const system = (code: string) => Object.assign(new Error("text"), { code });

  test.each<[number, string | undefined]>([
    [1, undefined],
    [3, "no-access"],
    [5, "locked"],
    [6, "locked"],
    [7, "no-memory"],
    [8, "read-only"],
    [10, "io"],
    [11, "damaged"],
    [13, "no-space"],
    [14, "no-access"],
    [26, "damaged"],
  ])("%i says %s, also with more in its upper bytes", (code, fault) => {
    for (const extended of [0, 1, 15]) {
      const error = sqlite(code | (extended << 8));
      expect(faultOf(error)).toBe(fault);
      expect(isIoError(error)).toBe(code === 10);
    }
  });

  test.each<[string, string | undefined]>([
    ["ENOSPC", "no-space"],
    ["EDQUOT", "no-space"],
    ["EROFS", "read-only"],
    ["EIO", "io"],
    ["EACCES", "no-access"],
    ["EPERM", "no-access"],
    ["ENOENT", "no-access"],
    ["EMFILE", "no-access"],
    ["ENFILE", "no-access"],
    ["ENOTDIR", "no-access"],
    ["EPIPE", undefined],
  ])("%s says %s", (code, fault) => {
    expect(faultOf(system(code))).toBe(fault);
    expect(isIoError(system(code))).toBe(false);
  });

  test("becomes the cause of an error with a fixed text", async () => {
    const cause = sqlite(13);
    const expected = { kind: "unavailable", message: expect.stringMatching(/^it failed: /), fault: "no-space", cause };
    expect(toStoreError("it failed", cause)).toMatchObject(expected);
    const fail = () => {
      throw cause;
    };
    expect(() => guarded("it failed", fail)).toThrow(expect.objectContaining(expected));
    await expect(guardedAsync("it failed", async () => fail())).rejects.toMatchObject(expected);
    expect(guarded("it failed", () => 1)).toBe(1);
    expect(await guardedAsync("it failed", async () => 2)).toBe(2);
  });

  test("of the store stays as it is, and a mistake in the program is one", () => {
    const own = new StoreError("unavailable", "mine", { fault: "io" });
    expect(toStoreError("it failed", own)).toBe(own);
    expect(faultOf(own)).toBe("io");
    expect(toStoreError("it failed", new TypeError("x"))).toMatchObject({ kind: "bug", message: "it failed" });
  });

  test("is identified by its short text, or else by its name", () => {
    expect(reasonOf(sqlite(10))).toBe("disk I/O error");
    expect(reasonOf(Object.assign(new Error("secret"), { errstr: 1 }))).toBe("Error");
    expect(reasonOf(new RangeError("secret"))).toBe("RangeError");
    expect(reasonOf("secret")).toBe("unknown");
    expect([faultOf("x"), faultOf(undefined), isIoError({ errcode: 10 })]).toEqual([undefined, undefined, false]);
  });
});
