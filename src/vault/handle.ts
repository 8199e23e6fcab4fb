import type { Call } from "../http/call/call.ts";
import type { Exchange } from "../http/call/exchange.ts";
import type { PrefixApi, PrefixedAnswer, PrefixedRequest } from "../http/call/prefix.ts";
import type { IdentityContext } from "../identity/directory.ts";
import { type RefusalOptions, recordRefusal, settleRefusal } from "../rpc/guard-call.ts";
import type { Caller } from "../rules/caller.ts";
import { auditRecord } from "../rules/decision-record.ts";
import { answerOf } from "./answers.ts";
import { presentedCredential, toAuthorization } from "./credentials.ts";
import { answerOfError } from "./errors.ts";
import { requirePlainRequest } from "./headers.ts";
import type { Operation } from "./operation.ts";
import { VaultRefusal } from "./refusal.ts";
import { findOperation, type RouteOptions } from "./routes.ts";
import type { SystemOptions } from "./system.ts";

/** Where the API is. */
export const vaultPrefix = "/v1/";

export interface VaultOptions extends Pick<SystemOptions, "isReady">, Pick<RefusalOptions, "logError"> {
  readonly context: IdentityContext & RouteOptions["context"];
  readonly authenticate: (authorization: string | undefined, peer: string) => Caller | Promise<Caller>;
}

/**
 * The part of Vault's HTTP API that clients of its key/value engine, version 2, use. Every request becomes a call of
 * the same use cases, under the same rules, limits and records, as those of the contract.
 */
export function createVaultApi(options: VaultOptions): PrefixApi {
  const routing = { ...options, prefix: vaultPrefix };
  return {
    open(exchange, requestId) {
      const { operation, path } = findOperation(routing, exchange);
      return requestOf(options, { exchange, requestId, operation, path });
    },
  };
}

interface Opened {
  readonly exchange: Exchange;
  readonly requestId: string;
  readonly operation: Operation;
  /** What messages name in place of the item of a batch. */
  readonly path: string;
}

function requestOf(options: VaultOptions, opened: Opened): PrefixedRequest {
  const { exchange, operation, path } = opened;
  const { verb, rawHeaders } = exchange;
  const hasBody = !["GET", "HEAD", "LIST", "SCAN", "DELETE", "OPTIONS"].includes(verb);
  return {
    method: { name: operation.name, parent: { typeName: "vault.v1" } },
    isPublic: operation.isPublic === true,
    hasBody,
    credential: () => toAuthorization(presentedCredential(rawHeaders)),
    handle: (call, body) =>
      operation.isPublic === true
        ? answerPublic(options, opened, operation, body)
        : answerKnown(options, opened, operation, body, call),
    refuse: (error, refusal) => answerOfError(error, path, refusal),
  };
}

async function answerKnown(
  options: VaultOptions,
  { exchange, requestId, path }: Opened,
  operation: Extract<Operation, { readonly isPublic?: false }>,
  body: Uint8Array,
  call: Call | undefined,
): Promise<PrefixedAnswer> {
  const { context } = options;
  if (call === undefined) throw new Error(`${operation.name} needs a caller`);
  try {
    requirePlainRequest(exchange.headers, call.caller.tenant);
    const credential = presentedCredential(exchange.rawHeaders) ?? "";
    const reply = await operation.run({ call, body, credential });
    if (reply.isUnrecorded === true) {
      const entry = { action: operation.action, decision: "allowed", rule: "authenticated" } as const;
      await context.accessLog.record([auditRecord(call, context.now(), entry)]);
    }
    return answerOf(reply, requestId);
  } catch (caught) {
    if (caught instanceof VaultRefusal) {
      await recordRefusal(options, call, { action: operation.action, rule: caught.rule, count: 1 });
      return answerOfError(caught, path);
    }
    return answerOfError(await settleRefusal(options, call, operation, caught), path);
  }
}

/** Has no caller whose refusals could be recorded. Failed logins are counted for each address. */
async function answerPublic(
  { authenticate }: VaultOptions,
  { exchange, requestId, path }: Opened,
  operation: Extract<Operation, { readonly isPublic: true }>,
  body: Uint8Array,
): Promise<PrefixedAnswer> {
  const { peer } = exchange;
  try {
    requirePlainRequest(exchange.headers, undefined);
    const reply = await operation.run({
      peer,
      requestId,
      body,
      authenticate: async (authorization) => ({ caller: await authenticate(authorization, peer), requestId, peer }),
    });
    return answerOf(reply, requestId);
  } catch (caught) {
    if (caught instanceof VaultRefusal) return answerOfError(caught, path);
    throw caught;
  }
}
