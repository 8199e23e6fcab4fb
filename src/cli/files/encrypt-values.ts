import type { Command } from "commander";
import { type ChecksumAlgorithm, checksumOf } from "../../crypto/checksum.ts";
import { sealedPrefix } from "../../crypto/sealed-text.ts";
import { sealValue } from "../../crypto/sealed-value.ts";
import { limits } from "../../limits.ts";
import { derivedId } from "../../rules/secret-key.ts";
import { type AccessListName, accessListNames } from "../../text/access-list-names.ts";
import { readDotenv } from "../formats/dotenv-file.ts";
import type { Cli } from "../frame/cli.ts";
import { CliError, usageError } from "../frame/errors.ts";
import { checkNamespace, withNamespace } from "../frame/namespace.ts";
import { openService } from "../frame/options.ts";
import { checkKey, resolveKeys } from "../frame/resolve-key.ts";
import { readValue } from "../frame/value-input.ts";
import { readTextFile } from "./find-files.ts";
import { refuseUnlikelyKey } from "./key-argument.ts";
import { openSealer, type Sealer, type SealerOptions } from "./sealer.ts";
import { toScalar } from "./secret-yaml.ts";

/** What to seal, which key to seal it with, and how to print it. */
export interface EncryptOptions extends SealerOptions, Readonly<Partial<Record<AccessListName, readonly string[]>>> {
  readonly key?: boolean;
  readonly namespace?: string;
  readonly fromDotenv?: string;
  readonly checksumAlgorithm: ChecksumAlgorithm;
  readonly output?: "yaml" | "value" | "json";
}

interface PlainSecret {
  readonly key: string;
  readonly value: string;
  readonly lists: Readonly<Partial<Record<AccessListName, readonly string[]>>>;
}

/** An entry of a file for `save`. It has only the access lists that were given. */
export interface SealedEntry extends Partial<Record<AccessListName, readonly string[]>> {
  readonly id: string;
  readonly key: string;
  readonly value: string;
  readonly encrypted: true;
  readonly checksum: string;
  readonly checksumAlgorithm: ChecksumAlgorithm;
}

/** Seals one value or several, and prints them in the form that `save` reads. */
export async function encrypt(
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
  if (key !== undefined && options.key !== true) refuseUnlikelyKey(key, value, "oo secret encrypt");
  const { resolve, sealer } = await prepare(cli, command, options);
  const secrets =
    fromDotenv === undefined
      ? await readOne(cli, key ?? "", value, resolve, options.namespace)
      : await readSeveral(fromDotenv, resolve, options.namespace);
  const lists = Object.fromEntries(
    accessListNames.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])),
  );
  const plain = secrets.map((secret) => ({ ...secret, lists }));
  const entries = await sealAll(sealer, plain, options.checksumAlgorithm);
  cli.output.result(format(entries, options));
}

type Resolve = (keys: readonly string[]) => Promise<readonly string[]>;

/** Offline, a key is taken as written. With the service, it is resolved as in every other command. */
async function prepare(
  cli: Cli,
  command: Command,
  options: EncryptOptions,
): Promise<{ resolve: Resolve; sealer: Sealer }> {
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
): Promise<Omit<PlainSecret, "lists">[]> {
  const asked = withNamespace(key, namespace);
  const [resolved = asked] = await resolve([asked]);
  const read = await readValue(value, cli, resolved);
  if (read.startsWith(sealedPrefix))
    throw new CliError("the value is sealed already", ["for another key: reseal the file"]);
  return [{ key: resolved, value: read }];
}

async function readSeveral(
  file: string,
  resolve: Resolve,
  namespace: string | undefined,
): Promise<Omit<PlainSecret, "lists">[]> {
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

/** Seals each value for its key. */
export async function sealAll(
  sealer: Sealer,
  secrets: readonly PlainSecret[],
  checksumAlgorithm: ChecksumAlgorithm,
): Promise<SealedEntry[]> {
  const entries: SealedEntry[] = [];
  for (const { key, value, lists } of secrets) {
    const sealed = await sealValue(sealer, { tenant: sealer.tenant, scope: "key", target: key }, value);
    entries.push({
      id: derivedId(sealer.tenant, key),
      key,
      value: sealed,
      encrypted: true,
      checksum: checksumOf(checksumAlgorithm, Buffer.from(sealed)),
      checksumAlgorithm,
      ...lists,
    });
  }
  return entries;
}

function format(entries: readonly SealedEntry[], { output, fromDotenv }: EncryptOptions): string {
  if (output === "value") return entries.map(({ value }) => `${value}\n`).join("");
  const isList = fromDotenv !== undefined;
  if (output === "json") return `${JSON.stringify(isList ? entries : entries[0], undefined, 2)}\n`;
  return isList ? formatSealed(entries) : entries.flatMap((entry) => toYaml(entry).map((line) => `${line}\n`)).join("");
}

/** A list of entries in YAML, as `save` reads it. */
export function formatSealed(entries: readonly SealedEntry[]): string {
  return entries.flatMap((entry) => toYaml(entry).map((line, i) => `${i === 0 ? "- " : "  "}${line}\n`)).join("");
}

function toYaml(entry: SealedEntry): string[] {
  return [
    `id: ${entry.id}`,
    `key: ${toScalar(entry.key)}`,
    `value: ${entry.value}`,
    "encrypted: true",
    `checksum: "${entry.checksum}"`,
    `checksumAlgorithm: ${entry.checksumAlgorithm}`,
    ...accessListNames.flatMap((name) => {
      const names = entry[name];
      return names === undefined ? [] : [`${name}: [${names.map(toScalar).join(", ")}]`];
    }),
  ];
}
