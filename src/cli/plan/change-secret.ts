import { Code, ConnectError } from "@connectrpc/connect";
import type { Command } from "commander";
import { ErrorDetailSchema, Reason } from "../../../gen/secret/v1/error_pb.ts";
import { type SaveResult, type Secret, SecretView } from "../../../gen/secret/v1/secret_service_pb.ts";
import type { SecretInput } from "../formats/secret-fields.ts";
import type { Cli } from "../frame/cli.ts";
import type { Service } from "../frame/client.ts";
import { openService } from "../frame/options.ts";
import { resolveKeys } from "../frame/resolve-key.ts";
import { readSecret } from "./read-secret.ts";
import { reportResults } from "./save-results.ts";

/** Others may change the same secret meanwhile, but not every time. */
const attemptsMax = 5;

export interface ChangeOptions {
  readonly dryRun?: boolean;
  readonly output?: "text" | "json";
}

/**
 * Changes a secret on the basis of what is stored, and reports what changed. When another caller changes it in between,
 * the change is made again on the new basis, so neither is lost.
 */
export async function changeSecret(
  cli: Cli,
  command: Command,
  asked: string,
  options: ChangeOptions,
  change: (secret: Secret) => SecretInput,
): Promise<void> {
  const service = await openService(cli, command);
  const [key = asked] = await resolveKeys([asked], service, cli.output);
  const isPlan = options.dryRun === true;
  const results = await attempt(service, key, isPlan, change);
  reportResults(results, { isPlan, asJson: options.output === "json", output: cli.output });
}

async function attempt(
  service: Service,
  key: string,
  validateOnly: boolean,
  change: (secret: Secret) => SecretInput,
): Promise<readonly SaveResult[]> {
  for (let left = attemptsMax - 1; ; left -= 1) {
    const secret = await readSecret(service, key, SecretView.METADATA);
    const input = { ...change(secret), key, ifVersion: secret.version };
    try {
      return (await service.secrets.saveSecrets({ secrets: [input], validateOnly })).results;
    } catch (error) {
      if (left === 0 || !isStale(error)) throw error;
    }
  }
}

function isStale(error: unknown): boolean {
  if (!(error instanceof ConnectError) || error.code !== Code.Aborted) return false;
  return error.findDetails(ErrorDetailSchema)[0]?.reason === Reason.STALE_VERSION;
}
