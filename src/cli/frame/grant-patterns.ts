import { SecretView } from "../../../gen/secret/v1/secret_service_pb.ts";
import { keyProblem } from "../../rules/secret-key.ts";
import type { Output } from "../print/output.ts";
import type { Service } from "./client.ts";
import { usageError } from "./errors.ts";

/**
 * Refuses patterns of grants that name a namespace without `/*`: they match one key that does not exist, and the token
 * could do nothing. A pattern for one key that may still come gets a hint.
 */
export async function refuseNamespaces(
  service: Service,
  grants: readonly { readonly action: string; readonly keyPatterns: readonly string[] }[],
  output: Pick<Output, "hint">,
): Promise<void> {
  const given = grants.flatMap(({ action, keyPatterns }) => keyPatterns.map((pattern) => ({ action, pattern })));
  for (const { pattern, action } of given) {
    const name = pattern.replace(/\/+$/, "");
    if (name.includes("*") || keyProblem(name) !== undefined) continue;
    if (name !== pattern)
      throw usageError(`no key ends with '/': ${action}:${pattern}`, `--can '${action}:${pattern}*'`);
    const key = await service.secrets.listSecrets({ keys: [name], view: SecretView.KEYS });
    if (key.secrets.length > 0) continue;
    const within = await service.secrets.listSecrets({ keyPattern: `${name}/*`, view: SecretView.KEYS, pageSize: 1 });
    if (within.secrets.length > 0) {
      const hint = `for all that is in it: --can '${action}:${name}/*'`;
      throw usageError(`${name} is a namespace, and ${action}:${pattern} allows only a key of this name`, hint);
    }
    output.hint(
      `${action}:${pattern} allows one key, and there is none of that name yet; for a namespace: '${name}/*'`,
    );
  }
}
