import type { ChangeQuery, RecordedChange } from "../store/audit-page.ts";
import type { AuditStore } from "../store/audit-store.ts";
import type { StoredPermit, StoredToken, StoredUser } from "../store/identity-rows.ts";
import type { StoredSecret } from "../store/secret-rows.ts";
import type { SecretCommit, SecretStore } from "../store/secret-store.ts";
import type { Store } from "../store/store.ts";
import { isSecretBehind, isTokenBehind, isUserBehind, judgeSecret, mayExplain, newestVersion } from "./put-back.ts";

// A row that was put back from an earlier time verifies: it is what the service wrote, only not the last that it wrote.
// The log of changes has the version that each change made, and an attacker cannot forge its records.

/** Secrets that are older than their last change. */
export type PutBack = ReadonlySet<StoredSecret>;

const none: PutBack = new Set();

export interface LastChanges {
  /**
   * Those of these secrets of one tenant that are older than their last change. Undefined when all were compared before
   * and nothing can have changed since: then nothing is asked.
   */
  compare(secrets: readonly StoredSecret[], purpose: "read" | "write"): Promise<PutBack> | undefined;
  /**
   * The same for secrets that are about to be read by these keys: what is needed is asked for at once, so that it takes
   * no further round trip.
   */
  expect(tenant: string, keys: readonly string[], purpose: "read" | "write"): Expected;
  /**
   * Whether none of these secrets of one tenant is older than its last change, as one look into the log shows it. False
   * when that is in doubt, or the log cannot be read. Never rejects.
   */
  areNewest(secrets: readonly StoredSecret[]): Promise<boolean>;
  /** Whether a verified user is older than its last change. */
  isUserPutBack(user: StoredUser): Promise<boolean>;
  /** Whether verified permits are older than their last change. */
  isPermitPutBack(permit: StoredPermit): Promise<boolean>;
  /** How often a passkey was used, as the log has it: 0 for one that does not count. */
  passkeyCount(tenant: string, id: string): Promise<number>;
  /** Asks at once for all that concerns a login with a verified token that is not revoked. */
  ofLogin(token: StoredToken): LoginChanges;
  /** Must be called once a commit was made. */
  committed(commit: SecretCommit): void;
}

export interface Expected {
  /** The newest version of each key in the log, 0 when it is gone or has none there. */
  versionOf(key: string): Promise<number>;
  compare(secrets: readonly StoredSecret[]): Promise<PutBack> | PutBack;
}

export interface LoginChanges {
  isTokenPutBack(): Promise<boolean>;
  /** For the user of the token. */
  isUserPutBack(user: StoredUser): Promise<boolean>;
}

export interface LastChangesOptions {
  readonly store: Pick<AuditStore, "newestChanges"> & Pick<SecretStore, "findSecrets">;
  /** Whether other processes write to the store. If not, what this process has compared or written stays the newest. */
  readonly isShared: boolean;
}

/** The action of the record of a use, which has the count of the passkey as its version. */
export const passkeyUse = "passkey.use";

/** Names whose version is known. Beyond that, the first ones are asked for again. */
const knownMax = 20_000;

/** Records of one secret that a row is compared with, where several processes write: their order is that of clocks. */
const comparedRecords = 3;

/** Records of one name that are looked at when those do not explain a row. */
const explainingRecords = 50;

/**
 * Compares rows with the newest record of their change: at the first read of each version, and at each write. A
 * comparison takes some microseconds on the embedded store, and no further round trip on MongoDB.
 */
export function createLastChanges({ store, isShared }: LastChangesOptions): LastChanges {
  const known = new Map<string, number>();
  // Secrets that a store returns more than once are frozen, and the same object says the same.
  const compared = new WeakSet<StoredSecret>();

  function isKnown(secret: StoredSecret, purpose: "read" | "write"): boolean {
    if (purpose === "write" && isShared) return false;
    if (compared.has(secret)) return true;
    return known.get(nameOf(secret.tenant, secret.key)) === secret.version;
  }

  function learn(secret: StoredSecret): void {
    remember(secret.tenant, secret.key, secret.version);
    if (Object.isFrozen(secret)) compared.add(secret);
  }

  function remember(tenant: string, key: string, version: number): void {
    const name = nameOf(tenant, key);
    const [oldest] = known.size < knownMax || known.has(name) ? [] : known.keys();
    if (oldest !== undefined) known.delete(oldest);
    known.set(name, version);
  }

  async function ask(tenant: string, keys: readonly string[], limit = isShared ? comparedRecords : 1) {
    const queries = keys.map((name) => ({ tenant, name, action: "secret.", isVersioned: true }));
    const found = await store.newestChanges(queries, limit);
    return new Map(keys.map((key, at) => [key, found[at] ?? []]));
  }

  async function judge(
    secrets: readonly StoredSecret[],
    changesOf: ReadonlyMap<string, readonly RecordedChange[]>,
  ): Promise<PutBack> {
    const putBack = new Set<StoredSecret>();
    for (const secret of secrets) {
      const verdict = judgeSecret(secret, changesOf.get(secret.key) ?? []);
      if (verdict !== "doubtful" || !(await isStillBehind(secret))) learn(secret);
      else putBack.add(secret);
    }
    return putBack;
  }

  /**
   * A change may have been made between the two queries. So the records are read first, and then the row once more.
   * What changed the row between these two has a record by then.
   */
  async function isStillBehind({ tenant, key }: StoredSecret): Promise<boolean> {
    const records = async () => (await ask(tenant, [key], explainingRecords)).get(key) ?? [];
    const before = await records();
    const [secret] = await store.findSecrets({ tenant, keys: [key], visibleTo: "everyone" });
    if (secret === undefined || !isSecretBehind(secret, before)) return false;
    const meanwhile = (await records()).filter((change) => mayExplain(secret, change));
    return isSecretBehind(secret, [...before, ...meanwhile]);
  }

  async function isUserOlder(user: StoredUser, newest: RecordedChange | undefined): Promise<boolean> {
    return isOlder(user, userQuery(user.tenant, user.slug), newest);
  }

  async function isOlder(
    row: Pick<StoredUser, "updatedAtMs">,
    query: ChangeQuery,
    newest: RecordedChange | undefined,
  ): Promise<boolean> {
    if (newest === undefined || newest.timeMs === row.updatedAtMs) return false;
    const [changes = []] = await store.newestChanges([query], explainingRecords);
    return isUserBehind(row, changes);
  }

  return {
    compare(secrets, purpose) {
      let unknown: StoredSecret[] | undefined;
      for (const secret of secrets) {
        if (isKnown(secret, purpose)) continue;
        unknown ??= [];
        unknown.push(secret);
      }
      const [first] = unknown ?? [];
      if (unknown === undefined || first === undefined) return undefined;
      const asked = unknown;
      const keys = [...new Set(asked.map(({ key }) => key))];
      return ask(first.tenant, keys).then((changes) => judge(asked, changes));
    },
    expect(tenant, keys, purpose) {
      const isAsked = (key: string) => (purpose === "write" && isShared) || !known.has(nameOf(tenant, key));
      const early = isShared ? [...new Set(keys.filter(isAsked))] : [];
      const answer = early.length === 0 ? undefined : ask(tenant, early);
      // The comparison gets the error; until then nothing waits for it.
      answer?.catch(() => undefined);
      return {
        async versionOf(key) {
          return newestVersion((await answer)?.get(key) ?? (await ask(tenant, [key])).get(key) ?? []);
        },
        compare: (secrets) => {
          const rest = secrets.filter((secret) => !isKnown(secret, purpose));
          if (rest.length === 0) return none;
          const late = rest.filter(({ key }) => !early.includes(key)).map(({ key }) => key);
          const asked = Promise.all([answer, late.length === 0 ? undefined : ask(tenant, late)]);
          return asked.then(([first, second]) => judge(rest, new Map([...(first ?? []), ...(second ?? [])])));
        },
      };
    },
    async areNewest(secrets) {
      const [first] = secrets;
      if (first === undefined) return true;
      const keys = secrets.map(({ key }) => key);
      const changes = await ask(first.tenant, keys).catch(() => undefined);
      const isNewest = (secret: StoredSecret) => judgeSecret(secret, changes?.get(secret.key) ?? []) !== "doubtful";
      return changes !== undefined && secrets.every(isNewest);
    },
    async isUserPutBack(user) {
      const [[newest] = []] = await store.newestChanges([userQuery(user.tenant, user.slug)], 1);
      return isUserOlder(user, newest);
    },
    async isPermitPutBack(permit) {
      const query = { tenant: permit.tenant, name: permit.name, action: "permit.", isVersioned: true };
      const [[newest] = []] = await store.newestChanges([query], 1);
      return isOlder(permit, query, newest);
    },
    async passkeyCount(tenant, name) {
      const [[newest] = []] = await store.newestChanges([{ tenant, name, action: passkeyUse, isVersioned: true }], 1);
      return newest?.version ?? 0;
    },
    ofLogin({ tenant, id, slug, createdAtMs, session }) {
      const [ended, made] = session === undefined ? ["token.revoke", "token.create"] : ["session.end", "session.open"];
      const of = (name: string, action: string) => ({ tenant, name, action, isVersioned: false });
      const ofToken = [of(id, ended), of(id, made), of(slug, "user.remove")];
      const answer = store.newestChanges([...ofToken, userQuery(tenant, slug)], 1);
      // The comparison gets the error.
      answer.catch(() => undefined);
      return {
        async isTokenPutBack() {
          const [[revoked] = [], [made] = [], [userRemoved] = []] = await answer;
          return isTokenBehind(createdAtMs, { revoked, made, userRemoved });
        },
        isUserPutBack: async (user) => isUserOlder(user, (await answer).at(-1)?.[0]),
      };
    },
    committed({ tenant, changes, purges = [] }) {
      for (const { secret } of changes) remember(tenant, secret.key, secret.version);
      for (const { key, keepCurrent } of purges) if (!keepCurrent) known.delete(nameOf(tenant, key));
    },
  };
}

/** Only records of changes that were made have a version. */
function userQuery(tenant: string, slug: string): ChangeQuery {
  return { tenant, name: slug, action: "user.", isVersioned: true };
}

/** A store whose commits are known to `lastChanges`, so that what this process wrote is not asked for. */
export function noticingCommits(store: Store, lastChanges: Pick<LastChanges, "committed">): Store {
  return {
    ...store,
    async commitSecrets(commit) {
      const outcome = await store.commitSecrets(commit);
      if (outcome.status === "committed") lastChanges.committed(commit);
      return outcome;
    },
  };
}

function nameOf(tenant: string, key: string): string {
  return `${tenant}\0${key}`;
}
