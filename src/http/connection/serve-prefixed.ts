import type { Caller } from "../../rules/caller.ts";
import type { Exchange } from "../call/exchange.ts";
import type { PrefixApi, PrefixApis } from "../call/prefix.ts";
import { type PrefixedCall, type PrefixOptions, refusalOf, runPrefixed, sendPrefixed } from "../call/prefix-call.ts";
import type { Trace } from "../call/trace.ts";
import { answerSmall } from "./answer-small.ts";
import { headerFailure } from "./header-bytes.ts";

export interface PrefixDispatch extends PrefixOptions {
  authenticate(authorization: string | undefined, peer: string): Promise<Caller> | Caller;
}

/**
 * Serves a request whose path begins with one of the prefixes; false for any other. The caller is authenticated before
 * a byte of the body is read. Never throws.
 */
export function dispatchPrefixed(
  options: PrefixDispatch,
  prefixes: PrefixApis,
  exchange: Exchange,
  { requestId, trace, startedAt }: Pick<PrefixedCall, "requestId" | "startedAt"> & { trace: Trace | undefined },
): boolean {
  const api = findApi(prefixes, exchange.url);
  if (api === undefined) return false;
  const request = api.open(exchange, requestId);
  const prefixed = { request, exchange, requestId, startedAt };
  const refuse = (error: unknown) => {
    const answer = refusalOf(options, prefixed, error);
    answerSmall(options, exchange, () => sendPrefixed(options, prefixed, answer), answer.text.length);
    exchange.connection.traffic.refused();
  };
  try {
    const tooMuch = headerFailure(exchange);
    if (tooMuch !== undefined) refuse(tooMuch);
    else if (request.isPublic) runPrefixed(options, { ...prefixed, call: undefined });
    else {
      const { peer } = exchange;
      const admit = (caller: Caller) => {
        exchange.connection.traffic.authenticated();
        exchange.authenticated(caller);
        exchange.trace = trace;
        runPrefixed(options, { ...prefixed, call: { caller, requestId, peer } });
      };
      const caller = options.authenticate(request.credential(), peer);
      if (caller instanceof Promise) caller.then(admit).catch(refuse);
      else admit(caller);
    }
  } catch (error) {
    refuse(error);
  }
  return true;
}

export function findApi(prefixes: PrefixApis, url: string): PrefixApi | undefined {
  for (const prefix in prefixes) if (url.startsWith(prefix)) return prefixes[prefix];
  return undefined;
}
