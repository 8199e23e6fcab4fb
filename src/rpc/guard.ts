import type { DescService } from "@bufbuild/protobuf";
import type { HandlerContext, ServiceImpl } from "@connectrpc/connect";
import { AuditUnavailableError } from "../audit/access-log.ts";
import { SecretError } from "../error.ts";
import { type Call, getCall } from "../http/call/call.ts";
import { knownError, toConnectError } from "../http/call/error.ts";
import type { Caller } from "../rules/caller.ts";
import type { Context } from "../rules/context.ts";
import { auditRecord, ruleOf } from "../rules/decision-record.ts";
import type { GuardedImpl, Recheck } from "./guarded-impl.ts";

export interface GuardOptions<Public = never> {
  readonly context: Context;
  /** Methods that need no token. They tell what everybody may know, and leave no record. */
  readonly publicMethods?: readonly Public[];
  /** Checks the credentials of a stream again. Throws UNAUTHENTICATED. */
  readonly authenticate: (authorization: string | undefined, peer: string) => Caller | Promise<Caller>;
  /** Gets what the caller must not see. */
  readonly logError: (call: Call, method: string, error: unknown) => void;
}

/** How the audit log names the methods. */
const actions: Readonly<Record<string, string>> = {
  listSecrets: "secret.list",
  saveSecrets: "secret.save",
  removeSecrets: "secret.remove",
  encryptValue: "secret.encrypt",
  decryptValue: "secret.decrypt",
  explainAccess: "secret.explain",
  saveUsers: "user.save",
  listUsers: "user.list",
  removeUsers: "user.remove",
  createToken: "token.create",
  listTokens: "token.list",
  revokeToken: "token.revoke",
  listAuditEvents: "audit.list",
  listKeys: "key.list",
  rotateKeys: "key.rotate",
  destroySealingKey: "key.destroy-sealing",
  listVersions: "secret.versions",
  restoreVersion: "secret.restore",
  purgeSecrets: "secret.purge",
  verifyAudit: "audit.verify",
  watchSecrets: "secret.watch",
};

/**
 * Wraps every method of a service once, whatever transport calls it: no method runs without a caller, every refusal has
 * an audit record, and errors leave only in the form that is fit for the caller.
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
      guarded[name] = (request: unknown) => callPublic(method, request);
    } else {
      guarded[name] = (request: unknown, context: HandlerContext) =>
        callGuarded(method, name, request, context, options);
    }
  }
  return guarded as ServiceImpl<Service>;
}

async function callPublic(method: (request: unknown) => Promise<unknown>, request: unknown): Promise<unknown> {
  try {
    return await method(request);
  } catch (error) {
    throw toConnectError(error);
  }
}

async function callGuarded(
  method: (request: unknown, call: Call) => Promise<unknown>,
  name: string,
  request: unknown,
  handlerContext: HandlerContext,
  options: Pick<GuardOptions, "context" | "logError">,
): Promise<unknown> {
  const call = requireCall(handlerContext);
  try {
    return await method(request, call);
  } catch (caught) {
    throw await refused(caught, call, name, options);
  }
}

/** As `callGuarded`, for an answer that comes bit by bit and may be refused at any point. */
async function* streamGuarded(
  method: (request: unknown, call: Call, signal: AbortSignal, recheck: Recheck) => AsyncIterable<unknown>,
  name: string,
  request: unknown,
  handlerContext: HandlerContext,
  options: Pick<GuardOptions, "context" | "logError" | "authenticate">,
): AsyncIterable<unknown> {
  const call = requireCall(handlerContext);
  try {
    const authorization = handlerContext.requestHeader.get("authorization") ?? undefined;
    yield* method(request, call, handlerContext.signal, () => options.authenticate(authorization, call.peer));
  } catch (caught) {
    throw await refused(caught, call, name, options);
  }
}

function requireCall(handlerContext: HandlerContext): Call {
  const call = getCall(handlerContext.values);
  if (call !== undefined) return call;
  throw toConnectError(new SecretError({ reason: "UNAUTHENTICATED", message: "this method needs a token" }));
}

/** The error for the caller. What they must not see goes to the log, and a refusal gets its audit record. */
async function refused(
  caught: unknown,
  call: Call,
  name: string,
  options: Pick<GuardOptions, "context" | "logError">,
): Promise<unknown> {
  const error = knownError(caught);
  if (!(error instanceof SecretError) || error !== caught) options.logError(call, name, caught);
  if (error instanceof SecretError) await recordRefusal(options.context, call, name, error);
  return toConnectError(error);
}

async function recordRefusal(context: Context, call: Call, method: string, error: SecretError): Promise<void> {
  // A log that has just let the caller wait in vain is not asked a second time.
  if (error.audited || error.reason === "AUDIT_UNAVAILABLE") return;
  const entry = {
    action: actions[method] ?? method,
    decision: "refused",
    rule: ruleOf(error.reason),
    count: error.failures.length,
  } as const;
  try {
    await context.accessLog.record([auditRecord(call, context.now(), entry)]);
  } catch (failure) {
    // The refusal stands whether or not it could be recorded.
    if (!(failure instanceof AuditUnavailableError)) throw failure;
  }
}
