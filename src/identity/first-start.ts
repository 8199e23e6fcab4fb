import { IntegrityError } from "../crypto/integrity-error.ts";
import type { Context } from "../rules/context.ts";
import { type AuditEntry, auditRecord } from "../rules/decision-record.ts";
import { firstTenant } from "../rules/secret-key.ts";
import { createTokenId, hashToken } from "../rules/token.ts";
import type { StoredUser } from "../store/identity-rows.ts";
import { signToken, signUser, verifyUsableToken, verifyUser } from "./rows.ts";

const adminSlug = "admin";

/**
 * Creates or restores the user `admin` of the first tenant as admin and operator, and gives them one more token, which
 * never expires. For the first start on an empty store, and for anyone on the host who has lost every token. Does
 * nothing when they have this token already: several processes may start at once on an empty store, with the same one.
 */
export async function addAdminToken(context: Context, secret: string): Promise<void> {
  const nowMs = context.now();
  // Read before anything that is decided on, so that a commit which comes in between makes this one stale.
  const expectedRevision = await context.store.identityRevision(firstTenant);
  const former = await findFormer(context);
  if (former?.removed === false && former.operator && (await hasToken(context, secret))) return;
  const call = {
    caller: { tenant: firstTenant, slug: adminSlug, roles: [], admin: true, operator: true, grants: [] },
    requestId: "",
    peer: "host",
  };
  const user = signUser(context.keyring, {
    tenant: firstTenant,
    slug: adminSlug,
    roles: former?.removed === false ? former.roles : [],
    admin: true,
    operator: true,
    createdAtMs: former?.createdAtMs ?? nowMs,
    createdBy: former?.createdBy ?? adminSlug,
    updatedAtMs: nowMs,
    updatedBy: adminSlug,
    removed: false,
  });
  const token = signToken(context.keyring, {
    tenant: firstTenant,
    id: createTokenId(),
    slug: adminSlug,
    hash: hashToken(secret),
    description: "made on the host",
    grants: [],
    createdAtMs: nowMs,
    createdBy: adminSlug,
    expireAtMs: 0,
    revokedAtMs: 0,
  });
  const entry = { decision: "allowed", rule: "host" } as const;
  const entries: readonly AuditEntry[] = [
    { ...entry, action: "user.save", key: adminSlug },
    { ...entry, action: "token.create", key: token.id },
  ];
  const outcome = await context.store.commitIdentity({
    tenant: firstTenant,
    expectedRevision,
    users: [user],
    tokens: [token],
    audit: entries.map((each) => auditRecord(call, nowMs, { ...each, version: expectedRevision + 1 })),
  });
  if (outcome === "stale") await addAdminToken(context, secret);
}

/** Whether the user has this token, and it counts. An edited row is not taken for it. */
async function hasToken({ store, keyring }: Context, secret: string): Promise<boolean> {
  const hash = hashToken(secret);
  const stored = await store.findTokenByHash(hash);
  try {
    const token = stored && verifyUsableToken(keyring, stored);
    return (
      token?.tenant === firstTenant &&
      token.slug === adminSlug &&
      hash.equals(token.hash) &&
      token.revokedAtMs === 0 &&
      token.expireAtMs === 0 &&
      token.session === undefined &&
      token.grants.length === 0
    );
  } catch (error) {
    if (error instanceof IntegrityError) return false;
    throw error;
  }
}

/** Fields of the former row are signed again, so the row must verify: nothing is taken from an edited row. */
async function findFormer({ store, keyring }: Context): Promise<StoredUser | undefined> {
  const stored = await store.findUser(firstTenant, adminSlug);
  try {
    return stored && verifyUser(keyring, stored);
  } catch (error) {
    if (error instanceof IntegrityError) return undefined;
    throw error;
  }
}
