import type { Command } from "commander";
import { parseSealed, type SealedPlace, type SealedText, SealedTextError, samePlace } from "../crypto/sealed-text.ts";
import type { Cli } from "./cli.ts";
import { addExamples, openService } from "./options.ts";
import { rewriteValues } from "./rewrite-values.ts";
import { plural } from "./seal.ts";
import { openSealer } from "./sealing-key.ts";
import type { FileSecret } from "./secret-file.ts";

interface ResealOptions {
  readonly namespace?: string;
}

export function addResealCommand(parent: Command, cli: Cli): void {
  const command = parent
    .command("reseal")
    .description(
      "Seal the sealed values of files again, in place, where that is needed: after the service has got a new sealing key, or for the new name of a key. The service opens them, for those who may read them.",
    )
    .argument("<file|folder>", "the files to change")
    .option("-n, --namespace <namespace>", "seal for keys with this and '/' before them, as in 'save -n'")
    .action((path: string, options: ResealOptions) => reseal(cli, command, path, options));
  addExamples(command, "oo secret reseal secrets/");
}

async function reseal(cli: Cli, command: Command, path: string, options: ResealOptions): Promise<void> {
  const [sealer, service] = await Promise.all([openSealer(cli, command, {}), openService(cli, command)]);
  const { sealValue } = await import("../crypto/sealed-value.ts");
  const { files, values } = await rewriteValues(path, options.namespace, cli.output, async (secret, key) => {
    const { value, encrypted } = secret.input;
    if (value === undefined || encrypted !== true) return undefined;
    const place: SealedPlace = { tenant: sealer.tenant, scope: "key", target: key };
    const sealed = parse(value, secret);
    const isForOne = sealed.place.scope === "principal" && sealed.place.tenant === sealer.tenant;
    if (sealed.kid === sealer.kid && (isForOne || samePlace(sealed.place, place))) return undefined;
    const { value: opened = "" } = await service.secrets.decryptValue({ value });
    return sealValue(sealer, place, opened);
  });
  cli.output.result(
    values === 0
      ? "Nothing to reseal.\n"
      : `Resealed ${values} ${plural("value", values)} in ${files} ${plural("file", files)}.\n`,
  );
}

function parse(value: string, { complain }: FileSecret): SealedText {
  try {
    return parseSealed(value);
  } catch (error) {
    if (error instanceof SealedTextError) throw complain(`value ${error.message}`, "sealed-format", "value");
    throw error;
  }
}
