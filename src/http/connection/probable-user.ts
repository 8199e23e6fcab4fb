import type { BrowserCredentials } from "../../login/browser-credentials.ts";
import type { Exchange } from "../call/exchange.ts";
import type { PrefixApis } from "../call/prefix.ts";
import { findApi } from "./serve-prefixed.ts";

/** Whose the credentials of a request probably are, to let users take turns. Undefined if they were never valid. */
export type ProbableUser = (exchange: Exchange) => string | undefined;

interface Places {
  readonly prefixes?: PrefixApis | undefined;
  readonly browsers?: BrowserCredentials | undefined;
}

/** Looks where a request may have its credentials. `userOf` says whose the value of an Authorization header is. */
export function findProbableUser(
  userOf: (authorization: string | undefined) => string | undefined,
  { prefixes = {}, browsers }: Places = {},
): ProbableUser {
  return (exchange) => {
    try {
      const api = findApi(prefixes, exchange.url);
      if (api !== undefined) return userOf(api.open(exchange, "").credential());
      const { headers } = exchange;
      const { authorization } = headers;
      const found = browsers?.(headers, authorization) ?? { authorization };
      return found.problem === undefined ? userOf(found.authorization) : undefined;
    } catch {
      // It is refused with the reason when it is its turn.
      return undefined;
    }
  };
}
