import { SecretView } from "../../../gen/secret/v1/secret_service_pb.ts";
import { keyProblem, namespaceOf } from "../../rules/secret-key.ts";
import type { Service } from "./client.ts";
import { usageError } from "./errors.ts";
import type { Output } from "./output.ts";

/** @throws CliError when it breaks the grammar of keys. */
export function checkKey(key: string): void {
  const problem = keyProblem(key);
  if (problem !== undefined) throw usageError(`the key ${problem.rule}`);
}

/**
 * The keys that are meant by keys on the command line. To an admin they are what they say. To anyone else a key without
 * namespace is that very secret if they can see it, else the one of that name in their own namespace; which one it is
 * goes to standard error.
 */
export async function resolveKeys(keys: readonly string[], service: Service, output: Output): Promise<string[]> {
  for (const key of keys) checkKey(key);
  const bare = keys.filter((key) => namespaceOf(key) === undefined);
  if (bare.length === 0) return [...keys];
  const { admin, slug } = await service.identity.whoAmI({});
  if (admin) return [...keys];
  const visible = new Set<string>();
  const { secrets } = await service.secrets.listSecrets({ keys: bare, view: SecretView.KEYS });
  for (const { key } of secrets) visible.add(key);
  return keys.map((key) => {
    if (namespaceOf(key) !== undefined || visible.has(key)) return key;
    output.hint(`${key} means ${slug}/${key}`);
    return `${slug}/${key}`;
  });
}
