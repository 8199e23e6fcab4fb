import { Code, ConnectError, createClient, type Interceptor } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-web";
import { ErrorDetailSchema, ReasonSchema } from "../gen/secret/v1/error_pb.ts";
import { IdentityService } from "../gen/secret/v1/identity_service_pb.ts";
import { LoginService } from "../gen/secret/v1/login_service_pb.ts";
import { SecretService } from "../gen/secret/v1/secret_service_pb.ts";
import { type Problem, problemOf } from "./model/words.ts";
import { callService } from "./session.ts";

type OverListener = (sentence: string) => void;
let whenOver: OverListener = () => {};

/** What to do when a call says that the session is over. */
export function onSessionOver(listener: OverListener): void {
  whenOver = listener;
}

/** Sees every call but the end of a stream: who reads a stream has to look there. */
const noticeEnd: Interceptor = (next) => async (request) => {
  try {
    return await next(request);
  } catch (error) {
    if (!request.url.includes("LoginService/")) noticeOver(error);
    throw error;
  }
};

/** Whether the error says that the session is over. If so, the page already asks to sign in again. */
export function noticeOver(error: unknown): boolean {
  const { code, rawMessage } = ConnectError.from(error);
  if (code !== Code.Unauthenticated) return false;
  whenOver(rawMessage);
  return true;
}

/** A browser says of a lost connection only that the call failed. */
const callOrSay: typeof callService = async (input, init) => {
  try {
    return await callService(input, init);
  } catch (error) {
    if (init?.signal?.aborted === true) throw error;
    throw new ConnectError("the service does not answer", Code.Unavailable);
  }
};

export const transport = createConnectTransport({
  baseUrl: location.origin,
  useBinaryFormat: true,
  defaultTimeoutMs: 30_000,
  interceptors: [noticeEnd],
  fetch: callOrSay,
});

export const secretService = createClient(SecretService, transport);
export const identityService = createClient(IdentityService, transport);
export const loginService = createClient(LoginService, transport);

/** Any error of a call, in words. */
export function problemFrom(error: unknown): Problem {
  const failure = ConnectError.from(error);
  const details = failure.findDetails(ErrorDetailSchema).map(({ reason, index, key, field, limit, actual }) => ({
    reason: ReasonSchema.value[reason]?.localName ?? "",
    index,
    key,
    field,
    limit: Number(limit),
    actual: Number(actual),
  }));
  const { code, rawMessage: message } = failure;
  return problemOf({ code: codeWords[code] ?? "unknown", message, reason: details[0]?.reason ?? "", details });
}

const codeWords: Readonly<Partial<Record<Code, string>>> = {
  [Code.Canceled]: "canceled",
  [Code.InvalidArgument]: "invalid_argument",
  [Code.DeadlineExceeded]: "deadline_exceeded",
  [Code.NotFound]: "not_found",
  [Code.AlreadyExists]: "already_exists",
  [Code.PermissionDenied]: "permission_denied",
  [Code.ResourceExhausted]: "resource_exhausted",
  [Code.FailedPrecondition]: "failed_precondition",
  [Code.Aborted]: "aborted",
  [Code.OutOfRange]: "out_of_range",
  [Code.Unimplemented]: "unimplemented",
  [Code.Internal]: "internal",
  [Code.Unavailable]: "unavailable",
  [Code.DataLoss]: "data_loss",
  [Code.Unauthenticated]: "unauthenticated",
};
