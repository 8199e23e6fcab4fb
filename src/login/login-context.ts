import type { Admission } from "../admission/admission.ts";
import type { IdentityContext } from "../identity/directory.ts";
import type { Places } from "./host.ts";

/** What logins work with. */
export interface LoginContext extends IdentityContext, Pick<Admission, "authenticate" | "admitVisit" | "countFailure"> {
  readonly places: Places;
}
