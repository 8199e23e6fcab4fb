import { SecretError } from "../../error.ts";

/**
 * Value of the Authorization header; undefined without one. Refuses a second one: Node would pick one of them, and a
 * proxy in front may have checked the other. Throws `SecretError` UNAUTHENTICATED.
 */
export function readAuthorization(rawHeaders: readonly string[]): string | undefined {
  let found: string | undefined;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at];
    if (name?.length !== 13 || name.toLowerCase() !== "authorization") continue;
    if (found !== undefined) {
      throw new SecretError({ reason: "UNAUTHENTICATED", message: "there is more than one Authorization header" });
    }
    found = rawHeaders[at + 1];
  }
  return found;
}
