import { Code, ConnectError } from "@connectrpc/connect";
import { SecretView } from "../../../gen/secret/v1/secret_service_pb.ts";
import type { Service } from "./client.ts";
import { CliError } from "./errors.ts";
import { nearestName } from "./nearest.ts";
import { pageSize, readPages } from "./pages.ts";

/** The actions that this `oo` knows. A newer service may record more, so an unknown one is asked for all the same. */
export const auditActions: readonly string[] = Object.entries({
  secret:
    "compare copy decrypt encrypt explain is-secure list plan purge read remove restore save scan sealing-key unchanged versions watch",
  user: "invite link list login login-change login-create login-roles names passkey-begin passkey-create passkey-list passkey-remove remove save whoami",
  passkey: "use",
  backup: "create restore",
  permit: "list remove save",
  team: "apply plan",
  token: "create drop list revoke",
  session: "drop end handoff open refused",
  login: "accept-invitation begin finish finish-passkey invitation methods passkey",
  audit: "close drop end list resume usage verify",
  quota: "set show",
  tenant: "list",
  key: "destroy-sealing list load rotate",
}).flatMap(([what, verbs]) => verbs.split(" ").map((verb) => `${what}.${verb}`));

interface Asked {
  readonly actions: readonly string[];
  readonly principal: string;
  /** A key, or a pattern with `*`. */
  readonly key: string;
}

/**
 * Where nothing was found: refuses names that no record can have, so that a typing mistake does not look like "nothing
 * happened". Throws CliError with the nearest name.
 */
export async function refuseUnknownNames(service: Service, { actions, principal, key }: Asked): Promise<void> {
  const action = actions.find((each) => !auditActions.includes(each));
  if (action !== undefined) throw unknown("--action", action, nearestName(action, auditActions));
  if (principal !== "") {
    const slugs = await namesOf(() => listSlugs(service));
    if (slugs !== undefined && !slugs.includes(principal)) {
      throw unknown("--principal", principal, nearestName(principal, slugs));
    }
  }
  if (key !== "") await refuseUnknownKey(service, key);
}

/**
 * A key that the log names may be of a secret that is gone for good. The log is asked first: a look-up of the key would
 * be a record of it.
 */
async function refuseUnknownKey(service: Service, key: string): Promise<void> {
  const isPattern = key.includes("*");
  const filter = isPattern ? { keyPattern: key } : { key };
  if ((await service.audit.listAuditEvents({ ...filter, pageSize: 1 })).events.length > 0) return;
  const keys = await namesOf(() => listKeys(service));
  if (keys === undefined) return;
  if (!isPattern) {
    if (!keys.includes(key)) throw unknown("--key", key, nearestName(key, keys));
    return;
  }
  const { secrets } = await service.secrets.listSecrets({ keyPattern: key, view: SecretView.KEYS, pageSize: 1 });
  if (secrets.length > 0) return;
  const folder = /^([^*]+)\/\*$/.exec(key)?.[1];
  const near = folder && nearestName(folder, [...new Set(keys.flatMap(foldersOf))]);
  throw unknown("--key", key, near && `${near}/*`);
}

function foldersOf(key: string): string[] {
  const segments = key.split("/");
  return segments.slice(1).map((_, at) => segments.slice(0, at + 1).join("/"));
}

function unknown(option: string, name: string, near: string | undefined): CliError {
  return new CliError(`${option} ${name} matches nothing known${near === undefined ? "" : `, did you mean ${near}?`}`);
}

async function listSlugs(service: Service): Promise<string[]> {
  const slugs: string[] = [];
  const read = (pageToken: string) => service.identity.listUsers({ pageSize, pageToken });
  for await (const page of readPages(read)) slugs.push(...page.users.map(({ slug }) => slug));
  return slugs;
}

async function listKeys(service: Service): Promise<string[]> {
  const keys: string[] = [];
  for (const removed of [false, true]) {
    const request = { view: SecretView.KEYS, removed, pageSize };
    const read = (pageToken: string) => service.secrets.listSecrets({ ...request, pageToken });
    for await (const page of readPages(read)) keys.push(...page.secrets.map((secret) => secret.key));
  }
  return keys;
}

/** Undefined for callers who may not list them. */
async function namesOf(list: () => Promise<string[]>): Promise<string[] | undefined> {
  try {
    return await list();
  } catch (error) {
    if (error instanceof ConnectError && error.code === Code.PermissionDenied) return undefined;
    throw error;
  }
}
