import type { Command } from "commander";
import { Option } from "commander";
import { type ChecksumAlgorithm, checksumAlgorithms, checksumOf } from "../crypto/checksum.ts";
import { derivedId } from "../secrets/key.ts";
import { limits } from "../secrets/limits.ts";
import type { Cli } from "./cli.ts";
import { CliError, usageError } from "./errors.ts";
import { checkNamespace, withNamespace } from "./namespace.ts";
import { addExamples, addOutputOption, collectNames, openService } from "./options.ts";
import { addSealerOptions, openSealer, type Sealer, type SealerOptions } from "./sealing-key.ts";
import { type ListName, listNames } from "./secret-fields.ts";
import { toScalar } from "./secret-yaml.ts";

interface EncryptOptions extends SealerOptions, Readonly<Partial<Record<ListName, readonly string[]>>> {
  readonly namespace?: string;
  readonly fromDotenv?: string;
  readonly checksumAlgorithm: ChecksumAlgorithm;
  readonly output?: "yaml" | "value" | "json";
}

/** A secret to seal. */
interface PlainSecret {
  readonly key: string;
  readonly value: string;
}

/** An entry of a file for `save`. The access lists are those that were given. */
interface SealedEntry extends Partial<Record<ListName, readonly string[]>> {
  readonly id: string;
  readonly key: string;
  readonly value: string;
  readonly encrypted: true;
  readonly checksum: string;
  readonly checksumAlgorithm: ChecksumAlgorithm;
}

export function addEncryptCommand(parent: Command, cli: Cli): void {
  const command = parent
    .command("encrypt")
    .description(
      "Seal a value for one key and print it as YAML for 'save' and for git. Sealed here: the value is not sent anywhere. Only the service can open it, and only for that key.",
    )
    .argument("[key]", "the key that the value is for")
    .argument("[value]", "the value; '-' or none reads standard input or, on a terminal, asks for it unseen")
    .option("-n, --namespace <namespace>", "put this and '/' before every key")
    .option("--from-dotenv <file>", "seal every value of a dotenv file, each for the key of its name");
  addSealerOptions(command);
  for (const name of listNames) {
    const flag = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    command.option(`--${flag} <names>`, `the ${flag.replaceAll("-", " ")} to write into the YAML`, collectNames);
  }
  command
    .addOption(
      new Option("--checksum-algorithm <name>", "of the checksum of the sealed text")
        .choices(checksumAlgorithms)
        .default("CRC32"),
    )
    .action((key: string | undefined, value: string | undefined, options: EncryptOptions) =>
      encrypt(cli, command, key, value, options),
    );
  addOutputOption(command, ["yaml", "value", "json"]);
  addExamples(
    command,
    `oo secret encrypt prod/DATABASE_URL > prod-database.yaml      # asks for the value
     oo secret encrypt prod/DATABASE_URL -o value < value.txt
     oo secret encrypt --sealing-key sealing-key.json --from-dotenv .env -n prod > prod.yaml
     oo secret encrypt prod/API_KEY --readers api-svc,worker-svc > prod-api.yaml`,
  );
}

async function encrypt(
  cli: Cli,
  command: Command,
  key: string | undefined,
  value: string | undefined,
  options: EncryptOptions,
): Promise<void> {
  const { fromDotenv, output } = options;
  if ((key === undefined) === (fromDotenv === undefined)) {
    throw usageError("oo secret encrypt needs either a key or --from-dotenv");
  }
  if (fromDotenv !== undefined && output === "value") throw usageError("-o value is for one value, with a key");
  checkNamespace(options.namespace);
  const { resolve, sealer } = await prepare(cli, command, options);
  const secrets =
    fromDotenv === undefined
      ? await readOne(cli, key ?? "", value, resolve, options.namespace)
      : await readSeveral(fromDotenv, resolve, options.namespace);
  const entries = await sealAll(sealer, secrets, options);
  cli.output.result(format(entries, options));
}

type Resolve = (keys: readonly string[]) => Promise<readonly string[]>;

/** Offline a key is what it says; with the service it means what it means in every command. */
async function prepare(
  cli: Cli,
  command: Command,
  options: EncryptOptions,
): Promise<{ resolve: Resolve; sealer: Sealer }> {
  const { checkKey, resolveKeys } = await import("./resolve-key.ts");
  const sealer = await openSealer(cli, command, options);
  const isAlone = options.sealingKey !== undefined || options.tenant !== undefined;
  const resolve: Resolve = async (keys) => {
    for (const key of keys) checkKey(key);
    return isAlone ? keys : resolveKeys(keys, await openService(cli, command), cli.output);
  };
  return { resolve, sealer };
}

async function readOne(
  cli: Cli,
  key: string,
  value: string | undefined,
  resolve: Resolve,
  namespace: string | undefined,
): Promise<PlainSecret[]> {
  const asked = withNamespace(key, namespace);
  const [resolved = asked] = await resolve([asked]);
  const { readValue } = await import("./value-input.ts");
  const read = await readValue(value, cli.output);
  if (read.startsWith("seal.")) throw new CliError("the value is sealed already", ["for another key: reseal the file"]);
  return [{ key: resolved, value: read }];
}

async function readSeveral(file: string, resolve: Resolve, namespace: string | undefined): Promise<PlainSecret[]> {
  const [{ readTextFile }, { readDotenv }] = await Promise.all([import("./find-files.ts"), import("./dotenv-file.ts")]);
  const assignments = readDotenv(file, readTextFile(file));
  if (assignments.length === 0) throw new CliError(`${file} holds no values`);
  for (const { name, value, place } of assignments) {
    if (value === "") throw new CliError(`${place}: the value of ${name} is empty`, ["a secret has at least one byte"]);
    const bytes = Buffer.byteLength(value);
    if (bytes > limits.valueBytes) {
      throw new CliError(`${place}: the value of ${name} must be at most ${limits.valueBytes} bytes, and has ${bytes}`);
    }
  }
  const keys = await resolve(assignments.map(({ name }) => withNamespace(name, namespace)));
  return assignments.map(({ name, value }, i) => ({ key: keys[i] ?? name, value }));
}

async function sealAll(
  sealer: Sealer,
  secrets: readonly PlainSecret[],
  options: EncryptOptions,
): Promise<SealedEntry[]> {
  const { sealValue } = await import("../crypto/sealed-value.ts");
  const entries: SealedEntry[] = [];
  for (const { key, value } of secrets) {
    const sealed = await sealValue(sealer, { tenant: sealer.tenant, scope: "key", target: key }, value);
    const lists = Object.fromEntries(
      listNames.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])),
    );
    entries.push({
      id: derivedId(sealer.tenant, key),
      key,
      value: sealed,
      encrypted: true,
      checksum: checksumOf(options.checksumAlgorithm, Buffer.from(sealed)),
      checksumAlgorithm: options.checksumAlgorithm,
      ...lists,
    });
  }
  return entries;
}

function format(entries: readonly SealedEntry[], { output, fromDotenv }: EncryptOptions): string {
  if (output === "value") return entries.map(({ value }) => `${value}\n`).join("");
  const isList = fromDotenv !== undefined;
  if (output === "json") return `${JSON.stringify(isList ? entries : entries[0], undefined, 2)}\n`;
  return entries
    .flatMap((entry) => toYaml(entry).map((line, i) => `${isList ? (i === 0 ? "- " : "  ") : ""}${line}\n`))
    .join("");
}

function toYaml(entry: SealedEntry): string[] {
  return [
    `id: ${entry.id}`,
    `key: ${toScalar(entry.key)}`,
    `value: ${entry.value}`,
    "encrypted: true",
    `checksum: "${entry.checksum}"`,
    `checksumAlgorithm: ${entry.checksumAlgorithm}`,
    ...listNames.flatMap((name) => {
      const names = entry[name];
      return names === undefined ? [] : [`${name}: [${names.map(toScalar).join(", ")}]`];
    }),
  ];
}
