import { createToken } from "../identity/create-token.ts";
import type { IdentityContext } from "../identity/directory.ts";
import { revokeToken } from "../identity/revoke-token.ts";
import { isTokenId } from "../rules/token.ts";
import { noContent, type Reply } from "./answers.ts";
import { authFacts, policiesOf, tokenFacts } from "./answers-of-caller.ts";
import { readFields, readNumber, textField } from "./body.ts";
import { isFromLogin } from "./credentials.ts";
import { readDurationMs } from "./duration.ts";
import type { Members } from "./json-text.ts";
import type { Operation, VaultRequest } from "./operation.ts";
import { badRequest, unsupported, VaultRefusal } from "./refusal.ts";

const action = "user.whoami";

/** The paths below `auth/token/`; undefined for one that there is not. */
export function tokenOperation(context: IdentityContext, path: string, verb: string): Operation | undefined {
  const isWrite = verb === "PUT" || verb === "POST";
  switch (path) {
    case "lookup-self":
      return operation("LookupToken", action, isWrite || verb === "GET", (request) => lookUp(context, request));
    case "lookup":
      return operation("LookupToken", action, isWrite, (request) => lookUpNamed(context, request));
    case "renew-self":
    case "renew":
      return operation("RenewToken", action, isWrite, async () => {
        throw badRequest("lease is not renewable");
      });
    case "revoke-self":
      return operation("RevokeToken", "token.revoke", isWrite, (request) => revoke(context, request));
    case "create":
      return operation("CreateToken", "token.create", isWrite, (request) => create(context, request));
    default:
      return undefined;
  }
}

function operation(
  name: string,
  recordedAs: string,
  isSupported: boolean,
  run: (request: VaultRequest) => Promise<Reply>,
): Operation {
  return {
    name,
    action: recordedAs,
    async run(request) {
      if (!isSupported) throw unsupported();
      return run(request);
    },
  };
}

async function lookUp({ now }: IdentityContext, { call, credential }: VaultRequest): Promise<Reply> {
  return { status: 200, data: JSON.stringify(tokenFacts(call.caller, credential, now())), isUnrecorded: true };
}

async function lookUpNamed(context: IdentityContext, request: VaultRequest): Promise<Reply> {
  const token = textField(readFields(request.body), "token");
  if (token === undefined) throw badRequest("missing token");
  if (token === request.credential) return lookUp(context, request);
  throw new VaultRefusal(403, "foreign-token", "permission denied: only one's own token can be looked up");
}

/** Clients revoke what a login gave them when their session ends. That must not take away the credential itself. */
async function revoke(context: IdentityContext, { call, credential }: VaultRequest): Promise<Reply> {
  const { tokenId } = call.caller;
  if (isFromLogin(credential)) return { status: 200, warnings: [livesOn], isUnrecorded: true };
  if (!isTokenId(tokenId)) return { status: 200, warnings: [endsItself], isUnrecorded: true };
  await revokeToken(context, call, { id: tokenId, tenant: "" });
  return noContent;
}

const endsItself = "a JWT cannot be revoked here: it ends when it expires";

const livesOn =
  "nothing was revoked: the token stands for the credential of the login, which lives on; revoke that one with oo";

/** Options of a new token that there are not here. A client must not believe that its token has them. */
const refused = ["period", "role_name", "id", "entity_alias"];

async function create(context: IdentityContext, { call, body }: VaultRequest): Promise<Reply> {
  const { caller } = call;
  const fields = readFields(body);
  requireSupported(fields);
  const own = policiesOf(caller);
  const policies: unknown = JSON.parse(fields.get("policies") ?? "[]");
  const isOwn = policies === null || (Array.isArray(policies) && policies.every((name) => own.includes(name)));
  if (!isOwn) throw badRequest("policies must be among your own; narrow a token with 'oo token create --can'");
  if (!isTokenId(caller.tokenId)) {
    throw new VaultRefusal(403, "jwt", "permission denied: a JWT cannot make tokens");
  }
  const ttlMs = readDurationMs(fields.get("ttl"), "ttl");
  const description = textField(fields, "display_name") ?? "";
  const { secret, token } = await createToken(context, call, { slug: "", ttlMs, description, tenant: "", grants: [] });
  const made = { ...caller, tokenId: token.id, tokenExpireAtMs: token.expireAtMs };
  return { status: 200, auth: JSON.stringify(authFacts(made, secret, context.now())) };
}

function requireSupported(fields: Members): void {
  for (const name of refused) {
    const raw = fields.get(name);
    const isEmpty = raw === undefined || ["null", '""', "0", '"0"', '"0s"'].includes(raw);
    if (!isEmpty) throw badRequest(`${name} cannot be given to a token here`);
  }
  const uses = fields.get("num_uses");
  if (uses !== undefined && uses !== "null" && readNumber(uses) !== 0) {
    throw badRequest("num_uses cannot be given to a token here");
  }
}
