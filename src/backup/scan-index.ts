import { hash } from "node:crypto";
import type { Context } from "../rules/context.ts";
import type { StoredSecret } from "../store/secret-rows.ts";
import type { IndexEntry } from "../store/secret-store.ts";
import { isInPart, type Part } from "./scan-log.ts";

/** Compares the index of visible secrets with the lists of the secrets themselves. */
export interface IndexCheck {
  /** Takes a secret that verified. */
  add(secret: StoredSecret): void;
  /** Secrets of which the index says something else, or said when it was read. */
  doubtful(): readonly { readonly tenant: string; readonly key: string }[];
}

const entriesAtOnce = 500;

interface Sum {
  readonly tenant: string;
  readonly key: string;
  value: number;
}

/** Adds up the entries of each secret, so that their order does not matter and none has to be remembered. */
export async function createIndexCheck(
  { store }: Pick<Context, "store">,
  part: Part,
  pause: () => Promise<void>,
): Promise<IndexCheck> {
  const sums = new Map<string, Sum>();
  const count = (entry: IndexEntry, sign: 1 | -1) => {
    const { tenant, key } = entry;
    const name = `${tenant}\0${key}`;
    const sum = sums.get(name) ?? { tenant, key, value: 0 };
    sum.value += sign * numberOf(entry);
    if (sum.value === 0) sums.delete(name);
    else sums.set(name, sum);
  };
  for (let after: string | undefined = ""; after !== undefined; ) {
    const page: Awaited<ReturnType<typeof store.listIndex>> = await store.listIndex(after, entriesAtOnce);
    for (const entry of page.entries) if (isInPart(part, entry.tenant, entry.key)) count(entry, 1);
    after = page.next;
    await pause();
  }
  return {
    add(secret) {
      for (const entry of expectedEntries(secret)) count(entry, -1);
    },
    doubtful: () => [...sums.values()],
  };
}

/** Whether the index has exactly what the lists of a secret say. */
export async function isIndexed({ store }: Pick<Context, "store">, secret: StoredSecret): Promise<boolean> {
  const found = (await store.indexOf(secret.tenant, secret.key)).map(textOf).sort();
  const expected = expectedEntries(secret).map(textOf).sort();
  return found.length === expected.length && found.every((text, at) => text === expected[at]);
}

function expectedEntries({ tenant, key, id, removed, lists }: StoredSecret): IndexEntry[] {
  const identities = new Set(Object.values(lists).flat());
  return [...identities].map((identity) => {
    return { tenant, key, id, removed, identity, canRead: lists.readers.includes(identity) };
  });
}

/** 40 bits, so that sums of many stay exact. It only decides what is looked at closely. */
function numberOf(entry: IndexEntry): number {
  return hash("sha1", textOf(entry), "buffer").readUIntBE(0, 5);
}

function textOf({ tenant, key, id, identity, canRead, removed }: IndexEntry): string {
  return [tenant, key, id, identity, canRead, removed].join("\0");
}
