import type { IncomingHttpHeaders } from "node:http";
import type { LoginContext } from "./login-context.ts";

/** Names passkeys among the login methods. */
export const passkeyId = "passkey";

type PasskeyContext = Pick<LoginContext, "places" | "store">;

/** Where passkeys work. Undefined when no one has one here: otherwise a button would lead nowhere. */
export async function passkeyOriginOf({ places, store }: PasskeyContext): Promise<string | undefined> {
  const { passkeys } = places;
  return passkeys !== undefined && (await store.hasPasskeys()) ? passkeys.origin : undefined;
}

/** Whether anyone has a passkey here. */
export async function offersPasskeys(context: PasskeyContext): Promise<boolean> {
  return (await passkeyOriginOf(context)) !== undefined;
}

/** Whether a page at this address may use them. A program that is not a browser opens one at the right address. */
export function isWherePasskeysAre({ places }: Pick<LoginContext, "places">, headers: IncomingHttpHeaders): boolean {
  const isBrowser = headers.origin !== undefined || headers["sec-fetch-site"] !== undefined;
  return !isBrowser || places.placeOf(headers)?.origin === places.passkeys?.origin;
}
