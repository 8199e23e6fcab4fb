import { create } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { expect, test } from "vitest";
import { ErrorDetailSchema, Reason } from "../../gen/secret/v1/error_pb.ts";
import { describeServiceError, reasonTexts } from "../../src/cli/frame/service-error.ts";

const reasons = Object.values(Reason).filter((reason) => reason !== Reason.UNSPECIFIED);

/** What `oo` prints about the second of two items. */
function shown(reason: Reason): string | undefined {
  const details = [Reason.NOT_FOUND, reason].map((each) => ({
    desc: ErrorDetailSchema,
    value: create(ErrorDetailSchema, { reason: each, key: "A" }),
  }));
  const error = new ConnectError("2 items are refused", Code.Aborted, undefined, details);
  return describeServiceError(error, "http://127.0.0.1:1")?.errors[2];
}

test("fault C12: each reason of the contract has a text of its own", () => {
  const texts = reasons.map((reason) => shown(reason));
  for (const text of texts) expect(text).toMatch(/^A: [a-z]/);
  expect(texts).not.toContain("A: is refused");
  expect(new Set(texts).size).toBe(reasons.length);
  expect(Object.keys(reasonTexts)).toHaveLength(reasons.length);
});

test("a reason of a newer service is shown without one", () => {
  expect(shown(9_999 as Reason)).toBe("A: is refused");
});
