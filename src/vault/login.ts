import { SecretError } from "../error.ts";
import type { Call } from "../http/call/call.ts";
import { isJwt, isTokenSecret } from "../rules/token.ts";
import type { Reply } from "./answers.ts";
import { authFacts } from "./answers-of-caller.ts";
import { readFields, textField } from "./body.ts";
import { loginPrefix } from "./credentials.ts";
import type { Members } from "./json-text.ts";
import type { Operation, PublicRequest } from "./operation.ts";
import { badRequest, unsupported, VaultRefusal } from "./refusal.ts";

/** What a client shows at a login. */
interface Shown {
  readonly credential: string;
  /** Whether the credential has the form that this kind of login takes. */
  readonly isWellFormed: boolean;
  /** The user that it must be of; undefined for any. */
  readonly slug: string | undefined;
  /** A role, or the user itself, that it must be of. */
  readonly role: string | undefined;
  readonly refusal: VaultRefusal;
}

/**
 * `auth/NAME/login` and `auth/NAME/login/USER`: checks a credential that exists already, and stores nothing. The fields
 * of the body say which kind of login it is, not the name of the mount. What it gives out is the same credential under
 * another name.
 */
export function loginOperation(user: string | undefined, verb: string, now: () => number): Operation {
  return {
    name: "Login",
    action: "user.login",
    isPublic: true,
    async run(request) {
      if (verb !== "PUT" && verb !== "POST") throw unsupported();
      const shown = readShown(readFields(request.body), user);
      const { caller } = await prove(request, shown);
      const { role } = shown;
      if (role !== undefined && role !== caller.slug && !caller.roles.includes(role)) {
        throw badRequest(`role ${JSON.stringify(role)} could not be found`);
      }
      const auth = authFacts(caller, loginPrefix + shown.credential, now());
      return { status: 200, auth: JSON.stringify(auth) } satisfies Reply;
    },
  };
}

function readShown(fields: Members, user: string | undefined): Shown {
  const jwt = textField(fields, "jwt");
  if (jwt !== undefined) {
    const refusal = new VaultRefusal(403, "unauthenticated", "permission denied");
    const role = textField(fields, "role") || undefined;
    return { credential: jwt, isWellFormed: isJwt(jwt), slug: undefined, role, refusal };
  }
  if (fields.has("role_id") || fields.has("secret_id")) {
    const credential = textField(fields, "secret_id") ?? "";
    const slug = textField(fields, "role_id") ?? "";
    const refusal = new VaultRefusal(400, "unauthenticated", "invalid role or secret ID");
    return { credential, isWellFormed: isTokenSecret(credential), slug, role: undefined, refusal };
  }
  const credential = textField(fields, "password") ?? "";
  const slug = user ?? textField(fields, "username") ?? "";
  const refusal = new VaultRefusal(400, "unauthenticated", "invalid username or password");
  return { credential, isWellFormed: isTokenSecret(credential), slug, role: undefined, refusal };
}

/** Every failure counts as a failed authentication of the address, and looks and costs the same. */
async function prove(request: PublicRequest, { credential, isWellFormed, slug, refusal }: Shown): Promise<Call> {
  try {
    const call = await request.authenticate(`Bearer ${isWellFormed ? credential : ""}`);
    if (slug === undefined || slug === call.caller.slug) return call;
    // Refused and counted like a credential that proves nothing.
    return await request.authenticate("Bearer ");
  } catch (error) {
    if (error instanceof SecretError && error.reason === "UNAUTHENTICATED") throw refusal;
    throw error;
  }
}
