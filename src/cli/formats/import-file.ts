import { CliError } from "./cli-error.ts";
import { readDotenv } from "./dotenv-file.ts";
import { importReaders } from "./import-tools.ts";
import { createCollector, fieldOf, type Imported, itemsOf, mapOf, readTree, textOf } from "./import-tree.ts";
import type { YamlNode } from "./yaml.ts";

export type ImportFormat = "dotenv" | keyof typeof importReaders;

/** The formats that `oo secret import` reads. */
export const importFormats = ["dotenv", ...(Object.keys(importReaders) as (keyof typeof importReaders)[])] as const;

/**
 * The names and values of a file of another tool. Without a format it is guessed from the text.
 * @throws CliError when the text cannot be read as the format; it quotes nothing of it
 */
export function readImport(
  file: string,
  text: string,
  given: ImportFormat | undefined,
): Imported & { readonly format: ImportFormat } {
  const collector = createCollector();
  if (given === "dotenv" || (given === undefined && isDotenv(file, text))) {
    for (const { name, value } of readDotenv(file, text)) collector.add(name, value);
    return { ...collector.finish(), format: "dotenv" };
  }
  const documents = readTree(file, text, given === undefined || hasBytes(given));
  if (documents.length === 0) throw new CliError(`${file} is empty`);
  const format = given ?? guess(documents, text);
  importReaders[format](hasBytes(format) ? documents : readTree(file, text), collector);
  return { ...collector.finish(), format };
}

/** Where a tag says that a value is bytes. The other tools write no tags, so one there is a mistake. */
function hasBytes(format: keyof typeof importReaders): boolean {
  return format === "yaml" || format === "sops";
}

function isDotenv(file: string, text: string): boolean {
  if (/(^|[/\\])\.env[^/\\]*$|\.env$/.test(file)) return true;
  const first = text.split("\n").find((line) => line.trim() !== "" && !line.trimStart().startsWith("#"));
  return first !== undefined && /^\s*(export\s+)?[A-Za-z_][A-Za-z0-9_.-]*\s*=/.test(first);
}

function guess(documents: readonly YamlNode[], text: string): keyof typeof importReaders {
  const [first] = documents;
  const entry = first?.kind === "list" ? first.items[0] : first;
  const has = (...names: readonly string[]) => names.every((name) => fieldOf(entry, name) !== undefined);
  if (has("apiVersion", "kind")) return "kubernetes";
  if (has("sops")) return "sops";
  if (has("key", "value", "workspace") || has("secretKey") || itemsOf(fieldOf(entry, "secrets")).length > 0)
    return "infisical";
  if (has("key") && (has("value") || has("readers"))) {
    throw new CliError("this is a file of secrets in the format of `oo`", ["oo secret save FILE"]);
  }
  if (has("data", "request_id") || has("data", "lease_id")) return "vault";
  if (has("SecretString") || has("SecretBinary") || has("SecretValues") || has("Parameters") || has("Parameter"))
    return "aws";
  if (has("name", "payload") && textOf(entry, "name")?.startsWith("projects/") === true) return "gcp";
  if (has("fields") && (has("title") || has("vault"))) return "1password";
  const fields = mapOf(entry)?.fields ?? [];
  if (has("DOPPLER_PROJECT") || fields.some(({ value }) => fieldOf(value, "computed") !== undefined)) return "doppler";
  return /^\s*[[{]/.test(text) ? "json" : "yaml";
}
