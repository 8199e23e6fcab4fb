import { createToken } from "../identity/create-token.ts";
import type { IdentityContext } from "../identity/directory.ts";
import { revokeToken } from "../identity/revoke-token.ts";
import { isTokenId } from "../rules/token.ts";
import { noContent, type Reply } from "./answers.ts";
import { authFacts, policiesOf, tokenFacts } from "./answers-of-caller.ts";
import { readFields, textField } from "./body.ts";
import { isFromLogin } from "./credentials.ts";
import { readDurationMs } from "./duration.ts";
import type { Members } from "./json-text.ts";
import type { Operation, VaultRequest } from "./operation.ts";
import type { VaultPath } from "./path.ts";
import { badRequest, unsupported, VaultRefusal } from "./refusal.ts";
import { readNumber } from "./weak-values.ts";

const action = "user.whoami";

/** The paths below `auth/token/`; undefined for one that there is not. */
export function tokenOperation(
  context: IdentityContext,
  { segments, query }: VaultPath,
  verb: string,
): Operation | undefined {
  const isWrite = verb === "PUT" || verb === "POST";
  switch (segments.slice(2).join("/")) {
    case "lookup-self":
      return operation("LookupToken", action, isWrite || verb === "GET", (request) => lookUp(context, request));
    case "lookup":
      return operation("LookupToken", action, isWrite || verb === "GET", (request) =>
        lookUpNamed(context, request, query),
      );
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

/** As in Vault, the own token is meant when none is named. */
async function lookUpNamed(context: IdentityContext, request: VaultRequest, query: URLSearchParams): Promise<Reply> {
  if (query.has("token")) throw badRequest("a token must be in a header or in the body, never in a path");
  const token = textField(readFields(request.body), "token") || request.credential;
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
  requireOwnPolicies(fields, policiesOf(caller));
  if (!isTokenId(caller.tokenId)) {
    throw new VaultRefusal(403, "jwt", "permission denied: a JWT cannot make tokens");
  }
  const ttlMs = shorter(
    readDurationMs(fields.get("ttl"), "ttl"),
    readDurationMs(fields.get("explicit_max_ttl"), "explicit_max_ttl"),
  );
  const description = textField(fields, "display_name") ?? "";
  const { secret, token } = await createToken(context, call, { slug: "", ttlMs, description, tenant: "", grants: [] });
  const made = { ...caller, tokenId: token.id, tokenExpireAtMs: token.expireAtMs };
  return { status: 200, auth: JSON.stringify(authFacts(made, secret, context.now())) };
}

/** A token has all rights of its user: one that was to have fewer would have more than its maker believes. */
function requireOwnPolicies(fields: Members, own: readonly string[]): void {
  const given: unknown = JSON.parse(fields.get("policies") ?? "null");
  const names = typeof given === "string" ? given.split(",").filter((name) => name !== "") : (given ?? []);
  if (!Array.isArray(names)) throw badRequest("policies must be a list of texts");
  if (names.length === 0) return;
  const isOwn = names.every((name) => own.includes(name));
  if (isOwn && own.every((name) => name === "default" || names.includes(name))) return;
  throw badRequest("policies must be all of your own, or none; narrow a token with 'oo token create --can'");
}

/** What is not renewable ends with the earlier of both. */
function shorter(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.min(one, other);
}

function requireSupported(fields: Members): void {
  for (const name of refused) {
    const raw = fields.get(name);
    const isEmpty = raw === undefined || ["null", '""', "0", '"0"', '"0s"'].includes(raw);
    if (!isEmpty) throw badRequest(`${name} cannot be given to a token here`);
  }
  if (readNumber(fields.get("num_uses") ?? "0") !== 0) throw badRequest("num_uses cannot be given to a token here");
  const type = textField(fields, "type") ?? "";
  if (!["", "service", "default"].includes(type)) throw badRequest("type must be service");
}
