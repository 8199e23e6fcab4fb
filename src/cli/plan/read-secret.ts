import { Reason } from "../../../gen/secret/v1/error_pb.ts";
import { type Secret, SecretView } from "../../../gen/secret/v1/secret_service_pb.ts";
import type { Service } from "../frame/client.ts";
import { CliError } from "../frame/errors.ts";

/** One secret by its key. Throws CliError when it is not there or not visible, may not be read, or does not verify. */
export async function readSecret(service: Service, key: string, view: SecretView): Promise<Secret> {
  const { secrets, errors } = await service.secrets.listSecrets({ keys: [key], view });
  const [secret] = secrets;
  if (secret !== undefined) return secret;
  if (errors[0]?.reason === Reason.INTEGRITY) throw new CliError(`the stored document of ${key} does not verify`);
  if (view === SecretView.FULL && (await isVisible(service, key))) {
    throw new CliError(`you may not read ${key}`, [`ask its owner or an admin: oo secret explain ${key}`]);
  }
  throw new CliError(`${key} does not exist, or you may not see it`, ["`oo secret list` shows what you can see"]);
}

/** To see a secret is not to read it. */
async function isVisible(service: Service, key: string): Promise<boolean> {
  const { secrets } = await service.secrets.listSecrets({ keys: [key], view: SecretView.KEYS });
  return secrets.length > 0;
}
