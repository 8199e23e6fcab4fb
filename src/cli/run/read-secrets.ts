import type { Folder, Secret, SecretError } from "../../../gen/secret/v1/secret_service_pb.ts";
import { limits } from "../../limits.ts";
import { compareBytes } from "../../text/byte-order.ts";
import type { Service } from "../frame/client.ts";
import { CliError } from "../frame/errors.ts";
import { pageSize, readPages } from "../frame/pages.ts";
import type { Output } from "../print/output.ts";

export interface HowToRead {
  readonly recursive: boolean;
  readonly output: Pick<Output, "hint">;
  readonly mayBeEmpty?: boolean;
}

/**
 * The secrets directly in a namespace that the caller may read, or with `recursive` all under it. A hint counts those
 * that are left out because they are deeper.
 * @throws CliError when there is none, unless `mayBeEmpty`, or one cannot be read
 */
export async function readNamespace(
  service: Service,
  namespace: string,
  { recursive, output, mayBeEmpty = false }: HowToRead,
): Promise<Secret[]> {
  const { SecretView } = await import("../../../gen/secret/v1/secret_service_pb.ts");
  const where = recursive ? { namespace } : { folder: namespace };
  const request = { ...where, view: SecretView.FULL, pageSize };
  const secrets: Secret[] = [];
  const deeper: Folder[] = [];
  for await (const page of readPages((pageToken) => service.secrets.listSecrets({ ...request, pageToken }))) {
    refuseDamaged(page.errors);
    // A service that does not know folders lists everything.
    secrets.push(...page.secrets.filter(({ key }) => isIn(key, namespace, recursive)));
    deeper.push(...page.folders.filter(({ path }) => path !== namespace));
  }
  const left = deeper.reduce((sum, { secrets: count }) => sum + count, 0);
  const some = deeper.some(({ more }) => more) ? `more than ${left}` : `${left}`;
  if (secrets.length > 0 || mayBeEmpty) {
    if (left > 0) {
      output.hint(
        `${some} ${left === 1 ? "secret" : "secrets"} in folders of ${namespace}/ ${left === 1 ? "is" : "are"} left out; --recursive takes them also`,
      );
    }
    return secrets;
  }
  if (left === 0) throw new CliError(`there are no secrets in ${namespace}/ that you may read`);
  throw new CliError(`there are no secrets directly in ${namespace}/ that you may read`, [
    `${some} in its folders, such as ${deeper[0]?.path}/: name one of them with -n, or take all with --recursive`,
  ]);
}

/** Whether a key is in the namespace, and directly in it unless `recursive`. */
export function isIn(key: string, namespace: string, recursive: boolean): boolean {
  if (!key.startsWith(`${namespace}/`)) return false;
  return recursive || !key.includes("/", namespace.length + 1);
}

/**
 * Each secret once, in the order of the keys.
 * @throws CliError when one of these keys is missing, or cannot be read
 */
export async function readSecrets(service: Service, keys: readonly string[]): Promise<Secret[]> {
  const found = await readFirst(
    service,
    keys.map((key) => [key]),
  );
  return [...new Set(found)].sort((a, b) => compareBytes(a.key, b.key));
}

/**
 * For each entry, the secret of the first of its keys that there is. Later keys are read only where the earlier ones
 * are missing: each read is in the audit log, and a damaged secret that nothing uses must not fail the command. What is
 * `known` is not read again: a caller who read one of the keys of an entry has asked for all of them.
 * @throws CliError when there is none, or one cannot be read
 */
export async function readFirst(
  service: Service,
  wanted: readonly (readonly string[])[],
  known: ReadonlyMap<string, Secret> = new Map(),
): Promise<Secret[]> {
  const found = new Map(known);
  const longest = Math.max(0, ...wanted.map((keys) => keys.length));
  const unknown = wanted.filter((keys) => !keys.some((key) => known.has(key)));
  for (let at = 0; at < longest; at += 1) {
    const open = unknown.filter((keys) => !keys.slice(0, at).some((key) => found.has(key)));
    const asked = new Set(open.flatMap((keys) => keys[at] ?? []));
    for (const secret of await readFound(
      service,
      [...asked].filter((key) => !found.has(key)),
    )) {
      found.set(secret.key, secret);
    }
  }
  const missing: string[] = [];
  const secrets = wanted.flatMap((keys) => {
    const secret = keys.map((key) => found.get(key)).find((each) => each !== undefined);
    if (secret === undefined) missing.push(keys.join(" or "));
    return secret ?? [];
  });
  if (missing.length === 0) return secrets;
  throw new CliError(`not found, or not readable by you: ${[...new Set(missing)].join(", ")}`);
}

async function readFound(service: Service, keys: readonly string[]): Promise<readonly Secret[]> {
  const { SecretView } = await import("../../../gen/secret/v1/secret_service_pb.ts");
  const found: Secret[] = [];
  for (let at = 0; at < keys.length; at += limits.batchItems) {
    const request = { keys: keys.slice(at, at + limits.batchItems), view: SecretView.FULL };
    for await (const page of readPages((pageToken) => service.secrets.listSecrets({ ...request, pageToken }))) {
      refuseDamaged(page.errors);
      found.push(...page.secrets);
    }
  }
  return found;
}

/** An environment that lacks one of its secrets is worse than no environment. */
function refuseDamaged(errors: readonly SecretError[]): void {
  if (errors.length === 0) return;
  throw new CliError(`cannot be read: ${errors.map(({ key }) => key).join(", ")}: the stored document does not verify`);
}
