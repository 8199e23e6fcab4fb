import type { DescService } from "@bufbuild/protobuf";
import type { HandlerContext, ServiceImpl } from "@connectrpc/connect";
import { SecretError } from "../error.ts";
import { type Call, getCall } from "../http/call/call.ts";
import { toConnectError } from "../http/call/error.ts";
import type { Caller } from "../rules/caller.ts";
import type { Context } from "../rules/context.ts";
import { actionOf } from "./actions.ts";
import { settleRefusal } from "./guard-call.ts";
import type { GuardedImpl, Recheck } from "./guarded-impl.ts";

export interface GuardOptions<Public = never> {
  readonly context: Context;
  /** Methods that need no token. The guard writes no audit record for them. */
  readonly publicMethods?: readonly Public[];
  /** Checks the credentials of a stream again. Throws UNAUTHENTICATED if they are no longer valid. */
  readonly authenticate: (
    authorization: string | undefined,
    peer: string,
    certificate: Call["certificate"],
  ) => Caller | Promise<Caller>;
  /** Logs an error that the caller must not see. */
  readonly logError: (call: Call, method: string, error: unknown) => void;
}

/**
 * Wraps every method of a service once, for all transports. Only public methods run without a caller, every refusal has
 * an audit record, and errors leave only in a form that the caller may see.
 */
export function guard<Service extends DescService, Public extends keyof Service["method"] & string = never>(
  service: Service,
  implementation: GuardedImpl<Service, Public>,
  options: GuardOptions<Public>,
): ServiceImpl<Service> {
  const guarded: Record<string, unknown> = {};
  const isPublic = new Set<string>(options.publicMethods);
  for (const [name, method] of Object.entries(implementation)) {
    if (service.method[name]?.methodKind === "server_streaming") {
      guarded[name] = (request: unknown, context: HandlerContext) =>
        streamGuarded(method, name, request, context, options);
    } else if (isPublic.has(name)) {
      guarded[name] = (request: unknown, context: HandlerContext) => callPublic(method, request, context);
    } else {
      guarded[name] = (request: unknown, context: HandlerContext) =>
        callGuarded(method, name, request, context, options);
    }
  }
  return guarded as ServiceImpl<Service>;
}

async function callPublic(
  method: (request: unknown, context: HandlerContext) => Promise<unknown>,
  request: unknown,
  context: HandlerContext,
): Promise<unknown> {
  try {
    return await method(request, context);
  } catch (error) {
    throw toConnectError(error);
  }
}

async function callGuarded(
  method: (request: unknown, call: Call, context: HandlerContext) => Promise<unknown>,
  name: string,
  request: unknown,
  handlerContext: HandlerContext,
  options: Pick<GuardOptions, "context" | "logError">,
): Promise<unknown> {
  const call = requireCall(handlerContext);
  try {
    return await method(request, call, handlerContext);
  } catch (caught) {
    throw await refused(caught, call, { name, request }, options);
  }
}

/** Like `callGuarded`, for a stream, which may be refused at any point. */
async function* streamGuarded(
  method: (request: unknown, call: Call, signal: AbortSignal, recheck: Recheck) => AsyncIterable<unknown>,
  name: string,
  request: unknown,
  handlerContext: HandlerContext,
  options: Pick<GuardOptions, "context" | "logError" | "authenticate">,
): AsyncIterable<unknown> {
  const call = requireCall(handlerContext);
  try {
    const authorization = call.authorization ?? handlerContext.requestHeader.get("authorization") ?? undefined;
    const recheck = () => options.authenticate(authorization, call.peer, call.certificate);
    yield* method(request, call, handlerContext.signal, recheck);
  } catch (caught) {
    throw await refused(caught, call, { name, request }, options);
  }
}

function requireCall(handlerContext: HandlerContext): Call {
  const call = getCall(handlerContext.values);
  if (call !== undefined) return call;
  throw toConnectError(new SecretError({ reason: "UNAUTHENTICATED", message: "this method needs a token" }));
}

/** The error for the caller. Logs an error that the caller must not see, and writes an audit record for a refusal. */
async function refused(
  caught: unknown,
  call: Call,
  method: CalledMethod,
  options: Pick<GuardOptions, "context" | "logError">,
): Promise<unknown> {
  const named = { name: method.name, action: actionOf(method.name, method.request) };
  return toConnectError(await settleRefusal(options, call, named, caught));
}

interface CalledMethod {
  readonly name: string;
  readonly request: unknown;
}
