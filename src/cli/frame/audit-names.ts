import { Code, ConnectError } from "@connectrpc/connect";
import { SecretView } from "../../../gen/secret/v1/secret_service_pb.ts";
import type { Service } from "./client.ts";
import { CliError } from "./errors.ts";
import { nearestName } from "./nearest.ts";
import { pageSize, readPages } from "./pages.ts";

/** The actions that this `oo` knows. A newer service may record more, so an unknown one is asked for all the same. */
export const auditActions: readonly string[] = [
  ...["secret.read", "secret.list", "secret.save", "secret.remove", "secret.versions", "secret.restore"],
  ...["secret.purge", "secret.encrypt", "secret.decrypt", "secret.explain", "secret.watch", "secret.is-secure"],
  ...["secret.sealing-key", "secret.plan", "secret.unchanged", "secret.compare", "secret.scan"],
  ...["user.save", "user.remove", "user.list", "user.whoami", "token.create", "token.revoke", "token.list"],
  ...["token.drop", "audit.list", "audit.verify", "audit.drop", "audit.resume", "quota.show", "quota.set"],
  ...["key.list", "key.rotate", "key.destroy-sealing"],
];

interface Asked {
  readonly action: string;
  readonly principal: string;
  readonly key: string;
}

/**
 * Where nothing was found: refuses names that no record can have, so that a typing mistake does not look like "nothing
 * happened". Throws CliError with the nearest name.
 */
export async function refuseUnknownNames(service: Service, { action, principal, key }: Asked): Promise<void> {
  if (action !== "" && !auditActions.includes(action))
    throw unknown("--action", action, nearestName(action, auditActions));
  if (principal !== "") {
    const slugs = await namesOf(() => listSlugs(service));
    if (slugs !== undefined && !slugs.includes(principal)) {
      throw unknown("--principal", principal, nearestName(principal, slugs));
    }
  }
  if (key === "") return;
  const { secrets } = await service.secrets.listSecrets({ keys: [key], view: SecretView.KEYS });
  if (secrets.length > 0) return;
  const keys = await namesOf(() => listKeys(service));
  const near = keys === undefined ? undefined : nearestName(key, keys);
  if (near !== undefined) throw unknown("--key", key, near);
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
  const read = (pageToken: string) => service.secrets.listSecrets({ view: SecretView.KEYS, pageSize, pageToken });
  for await (const page of readPages(read)) keys.push(...page.secrets.map((secret) => secret.key));
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
