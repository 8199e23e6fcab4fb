import { limits } from "../limits.ts";
import type { Context } from "../rules/context.ts";
import { firstTenant } from "../rules/secret-key.ts";

/**
 * Whether a local admin of the first tenant still has a token without an end although people log in: only the first
 * start and a command on the host make such tokens. Looks at the first page of users, since the ones of the first start
 * are among the first.
 */
export async function hasEndlessAdminToken({ store, now }: Pick<Context, "store" | "now">): Promise<boolean> {
  const users = (await store.listUsers(firstTenant, "", limits.pageMax)).filter(({ removed }) => !removed);
  if (!users.some(({ login }) => login !== undefined)) return false;
  for (const { slug } of users.filter(({ admin, login }) => admin && login === undefined)) {
    const tokens = await store.listTokens(firstTenant, slug, "", limits.pageMax);
    if (tokens.some((token) => token.expireAtMs === 0 && token.revokedAtMs === 0 && token.createdAtMs <= now())) {
      return true;
    }
  }
  return false;
}
