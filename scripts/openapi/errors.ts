import { Code } from "@connectrpc/connect";
import { codeFromString, codeToHttpStatus, codeToString } from "@connectrpc/connect/protocol-connect";
import { reference, type Schema } from "./schemas.ts";

export interface Answer {
  readonly description: string;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
}

export const requestIdHeader = { "x-request-id": { $ref: "#/components/headers/RequestId" } };

/** Codes that any method may end with, whatever it does. */
const anyMethod = [Code.Unknown, Code.ResourceExhausted, Code.Internal, Code.Unavailable, Code.DeadlineExceeded];
const withBody = [Code.InvalidArgument, Code.Unimplemented];

const causes: Partial<Record<Code, string>> = {
  [Code.Unknown]: "the store did not say whether the change was made",
  [Code.DataLoss]: "what is stored was changed outside the service",
  [Code.ResourceExhausted]: "too large a request, or too many; `retry-after` is there when waiting helps",
  [Code.Internal]: "a fault of the service; its log has the request id",
  [Code.Unavailable]: "the store or the audit log does not answer",
  [Code.DeadlineExceeded]: "it took longer than the request allowed",
  [Code.Unimplemented]: "a `content-encoding` other than gzip and identity",
  [Code.Unauthenticated]: "no token, or one that is not valid",
};

/** Makes the answers of failed methods. Each is described once, and referred to from the methods. */
export interface ErrorAnswers {
  readonly described: Record<string, Answer>;
  /**
   * The answers for the codes that the comment of a method names, and for those that every method has. Codes with the
   * same HTTP status share an answer.
   */
  of(comment: string, method: { readonly hasBody: boolean; readonly isPublic: boolean }): Record<string, Reference>;
}

export interface Reference {
  readonly $ref: string;
}

export function createErrorAnswers(): ErrorAnswers {
  const described: Record<string, Answer> = {};
  const refer = (name: string, answer: Answer): Reference => {
    described[name] = answer;
    return { $ref: `#/components/responses/${name}` };
  };
  return {
    described,
    of(comment, { hasBody, isPublic }) {
      const codes = new Set([...anyMethod, ...(hasBody ? withBody : []), ...(isPublic ? [] : [Code.Unauthenticated])]);
      for (const code of namedCodes(comment)) codes.add(code);
      const byStatus = Map.groupBy(
        [...codes].toSorted((a, b) => a - b),
        codeToHttpStatus,
      );
      const answers = [...byStatus].map(([status, sharing]): [number, Reference] => [
        status,
        refer(sharing.map((code) => Code[code]).join("Or"), errorAnswer(status, sharing)),
      ]);
      answers.push([431, refer("HeadersTooLarge", headersTooLarge)]);
      if (hasBody) answers.push([415, refer("UnsupportedMediaType", unsupportedMediaType)]);
      return Object.fromEntries(answers);
    },
  };
}

/** The names of codes that comments of the contract list at their end. */
function namedCodes(comment: string): Code[] {
  const [, list = ""] = comment.split(/\bErrors?: /);
  return (list.match(/\b[A-Z]+(?:_[A-Z]+)*\b/g) ?? []).flatMap((word) => codeFromString(word.toLowerCase()) ?? []);
}

function errorAnswer(status: number, codes: readonly Code[]): Answer {
  const lines = codes.map((code) => {
    const cause = causes[code];
    return `\`${codeToString(code)}\`${cause === undefined ? "" : `: ${cause}`}`;
  });
  const headers = {
    ...requestIdHeader,
    ...(status === 401 ? { "www-authenticate": { $ref: "#/components/headers/Challenge" } } : {}),
    ...(status === 429 ? { "retry-after": { $ref: "#/components/headers/RetryAfter" } } : {}),
  };
  return { ...plainError(lines.join("; ")), headers };
}

function plainError(description: string): Answer {
  return { description, headers: requestIdHeader, content: { "application/json": { schema: reference("Error") } } };
}

const headersTooLarge: Answer = {
  description: "More or larger headers than the service reads. The body may be missing.",
};
const unsupportedMediaType = plainError("The `content-type` is not `application/json`.");

/** The body of an error, which is that of Connect. */
export const errorSchema: Schema = {
  type: "object",
  description: "Why a request was refused. Programs look at `code`, and at the `reason` of the details.",
  properties: {
    code: {
      type: "string",
      description: "The code of the error, as gRPC has it.",
      enum: Object.values(Code)
        .filter((code) => typeof code === "number")
        .map(codeToString),
    },
    message: { type: "string", description: "The error in words fit to show a user." },
    details: {
      type: "array",
      description: "One for each failing item, the first 20.",
      items: {
        type: "object",
        properties: {
          type: { type: "string", description: "Name of the message: `secret.v1.ErrorDetail`." },
          value: { type: "string", description: "The message in the binary format.", contentEncoding: "base64" },
          debug: reference("ErrorDetail"),
        },
        required: ["type", "value"],
      },
    },
  },
  required: ["code"],
};
