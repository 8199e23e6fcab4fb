import type { ClientSession, Db } from "mongodb";
import type { IdentityCommit } from "../../identity-rows.ts";
import { fromPermit, fromToken, fromUser } from "../rows/documents.ts";
import { type Named, permitIndex, tokenIndexes, userIndex } from "../rows/schema.ts";
import { requireWritten } from "./require-written.ts";
import type { Content } from "./transaction.ts";

/**
 * The content of a transaction that writes users and tokens: a compare-and-set on the identity revision of the tenant.
 */
export function identityContent(db: Db, commit: IdentityCommit, maxTimeMs: number): Content {
  const revisions = db.collection<Named>("identity_revisions");

  async function countUp(session: ClientSession, operation: string): Promise<boolean> {
    const { tenant, expectedRevision } = commit;
    const revision = expectedRevision + 1;
    const options = { session, maxTimeMS: maxTimeMs };
    if (expectedRevision === 0) {
      await revisions.insertOne({ _id: tenant, revision, operation }, options);
      return true;
    }
    const filter = { _id: { $eq: tenant }, revision: { $eq: expectedRevision } };
    const { matchedCount } = await revisions.updateOne(filter, { $set: { revision, operation } }, options);
    return matchedCount === 1;
  }

  return {
    isShared: false,
    audit: commit.audit,
    async write(session, operation) {
      if (!(await countUp(session, operation))) return false;
      const options = { session, maxTimeMS: maxTimeMs };
      for (const [name, writes] of [
        ["users", userWrites(commit)],
        ["tokens", tokenWrites(commit)],
        ["permits", permitWrites(commit)],
      ] as const) {
        if (writes.length === 0) continue;
        const { matchedCount, upsertedCount } = await db.collection(name).bulkWrite(writes, options);
        requireWritten(matchedCount + upsertedCount, writes.length);
      }
      await dropTokens(db, commit, options);
      if (commit.quotas !== undefined) await writeQuotas(db, commit.tenant, commit.quotas, options);
      return true;
    },
    async wasWritten(operation, options) {
      const filter = { _id: { $eq: commit.tenant }, operation: { $eq: operation } };
      return (await revisions.findOne(filter, options)) !== null;
    },
  };
}

interface InSession {
  readonly session: ClientSession;
  readonly maxTimeMS: number;
}

async function dropTokens(db: Db, { tenant, droppedTokens = [] }: IdentityCommit, options: InSession): Promise<void> {
  if (droppedTokens.length === 0) return;
  const filter = { tenant: { $eq: tenant }, id: { $in: [...droppedTokens] } };
  await db.collection("tokens").deleteMany(filter, { ...options, hint: tokenIndexes.byId.name });
}

async function writeQuotas(db: Db, tenant: string, limits: string, options: InSession): Promise<void> {
  const quotas = db.collection<Named>("quotas");
  const filter = { _id: { $eq: tenant } };
  if (limits === "") await quotas.deleteOne(filter, options);
  else await quotas.updateOne(filter, { $set: { limits } }, { ...options, upsert: true });
}

function userWrites(commit: IdentityCommit) {
  return commit.users.map((user) => {
    const filter = { tenant: { $eq: user.tenant }, slug: { $eq: user.slug } };
    return { replaceOne: { filter, replacement: fromUser(user), upsert: true, hint: userIndex.name } };
  });
}

function permitWrites({ permits = [] }: IdentityCommit) {
  return permits.map((permit) => {
    const filter = { tenant: { $eq: permit.tenant }, name: { $eq: permit.name } };
    return { replaceOne: { filter, replacement: fromPermit(permit), upsert: true, hint: permitIndex.name } };
  });
}

function tokenWrites(commit: IdentityCommit) {
  return commit.tokens.map((token) => {
    const filter = { tenant: { $eq: token.tenant }, id: { $eq: token.id } };
    return { replaceOne: { filter, replacement: fromToken(token), upsert: true, hint: tokenIndexes.byId.name } };
  });
}
