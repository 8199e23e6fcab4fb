import { Code } from "@connectrpc/connect";
import { describe, expect, test } from "vitest";
import { AuditUnavailableError } from "../../src/audit/access-log.ts";
import { toConnectError } from "../../src/http/call/error.ts";
import { toStoreError } from "../../src/store/mongo/connect/failure.ts";
import { guarded } from "../../src/store/sqlite/failure.ts";
import { isProgrammingError, StoreError } from "../../src/store/store-error.ts";

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

/** What the program does wrong by itself, and what a disk or a network does to it. */
const mistakes: readonly unknown[] = [
  thrownBy(() => (undefined as unknown as string).length),
  thrownBy(() => "x".repeat(-1)),
  thrownBy(() => notThere()),
];
declare function notThere(): void;

const failures: readonly Error[] = [
  Object.assign(new Error("disk"), { code: "ENOSPC", syscall: "write" }),
  Object.assign(new Error("disk I/O error"), { code: "ERR_SQLITE_ERROR", errcode: 10 }),
  Object.assign(new RangeError("a number in a row"), { code: "ERR_OUT_OF_RANGE" }),
  new StoreError("unavailable", "the store is closed"),
];

const inStore = [
  (error: unknown) => thrownBy(() => guarded("the store could not be read", () => throwing(error))),
  (error: unknown) => toStoreError("unavailable", "the store could not be read", error),
];

function throwing(error: unknown): never {
  throw error;
}

describe("fault C12: trying again does not help against a mistake of the program", () => {
  test.each(mistakes)("%s is an internal error, wherever it is thrown", (mistake) => {
    for (const wrap of inStore) {
      const error = wrap(mistake);
      expect(isProgrammingError(error)).toBe(true);
      expect(toConnectError(error)).toMatchObject({ code: Code.Internal, rawMessage: "internal error" });
      const audit = new AuditUnavailableError({ cause: error });
      expect(toConnectError(audit)).toMatchObject({ code: Code.Internal, rawMessage: "internal error" });
    }
    expect(toConnectError(mistake).code).toBe(Code.Internal);
  });

  test.each(failures)("%s is not", (failure) => {
    for (const wrap of inStore) {
      expect(toConnectError(wrap(failure)).code).toBe(Code.Unavailable);
      expect(toConnectError(new AuditUnavailableError({ cause: wrap(failure) })).code).toBe(Code.Unavailable);
    }
  });

  test("what a caller gives the store, and no database can store, is one", () => {
    expect(toConnectError(new StoreError("bug", "the store was given something that it cannot store")).code).toBe(
      Code.Internal,
    );
  });
});
