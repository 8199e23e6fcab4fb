import type { Command } from "commander";
import {
  parseSealed,
  type SealedPlace,
  type SealedText,
  SealedTextError,
  samePlace,
} from "../../crypto/sealed-text.ts";
import { sealValue } from "../../crypto/sealed-value.ts";
import type { FileSecret } from "../formats/secret-file.ts";
import type { Cli } from "../frame/cli.ts";
import { openService } from "../frame/options.ts";
import { secretValueOf } from "../print/shown-value.ts";
import { rewriteValues } from "./rewrite-values.ts";
import { plural } from "./seal-files.ts";
import { openSealer } from "./sealer.ts";

/** How values are resealed in place. */
export interface ResealOptions {
  readonly namespace?: string;
}

/** Reseals the values that need it, and prints their number. */
export async function resealFiles(cli: Cli, command: Command, path: string, options: ResealOptions): Promise<void> {
  const [sealer, service] = await Promise.all([openSealer(cli, command, {}), openService(cli, command)]);
  const { files, values } = await rewriteValues(
    { path, ...options, doing: "resealing" },
    cli.output,
    async (secret, key) => {
      const { value, encrypted } = secret.input;
      if (value === undefined || encrypted !== true) return undefined;
      const place: SealedPlace = { tenant: sealer.tenant, scope: "key", target: key };
      const sealed = parse(value, secret);
      const isForOne = sealed.place.scope === "principal" && sealed.place.tenant === sealer.tenant;
      if (sealed.kid === sealer.kid && (isForOne || samePlace(sealed.place, place))) return undefined;
      const opened = secretValueOf(await service.secrets.decryptValue({ value }));
      if (opened === undefined)
        throw secret.complain("the service opened the value and sent nothing", "sealed-format", "value");
      return sealValue(sealer, place, opened);
    },
  );
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
