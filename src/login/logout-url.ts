import type { Caller } from "../rules/caller.ts";
import type { Place } from "./host.ts";
import type { PeopleContext } from "./people-context.ts";

/**
 * Where the browser of a session can also sign out of the provider. "" when the session did not begin there, when the
 * provider has no such place, and when it does not answer: signing out here never depends on it.
 */
export async function logoutUrlOf(context: PeopleContext, caller: Caller, place: Place | undefined): Promise<string> {
  if (caller.isSession !== true || place === undefined) return "";
  const token = await context.identity.store.findToken(caller.tenant, caller.tokenId);
  const provider = context.providers().find(({ issuer }) => issuer === token?.session?.issuer);
  const client = provider && context.clientOf(provider.id);
  try {
    return (await client?.endSessionUrl(`${place.origin}/console/`))?.href ?? "";
  } catch {
    return "";
  }
}
