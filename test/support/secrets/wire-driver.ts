import { readFileSync, rmSync } from "node:fs";
import { type Client, ConnectError, createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { AuditService } from "../../../gen/secret/v1/audit_service_pb.ts";
import { ErrorDetailSchema, Reason } from "../../../gen/secret/v1/error_pb.ts";
import { IdentityService } from "../../../gen/secret/v1/identity_service_pb.ts";
import { SaveOutcome, type Secret, SecretService, SecretView } from "../../../gen/secret/v1/secret_service_pb.ts";
import { startServer } from "../../../src/service/server.ts";
import { makeDataDir, testConfig } from "./core.ts";
import { grantsOf, toInput } from "./direct-driver.ts";
import type { ActualOutcome, Driver } from "./history.ts";
import type { Person, Result, Shown } from "./model.ts";

export interface WireDriver extends Driver {
  close(): Promise<void>;
}

/** Calls a server through the client for Connect. */
export async function createWireDriver(): Promise<WireDriver> {
  const config = testConfig(makeDataDir());
  const server = await startServer(config);
  const transport = createConnectTransport({ baseUrl: server.url, httpVersion: "1.1" });
  const secrets = createClient(SecretService, transport);
  const identity = createClient(IdentityService, transport);
  const audit = createClient(AuditService, transport);
  const tokens = new Map<string, string>();
  const adminToken = server.adminTokenFile === undefined ? "" : readFileSync(server.adminTokenFile, "utf8").trim();
  const withToken = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
  const as = (person: Person) => withToken(tokens.get(nameOf(person)) ?? "");

  async function list(person: Person, keys: readonly string[], withValues: boolean) {
    const shown: Shown[] = [];
    const missing: string[] = [];
    let pageToken = "";
    do {
      const view = withValues ? SecretView.FULL : SecretView.METADATA;
      const answer = await secrets.listSecrets({ keys: [...keys], view, pageSize: 2, pageToken }, as(person));
      shown.push(...answer.secrets.map(showOne));
      missing.push(...answer.missingKeys);
      if (answer.errors.length > 0) throw new Error("a document does not verify");
      pageToken = answer.nextPageToken;
    } while (pageToken !== "");
    return { shown, missing };
  }

  return {
    async addPeople(people) {
      for (const person of people) {
        const { tenant, slug, admin } = person;
        const user = { slug, roles: [...person.roles], admin };
        await identity.saveUsers({ tenant, users: [user] }, withToken(adminToken));
        const grants = grantsOf(person).map(({ action, keyPatterns }) => ({ action, keyPatterns: [...keyPatterns] }));
        const { secret } = await identity.createToken({ tenant, slug, grants }, withToken(adminToken));
        tokens.set(nameOf(person), secret);
      }
      const [first] = people;
      const permits = (first?.permits ?? []).map(({ name, glob }) => ({ name, pattern: glob }));
      const tenant = first?.tenant ?? "";
      if (permits.length > 0) await identity.savePermits({ tenant, permits }, withToken(adminToken));
    },
    save: (person, saves, removals, validateOnly) =>
      outcomeOf(() => saveOverWire(secrets, { saves, removals, validateOnly }, as(person))),
    remove: (person, keys) =>
      outcomeOf(async () => {
        const { removed } = await secrets.removeSecrets({ keys: [...keys] }, as(person));
        return removed.map(({ key, version }) => ({ key, outcome: "removed", version, changed: [], entries: [] }));
      }),
    list: async (person, withValues) => (await list(person, [], withValues)).shown,
    async records(person, key) {
      const asked = await outcomeOf(async () => {
        await audit.listAuditEvents({ key, pageSize: 1 }, as(person));
        return [];
      });
      return "refused" in asked ? (asked.refused[0]?.reason ?? "") : "allowed";
    },
    async read(person, keys) {
      const { shown, missing } = await list(person, keys, true);
      const received = [...shown.map(({ key }) => key), ...missing].sort();
      if (received.join() !== [...keys].sort().join())
        throw new Error(`received ${received.join()}, asked for ${keys.join()}`);
      return shown;
    },
    async close() {
      await server.close();
      rmSync(config.dataDir, { recursive: true });
    },
  };
}

function nameOf({ tenant, slug, can }: Person): string {
  return [tenant, slug, ...can].join(" ");
}

type SaveCall = Parameters<Driver["save"]>;

async function saveOverWire(
  secrets: Client<typeof SecretService>,
  batch: { saves: SaveCall[1]; removals: SaveCall[2]; validateOnly: boolean },
  options: { headers: Record<string, string> },
): Promise<Result[]> {
  const { saves, removals, validateOnly } = batch;
  const { results } = await secrets.saveSecrets(
    {
      secrets: saves.map(toInput).map(({ value, ifVersion, lists, metadata, clear, ...rest }) => ({
        ...rest,
        ...Object.fromEntries(Object.entries(lists).map(([name, entries]) => [name, [...entries]])),
        clear: [...clear],
        metadata: Object.fromEntries(metadata),
        ...(value === undefined ? {} : { value }),
        ...(ifVersion === undefined ? {} : { ifVersion }),
      })),
      remove: removals.map(({ key, ifVersion }) => ({ key, ...(ifVersion === undefined ? {} : { ifVersion }) })),
      validateOnly,
    },
    options,
  );
  return results.map(({ key, outcome, version, changedFields, listChanges }) => ({
    key,
    outcome: nameIn(SaveOutcome, outcome).toLowerCase() as Result["outcome"],
    version,
    changed: changedFields,
    entries: listChanges.flatMap(({ list, added, removed }) => [
      ...added.map((entry) => `${list}+${entry}`),
      ...removed.map((entry) => `${list}-${entry}`),
    ]),
  }));
}

async function outcomeOf(work: () => Promise<readonly Result[]>): Promise<ActualOutcome> {
  try {
    return { results: await work() };
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error;
    const details = error.findDetails(ErrorDetailSchema);
    if (details.length === 0) throw error;
    return {
      refused: details.map(({ index, key, reason, right }) => ({
        index,
        key,
        reason: right === "" ? nameIn(Reason, reason) : `${nameIn(Reason, reason)} ${right}`,
      })),
    };
  }
}

function nameIn(names: Readonly<Record<string, number>>, number: number): string {
  return Object.keys(names).find((name) => names[name] === number) ?? "";
}

function showOne(secret: Secret): Shown {
  const { key, version, owner, readers, writers, deleters } = secret;
  const { canChangeReaders, canChangeWriters, canChangeDeleters } = secret;
  const lists = { readers, writers, deleters, canChangeReaders, canChangeWriters, canChangeDeleters };
  return { key, version, owner, note: secret.metadata.note, lists, value: secret.value };
}
