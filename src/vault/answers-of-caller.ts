import type { Caller } from "../rules/caller.ts";

/** What Vault calls policies: the roles of the caller. `root` would mean more than anyone may do here. */
export function policiesOf({ roles, admin }: Caller): readonly string[] {
  const names = new Set(["default", ...roles, ...(admin ? ["admin"] : [])]);
  names.delete("root");
  return [...names].toSorted();
}

/** What there is to know of a token, as `auth/token/lookup-self` has it. `credential` is the one that was sent. */
export function tokenFacts(caller: Caller, credential: string, nowMs: number): Readonly<Record<string, unknown>> {
  const ttl = secondsLeft(caller, nowMs);
  return {
    accessor: caller.tokenId,
    creation_time: 0,
    creation_ttl: ttl,
    display_name: `token-${caller.slug}`,
    entity_id: "",
    expire_time: caller.tokenExpireAtMs === 0 ? null : new Date(caller.tokenExpireAtMs).toISOString(),
    explicit_max_ttl: 0,
    // Clients store this as their token.
    id: credential,
    issue_time: "1970-01-01T00:00:00Z",
    meta: { tenant: caller.tenant, slug: caller.slug },
    num_uses: 0,
    orphan: true,
    path: "auth/token/create",
    policies: policiesOf(caller),
    renewable: false,
    ttl,
    type: "service",
  };
}

/** The field `auth` of a login and of a new token. */
export function authFacts(caller: Caller, credential: string, nowMs: number): Readonly<Record<string, unknown>> {
  const policies = policiesOf(caller);
  return {
    client_token: credential,
    accessor: caller.tokenId,
    policies,
    token_policies: policies,
    metadata: { tenant: caller.tenant, slug: caller.slug },
    lease_duration: secondsLeft(caller, nowMs),
    renewable: false,
    entity_id: "",
    token_type: "service",
    orphan: true,
    mfa_requirement: null,
    num_uses: 0,
  };
}

/** 0 for a token without an end. */
function secondsLeft({ tokenExpireAtMs }: Caller, nowMs: number): number {
  return tokenExpireAtMs === 0 ? 0 : Math.max(0, Math.floor((tokenExpireAtMs - nowMs) / 1000));
}
