import { Code, ConnectError } from "@connectrpc/connect";
import { expect } from "vitest";
import { ErrorDetailSchema, type Reason, ReasonSchema } from "../../../gen/secret/v1/error_pb.ts";

/** A refusal as every transport must give it. */
export interface SeenFailure {
  readonly code: string;
  readonly message: string;
  readonly details: readonly SeenDetail[];
}

export interface SeenDetail {
  readonly reason: string;
  readonly index: number;
  readonly key: string;
  readonly field: string;
  readonly right: string;
  readonly limit: number;
  readonly actual: number;
}

export interface ExpectedFailure {
  readonly code: keyof typeof Code;
  readonly reason: keyof typeof Reason;
  readonly field?: string;
  readonly key?: string;
  readonly right?: string;
  readonly index?: number;
  readonly limit?: number;
  readonly actual?: number;
}

/** Waits for a call to be refused, and returns how. Throws when it is not refused. */
export async function failureOf(call: Promise<unknown>): Promise<SeenFailure> {
  const error = await call.then(
    () => {
      throw new Error("the call was not refused");
    },
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ConnectError)) throw error;
  const details = error.findDetails(ErrorDetailSchema).map((detail) => ({
    reason: ReasonSchema.value[detail.reason]?.localName ?? "none",
    index: detail.index,
    key: detail.key,
    field: detail.field,
    right: detail.right,
    limit: Number(detail.limit),
    actual: Number(detail.actual),
  }));
  return { code: Code[error.code], message: error.rawMessage, details };
}

/** Checks code, reason and whatever else is named of the first detail, and that the message is there for people. */
export async function expectFailure(call: Promise<unknown>, expected: ExpectedFailure): Promise<SeenFailure> {
  const failure = await failureOf(call);
  const { code, ...detail } = expected;
  expect(failure, failure.message).toMatchObject({ code });
  expect(failure.details[0], failure.message).toMatchObject(detail);
  expect(failure.message.length).toBeGreaterThan(10);
  return failure;
}
