import type { Command } from "commander";
import type { Secret } from "../../../gen/secret/v1/secret_service_pb.ts";
import type { SecretValue } from "../../text/secret-value.ts";
import { readTextFile } from "../files/find-files.ts";
import type { Cli } from "../frame/cli.ts";
import { CliError, usageError } from "../frame/errors.ts";
import { checkNamespace } from "../frame/namespace.ts";
import { openService } from "../frame/options.ts";
import { secretValueOf } from "../print/shown-value.ts";
import { keysMeant } from "./choose-names.ts";
import { type Mount, type PrivateFiles, parseMount, parseTemplate, type TemplateFile } from "./private-files.ts";
import { readFirst } from "./read-secrets.ts";
import { fillTemplate, keysOfTemplate, type TemplateSecret } from "./template.ts";
import { variableNamed } from "./variable-names.ts";
import { environmentProblem, type Variable } from "./variables.ts";

export interface FilesOptions {
  readonly mount?: readonly string[];
  readonly template?: readonly string[];
  readonly namespace?: readonly string[];
}

/** What a run with files is made of, read before anything is written. */
export interface PlannedFiles {
  /** Keys that have a file, and so need no variable. */
  readonly keys: ReadonlySet<string>;
  /** Writes all of them. Returns the variables with their paths. When it throws, some may be written. */
  write(chosen: readonly Variable[], files: PrivateFiles): ReadonlyMap<string, string>;
}

/** The files of `--mount` and `--template`, before any secret is read. */
export interface WantedFiles {
  readonly mounts: readonly Mount[];
  readonly templates: readonly (TemplateFile & { readonly text: string })[];
  readonly namespaces: readonly string[];
}

/**
 * @param taken what `--map` gives, as `variableNamed` has it
 * @throws CliError when an option is wrong, a name is there twice, or a template cannot be read
 */
export function checkFiles(options: FilesOptions, taken: ReadonlySet<string>): WantedFiles {
  const { namespace: namespaces = [] } = options;
  for (const each of namespaces) checkNamespace(each);
  const mounts = (options.mount ?? []).map((each) => parseMount(each));
  const names = mounts.map(({ name }) => variableNamed(name));
  const twice = mounts.find((_, at) => names.indexOf(names[at] ?? "") < at);
  if (twice !== undefined) throw usageError(`--mount has the name ${twice.name} twice`);
  const both = mounts.find(({ name }) => taken.has(variableNamed(name)));
  if (both !== undefined) throw usageError(`--map and --mount both have the name ${both.name}`);
  const templates = (options.template ?? []).map((each) => parseTemplate(each));
  return {
    mounts,
    templates: templates.map((each) => ({ ...each, text: readTextFile(each.source) })),
    namespaces,
  };
}

/**
 * Reads the secrets of the files, except those that are `known`. A key with `/` is a whole key; one without is in the
 * namespace, if one is given, or of several in the last one that has it.
 * @throws CliError when one is missing
 */
export async function planFiles(
  cli: Cli,
  command: Command,
  { mounts, templates, namespaces }: WantedFiles,
  known: ReadonlyMap<string, Secret> = new Map(),
): Promise<PlannedFiles> {
  const named = new Set([
    ...mounts.map(({ key }) => key),
    ...templates.flatMap(({ source, text }) => keysOfTemplate(source, text)),
  ]);
  const found = new Map<string, { readonly key: string; readonly value: SecretValue }>();
  if (named.size > 0) {
    const service = await openService(cli, command);
    const meant = [...named].map((key) => keysMeant(key, namespaces));
    const secrets = await readFirst(service, meant, known);
    for (const [at, written] of [...named].entries()) {
      const secret = secrets[at];
      if (secret !== undefined) found.set(written, { key: secret.key, value: secretValueOf(secret) ?? "" });
    }
  }
  return {
    keys: new Set(mounts.map(({ key }) => found.get(key)?.key ?? key)),
    write(chosen, files) {
      const texts = templates.map(({ source, text, file }) => {
        const find = (key: string) => textValue(source, found.get(key));
        return { file, text: fillTemplate(source, text, chosen.filter(isText), find) };
      });
      const paths = new Map<string, string>();
      for (const { name, key, file } of mounts) paths.set(name, files.write(file, found.get(key)?.value ?? ""));
      for (const { file, text } of texts) files.write(file, text);
      return paths;
    },
  };
}

function textValue(
  source: string,
  found: { readonly key: string; readonly value: SecretValue } | undefined,
): string | undefined {
  if (found === undefined) return undefined;
  const { key, value } = found;
  if (typeof value === "string") return value;
  throw new CliError(`${source}: ${key} is bytes, which no text can hold`, [`--mount NAME=${key}:FILE writes a file`]);
}

function isText(variable: Variable): variable is Variable & TemplateSecret {
  return typeof variable.value === "string" && environmentProblem(variable) === undefined;
}
