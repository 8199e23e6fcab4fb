import { durationMs } from "@bufbuild/protobuf/wkt";
import {
  CredentialKind,
  type IdentityService,
  NameKind,
  UserOutcome,
} from "../../gen/secret/v1/identity_service_pb.ts";
import { applyTeam } from "../identity/apply-team.ts";
import { createToken } from "../identity/create-token.ts";
import type { IdentityContext } from "../identity/directory.ts";
import { invitationState } from "../identity/invitation.ts";
import { inviteUser } from "../identity/invite-user.ts";
import { linkUser } from "../identity/link-user.ts";
import { listNames } from "../identity/list-names.ts";
import { listPermits } from "../identity/list-permits.ts";
import { listTenants } from "../identity/list-tenants.ts";
import { listTokens } from "../identity/list-tokens.ts";
import { listUsers } from "../identity/list-users.ts";
import { getQuotas, setQuotas } from "../identity/quotas.ts";
import { removePermits } from "../identity/remove-permits.ts";
import { removeUsers } from "../identity/remove-users.ts";
import { revokeToken } from "../identity/revoke-token.ts";
import { grantsOf, type TokenFields, type UserFields } from "../identity/rows.ts";
import { savePermits } from "../identity/save-permits.ts";
import { saveUsers } from "../identity/save-users.ts";
import type { GuardedImpl } from "./guarded-impl.ts";
import { fromWireQuotas, toWireQuotas, toWireUsage } from "./quota-message.ts";
import { teamKinds, toWireTeamChange } from "./team-message.ts";
import { toWhoAmIMessage, toWireGrant } from "./whoami-message.ts";
import { fromWire } from "./wire/from-wire.ts";
import { toTimestamp } from "./wire/timestamp.ts";

/** Translates IdentityService between the contract and the domain, and decides nothing. */
export function createIdentityService(context: IdentityContext): GuardedImpl<typeof IdentityService> {
  return {
    whoAmI: (_request, { caller }) => toWhoAmIMessage(context, caller),
    async saveUsers({ users, tenant }, call) {
      const inputs = users.map(({ slug, roles, admin, operator, clear, reuse }) => ({
        slug,
        roles,
        admin,
        operator,
        clear,
        reuse,
      }));
      const results = await saveUsers(context, call, { users: inputs, tenant });
      return {
        results: results.map(({ user, outcome }) => ({ user: toWireUser(user), outcome: wireOutcomes[outcome] })),
      };
    },
    async listUsers({ tenant, pageSize, pageToken }, call) {
      const { users, nextPageToken } = await listUsers(context, call, { tenant, pageSize, pageToken });
      return { users: users.map(toWireUser), nextPageToken };
    },
    async removeUsers({ slugs, tenant }, call) {
      const { removed, tokensRevoked } = await removeUsers(context, call, { slugs, tenant });
      return { removed: [...removed], tokensRevoked };
    },
    async listNames({ prefix, pageSize, pageToken }, call) {
      const { names, nextPageToken } = await listNames(context, call, { prefix, pageSize, pageToken });
      return {
        names: names.map(({ kind, members, ...name }) => ({ ...name, kind: wireKinds[kind], members: [...members] })),
        nextPageToken,
      };
    },
    async linkUser({ slug, method, subject, tenant }, call) {
      return { user: toWireUser(await linkUser(context, call, { slug, method, subject, tenant })) };
    },
    async inviteUser({ slug, tenant }, call) {
      const { code, url, endAtMs } = await inviteUser(context, call, { slug, tenant });
      return { code, url, expireAt: toTimestamp(endAtMs) };
    },
    async listTenants({ pageSize, pageToken }, call) {
      const { tenants, nextPageToken } = await listTenants(context, call, { pageSize, pageToken });
      return { tenants: tenants.map(({ secrets, ...each }) => ({ ...each, secrets: BigInt(secrets) })), nextPageToken };
    },
    async savePermits({ permits, tenant }, call) {
      const results = await savePermits(context, call, { permits, tenant });
      return { results: results.map(({ permit, isNew }) => ({ permit, created: isNew })) };
    },
    async listPermits({ tenant, name }, call) {
      return { permits: [...(await listPermits(context, call, { tenant, name }))] };
    },
    async removePermits({ permits, tenant }, call) {
      return { removed: [...(await removePermits(context, call, { permits, tenant }))] };
    },
    async applyTeam(request, call) {
      const prune = request.prune.flatMap((kind) => fromWire(teamKinds, kind, "prune") ?? []);
      const { users, permits, tokens, validateOnly, tenant } = request;
      const changes = await applyTeam(context, call, { users, permits, tokens, prune, validateOnly, tenant });
      return { changes: changes.map(toWireTeamChange) };
    },
    async createToken({ slug, ttl, description, tenant, grants }, call) {
      const ttlMs = ttl === undefined ? undefined : durationMs(ttl);
      const { secret, token } = await createToken(context, call, { slug, ttlMs, description, tenant, grants });
      return { secret, token: toWireToken(token) };
    },
    async listTokens({ slug, tenant, pageSize, pageToken }, call) {
      const { tokens, nextPageToken } = await listTokens(context, call, { slug, tenant, pageSize, pageToken });
      return { tokens: tokens.map(toWireToken), nextPageToken };
    },
    async revokeToken({ id, tenant }, call) {
      return { token: toWireToken(await revokeToken(context, call, { id, tenant })) };
    },
    async getQuotas({ tenant, slug }, call) {
      const answer = await getQuotas(context, call, { tenant, slug });
      const own = toWireQuotas(answer.own);
      return { tenant: toWireUsage(answer.tenant), user: toWireUsage(answer.user), own };
    },
    async setQuotas({ tenant, quotas, clear }, call) {
      const own = await setQuotas(context, call, { tenant, quotas: fromWireQuotas(quotas), clear });
      return { own: toWireQuotas(own) };
    },
  };
}

const wireKinds = { user: NameKind.USER, role: NameKind.ROLE } as const;

const wireOutcomes = {
  created: UserOutcome.CREATED,
  updated: UserOutcome.UPDATED,
  unchanged: UserOutcome.UNCHANGED,
} as const;

function toWireUser(user: UserFields) {
  const { tenant, slug, roles, admin, operator, createdBy, updatedBy } = user;
  const times = { createdAt: toTimestamp(user.createdAtMs), updatedAt: toTimestamp(user.updatedAtMs) };
  const login = user.login && { ...user.login };
  const { endAtMs, usedAtMs } = invitationState(user.passkeys?.invitation);
  const invitation = {
    ...(endAtMs === undefined ? {} : { invitationExpireAt: toTimestamp(endAtMs) }),
    ...(usedAtMs === undefined ? {} : { invitationUsedAt: toTimestamp(usedAtMs) }),
  };
  const names = { tenant, slug, roles: [...roles], admin, operator, createdBy, updatedBy };
  return { ...names, ...times, ...login, ...invitation };
}

function toWireToken(token: TokenFields) {
  const { id, tenant, slug, description, createdBy, expireAtMs, revokedAtMs, session } = token;
  return {
    id,
    tenant,
    slug,
    description,
    createdBy,
    kind: session === undefined ? CredentialKind.TOKEN : CredentialKind.SESSION,
    client: session?.client ?? "",
    grants: grantsOf(token).map(toWireGrant),
    createdAt: toTimestamp(token.createdAtMs),
    ...(expireAtMs === 0 ? {} : { expireAt: toTimestamp(expireAtMs) }),
    ...(revokedAtMs === 0 ? {} : { revokedAt: toTimestamp(revokedAtMs) }),
  };
}
