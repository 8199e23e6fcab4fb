import { describe, expect, test } from "vitest";
import { faultOf, guarded, guardedAsync, isIoError, reasonOf, toStoreError } from "../../src/store/sqlite/failure.ts";
import { StoreError } from "../../src/store/store-error.ts";

const sqliteError = (errcode: number, errstr = "text") =>
  Object.assign(new Error("a message with a path"), { errcode, errstr });
const systemError = (code: string) => Object.assign(new Error("a message with a path"), { code });

describe("fault B7: what is wrong with the disk or the file", () => {
  test.each([
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
    [1, undefined],
    [4, undefined],
    [9, undefined],
    [12, undefined],
    [15, undefined],
    [27, undefined],
  ])("SQLite's code %d, also as an extended code: %s", (code, fault) => {
    expect(faultOf(sqliteError(code))).toBe(fault);
    expect(faultOf(sqliteError(code + 256 * 3))).toBe(fault);
  });

  test.each([
    ["ENOSPC", "no-space"],
    ["EROFS", "read-only"],
    ["EIO", "io"],
    ["ENOENT", "no-access"],
    ["EPIPE", undefined],
  ])("%s of the operating system: %s", (code, fault) => {
    expect(faultOf(systemError(code))).toBe(fault);
  });

  test("of a store error its own, and of anything else none", () => {
    expect(faultOf(new StoreError("unavailable", "x", { fault: "io" }))).toBe("io");
    for (const other of [undefined, "ENOSPC", new Error("x"), { errcode: 10 }, systemError("")]) {
      expect(faultOf(other)).toBeUndefined();
    }
    expect(faultOf(Object.assign(new Error("x"), { code: 5 }))).toBeUndefined();
  });
});

test("only an I/O error leaves it open what reached the disk", () => {
  expect([10, 266, 11, 9].map((code) => isIoError(sqliteError(code)))).toEqual([true, true, false, false]);
  expect(isIoError(systemError("EIO"))).toBe(false);
});

test("the reason is SQLite's text or the name of the error, never its message", () => {
  expect(reasonOf(sqliteError(10, "disk I/O error"))).toBe("disk I/O error");
  expect(reasonOf(new TypeError("secret"))).toBe("TypeError");
  expect(reasonOf("secret")).toBe("unknown");
});

test("what is thrown becomes a store error, and stays one", async () => {
  const cause = sqliteError(13);
  const wanted = {
    kind: "unavailable",
    message: "cannot save: no space is left on its disk",
    cause,
    fault: "no-space",
  };
  const failing = () => {
    throw cause;
  };
  expect(() => guarded("cannot save", failing)).toThrow(expect.objectContaining(wanted));
  await expect(guardedAsync("cannot save", async () => failing())).rejects.toMatchObject(wanted);
  expect(guarded("cannot save", () => 1)).toBe(1);
  expect(await guardedAsync("cannot save", async () => 1)).toBe(1);
  const known = new StoreError("bug", "x");
  expect(toStoreError("cannot save", known)).toBe(known);
  expect(toStoreError("cannot save", new TypeError("x"))).toMatchObject({ kind: "bug", message: "cannot save" });
});
