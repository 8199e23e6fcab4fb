import type { IncomingHttpHeaders } from "node:http";
import type { LoginContext } from "./login-context.ts";

/** Names passkeys among the login methods. */
export const passkeyId = "passkey";

/** Whether anyone has a passkey here: otherwise a button would lead nowhere. */
export async function offersPasskeys({ places, store }: Pick<LoginContext, "places" | "store">): Promise<boolean> {
  return places.passkeys !== undefined && (await store.hasPasskeys());
}

/** Whether a page at this address may use them. A program that is not a browser opens one at the right address. */
export async function offersPasskeysAt(context: LoginContext, headers: IncomingHttpHeaders): Promise<boolean> {
  const isBrowser = headers.origin !== undefined || headers["sec-fetch-site"] !== undefined;
  const { places } = context;
  if (isBrowser && places.placeOf(headers)?.origin !== places.passkeys?.origin) return false;
  return offersPasskeys(context);
}
