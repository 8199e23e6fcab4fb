import { ConnectError } from "@connectrpc/connect";
import { namespaceOf } from "../../rules/secret-key.ts";
import { compareBytes } from "../../text/byte-order.ts";
import type { Cli } from "./cli.ts";
import type { Service } from "./client.ts";
import { pageSize, readPages } from "./pages.ts";

interface GivenPermit {
  readonly name: string;
  readonly pattern: string;
}

export interface GivenPermits {
  readonly permits: readonly GivenPermit[];
  readonly tenant: string;
  /** Users who are made with them, and need not exist yet. */
  readonly newUsers?: readonly string[];
}

/**
 * Says which permits give nothing: those for keys under the slug of a user. That user needs none, and they do not reach
 * there for any other user. The permits stay, and where the users cannot be listed there is no hint.
 */
export async function hintUselessPermits(
  { output }: Pick<Cli, "output">,
  service: Pick<Service, "identity">,
  { permits, tenant, newUsers = [] }: GivenPermits,
): Promise<void> {
  const under = permits.flatMap((permit) => {
    const owner = namespaceOf(permit.pattern);
    return owner === undefined || owner.includes("*") ? [] : [{ ...permit, owner }];
  });
  const owners = new Set(under.map(({ owner }) => owner));
  if (owners.size === 0) return;
  const users = new Set([...newUsers, ...(await usersAmong(owners, service, tenant))]);
  for (const { name, pattern, owner } of under.filter((each) => users.has(each.owner))) {
    output.hint(
      name === owner
        ? `${pattern} gives ${name} nothing more: users may create keys under their own slug anyway`
        : `${pattern} gives ${name} nothing: ${owner} is a user, and no permit reaches under the slug of another user`,
    );
  }
}

async function usersAmong(
  names: ReadonlySet<string>,
  { identity }: Pick<Service, "identity">,
  tenant: string,
): Promise<readonly string[]> {
  const last = [...names].toSorted(compareBytes).at(-1) ?? "";
  const found: string[] = [];
  try {
    for await (const { users } of readPages((pageToken) => identity.listUsers({ tenant, pageSize, pageToken }))) {
      found.push(...users.flatMap(({ slug }) => (names.has(slug) ? slug : [])));
      // Users are ordered by their slugs.
      if (compareBytes(users.at(-1)?.slug ?? "", last) >= 0) break;
    }
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error;
  }
  return found;
}
