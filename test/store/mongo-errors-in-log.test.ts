import { MongoNetworkError, MongoServerError } from "mongodb";
import { expect, test } from "vitest";
import { describeErrorAsText } from "../../src/log/log-error.ts";
import { guarded } from "../../src/store/mongo/connect/failure.ts";

const canary = "canary-4711";

async function logged(error: unknown): Promise<string> {
  const failure = await guarded("the store could not be read", () => Promise.reject(error)).catch((thrown) => thrown);
  const text = describeErrorAsText(failure);
  expect(text).not.toContain(canary);
  return text;
}

test("the log has the name, the code and the labels of an error of MongoDB, and none of its text", async () => {
  const error = new MongoServerError({ message: canary, code: 10_107, codeName: "NotWritablePrimary" });
  error.addErrorLabel("RetryableWriteError");
  expect(await logged(error)).toContain(
    "caused by MongoServerError NotWritablePrimary 10107 RetryableWriteError\n    at ",
  );
  expect(await logged(new MongoNetworkError(canary))).toContain("caused by MongoNetworkError");
});

test("the log has where a mistake of ours was thrown", async () => {
  const text = await logged(new TypeError(`${canary}\n    at ${canary} (file:1:1)`));
  expect(text).toContain("caused by TypeError\n    at ");
  expect(text.split("caused by")[1]).toContain("mongo-errors-in-log.test.ts");
});

test("a server that puts something else in place of a name has no way into the log", async () => {
  const error = new MongoServerError({ message: canary, code: 1, codeName: `a ${canary}` });
  error.addErrorLabel(`b\n${canary}`);
  expect(await logged(error)).toContain("caused by MongoServerError 1\n");
  expect(await logged(canary)).toContain("caused by something that is not an error");
});
