import { requireKeyRecords } from "../../../src/audit-log/key-records.ts";
import { type Failure, SecretError } from "../../../src/error.ts";
import { signUser } from "../../../src/identity/rows.ts";
import type { Context } from "../../../src/rules/context.ts";
import type { CallInfo } from "../../../src/rules/decision-record.ts";
import { checkGrants } from "../../../src/rules/grants.ts";
import { signPermit } from "../../../src/rules/permit-row.ts";
import type { ShownSecret } from "../../../src/secrets/list-collection.ts";
import { listSecrets } from "../../../src/secrets/list-secrets.ts";
import { removeSecrets } from "../../../src/secrets/remove-secrets.ts";
import type { SaveInput } from "../../../src/secrets/save-input.ts";
import { saveSecrets } from "../../../src/secrets/save-secrets.ts";
import { accessListNames } from "../../../src/text/access-list-names.ts";
import { textOf } from "../../../src/text/secret-value.ts";
import { callOf } from "./core.ts";
import type { ActualOutcome, Driver } from "./history.ts";
import type { Person, Result, Save, Shown } from "./model.ts";

/** Calls the use cases, without a transport. */
export function createDirectDriver(context: Context): Driver {
  const list = async (person: Person, request: { keys: readonly string[]; withValues: boolean }) => {
    const shown: Shown[] = [];
    const missing: string[] = [];
    let pageToken = "";
    do {
      const answer = await listSecrets(context, asCall(person), {
        ...noNames,
        keys: request.keys,
        namespace: "",
        keyPattern: "",
        state: undefined,
        view: request.withValues ? "full" : "metadata",
        pageSize: 2,
        pageToken,
      });
      shown.push(...answer.secrets.map(showOne));
      missing.push(...answer.missingKeys);
      if (answer.errors.length > 0) throw new Error("a document does not verify");
      pageToken = answer.nextPageToken;
    } while (pageToken !== "");
    return { shown, missing };
  };
  return {
    async addPeople(people) {
      for (const [tenant, ofTenant] of Map.groupBy(people, (person) => person.tenant)) {
        const at = { tenant, updatedAtMs: context.now(), updatedBy: "admin" };
        const made = { ...at, createdAtMs: context.now(), createdBy: "admin", operator: false, removed: false };
        const users = ofTenant.filter(({ can }) => can.length === 0);
        const permits = Map.groupBy(ofTenant[0]?.permits ?? [], ({ name }) => name);
        await context.store.commitIdentity({
          tenant,
          expectedRevision: 0,
          users: users.map(({ slug, roles, admin }) => signUser(context.keyring, { ...made, slug, roles, admin })),
          tokens: [],
          permits: [...permits].map(([name, held]) => {
            const patterns = [...new Set(held.map(({ glob }) => glob))].sort();
            return signPermit(context.keyring, { ...at, name, patterns });
          }),
          audit: [],
        });
      }
    },
    save: (person, saves, removals, validateOnly) =>
      outcomeOf(async () => {
        const request = { secrets: saves.map(toInput), remove: removals, validateOnly, idempotencyKey: "" };
        const results = await saveSecrets(context, asCall(person), request);
        return results.map(
          ({ key, outcome, version, changedFields, listChanges }): Result => ({
            key,
            outcome,
            version,
            changed: changedFields,
            entries: listChanges.flatMap(({ list, added, removed }) => [
              ...added.map((entry) => `${list}+${entry}`),
              ...removed.map((entry) => `${list}-${entry}`),
            ]),
          }),
        );
      }),
    remove: (person, keys) =>
      outcomeOf(async () => {
        const removed = await removeSecrets(context, asCall(person), { ...noNames, keys, idempotencyKey: "" });
        return removed.map(({ key, version }) => ({ key, outcome: "removed", version, changed: [], entries: [] }));
      }),
    list: async (person, withValues) => (await list(person, { keys: [], withValues })).shown,
    async records(person, key) {
      const caller = { ...asCall(person).caller, tokenId: "tok_0123456789abcdefabcd", tokenExpireAtMs: 0 };
      const asked = await outcomeOf(async () => {
        await requireKeyRecords(context, { ...asCall(person), caller }, "audit.list", [key], () => "key");
        return [];
      });
      return "refused" in asked ? (asked.refused[0]?.reason ?? "") : "allowed";
    },
    async read(person, keys) {
      const { shown, missing } = await list(person, { keys, withValues: true });
      const received = [...shown.map(({ key }) => key), ...missing].sort();
      if (received.join() !== [...keys].sort().join())
        throw new Error(`received ${received.join()}, asked for ${keys.join()}`);
      return shown;
    },
  };
}

/** Grants as a request gives them. */
export function grantsOf({ can }: Person) {
  return can.map((text) => {
    const [action = "", glob = ""] = text.split(":");
    return { action, keyPatterns: [glob] };
  });
}

function asCall(person: Person): CallInfo {
  const { tenant, slug, roles, admin } = person;
  return callOf({ tenant, slug, roles, admin, grants: checkGrants(grantsOf(person), "grants") });
}

const noNames = { keys: [], ids: [], key: "", id: "" };

async function outcomeOf(work: () => Promise<readonly Result[]>): Promise<ActualOutcome> {
  try {
    return { results: await work() };
  } catch (error) {
    if (!(error instanceof SecretError)) throw error;
    return { refused: error.failures.map(refusalOf) };
  }
}

function refusalOf({ index = 0, key = "", reason, right }: Failure) {
  return { index, key, reason: right === undefined ? reason : `${reason} ${right}` };
}

const nothing = {
  value: undefined,
  rightChecksum: true,
  lists: {},
  note: undefined,
  owner: undefined,
  ifVersion: undefined,
};

/** What a save of the model is as a request. What is left out is not changed. */
export function toInput(changes: Partial<Save> & Pick<Save, "key">): SaveInput {
  const save: Save = { ...nothing, ...changes };
  const wanted = (name: (typeof accessListNames)[number]) => {
    const list = save.lists[name];
    return list === undefined || list === "clear" ? [] : list;
  };
  return {
    id: "",
    key: save.key,
    value: save.value,
    encrypted: false,
    checksum: save.rightChecksum || save.value === undefined ? "" : "00000000",
    checksumAlgorithm: "",
    lists: {
      readers: wanted("readers"),
      writers: wanted("writers"),
      deleters: wanted("deleters"),
      canChangeReaders: wanted("canChangeReaders"),
      canChangeWriters: wanted("canChangeWriters"),
      canChangeDeleters: wanted("canChangeDeleters"),
    },
    metadata: save.note === undefined || save.note === "clear" ? [] : [["note", save.note]],
    clear: [
      ...accessListNames.filter((name) => save.lists[name] === "clear"),
      ...(save.note === "clear" ? ["metadata"] : []),
    ],
    ifVersion: save.ifVersion,
    owner: save.owner ?? "",
  };
}

function showOne({ secret, value }: ShownSecret): Shown {
  const { key, version, owner, lists } = secret;
  const shown = value === undefined ? undefined : textOf(value);
  return { key, version, owner, note: secret.metadata[0]?.[1], lists, value: shown };
}
