import type { Admission } from "../admission/admission.ts";
import type { IdentityContext } from "../identity/directory.ts";
import type { Places } from "../login/host.ts";
import type { LoginContext } from "../login/login-context.ts";

/** What logins work with, on top of what users and tokens do. */
export function loginContextOf(
  identity: IdentityContext,
  { authenticate, admitVisit, countFailure }: Admission,
  places: Places,
): LoginContext {
  return {
    ...identity,
    // They may change while the service runs.
    get issuers() {
      return identity.issuers;
    },
    get providers() {
      return identity.providers ?? [];
    },
    places,
    authenticate,
    admitVisit,
    countFailure,
  };
}
