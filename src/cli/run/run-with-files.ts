import type { Command } from "commander";
import type { SecretValue } from "../../text/secret-value.ts";
import { readTextFile } from "../files/find-files.ts";
import type { Cli } from "../frame/cli.ts";
import { CliError, usageError } from "../frame/errors.ts";
import { withNamespace } from "../frame/namespace.ts";
import { openService } from "../frame/options.ts";
import { secretValueOf } from "../frame/shown-value.ts";
import { createPrivateFiles, type PrivateFiles, parseMount, parseTemplate } from "./private-files.ts";
import { readSecrets } from "./selected-secrets.ts";
import { fillTemplate, keysOfTemplate, type TemplateSecret } from "./template.ts";
import { environmentProblem, type Variable } from "./variables.ts";

export interface FilesOptions {
  readonly mount?: readonly string[];
  readonly template?: readonly string[];
  readonly namespace?: string;
}

/** What a run with files is made of, read before anything is written. */
export interface PlannedFiles {
  /** Keys that have a file, and so need no variable. */
  readonly keys: ReadonlySet<string>;
  /** Writes all of them. Returns the variables with their paths. */
  write(chosen: readonly Variable[]): { readonly paths: ReadonlyMap<string, string>; readonly files: PrivateFiles };
}

/**
 * Reads the secrets of `--mount` and `--template`. Keys are within the namespace, if one is given.
 * @throws CliError when one is missing
 */
export async function planFiles(cli: Cli, command: Command, options: FilesOptions): Promise<PlannedFiles> {
  const { namespace } = options;
  const mounts = (options.mount ?? []).map(parseMount);
  const twice = mounts.find(({ name }, at) => mounts.findIndex((mount) => mount.name === name) < at);
  if (twice !== undefined) throw usageError(`--mount has the name ${twice.name} twice`);
  const templates = (options.template ?? []).map(parseTemplate).map((each) => ({
    ...each,
    text: readTextFile(each.source),
  }));
  const keyOf = (key: string) => withNamespace(key, namespace);
  const named = [...mounts.map(({ key }) => key), ...templates.flatMap(({ text }) => keysOfTemplate(text))].map(keyOf);
  const values = new Map<string, SecretValue>();
  if (named.length > 0) {
    const service = await openService(cli, command);
    for (const secret of await readSecrets(service, [...new Set(named)])) {
      values.set(secret.key, secretValueOf(secret) ?? "");
    }
  }
  return {
    keys: new Set(mounts.map(({ key }) => keyOf(key))),
    write(chosen) {
      const files = createPrivateFiles();
      try {
        const texts = templates.map(({ source, text, file }) => {
          const find = (key: string) => textValue(source, keyOf(key), values.get(keyOf(key)));
          return { file, text: fillTemplate(source, text, chosen.filter(isText), find) };
        });
        const paths = new Map<string, string>();
        for (const { name, key, file } of mounts) paths.set(name, files.write(file, values.get(keyOf(key)) ?? ""));
        for (const { file, text } of texts) files.write(file, text);
        return { paths, files };
      } catch (error) {
        files.remove();
        throw error;
      }
    },
  };
}

function textValue(source: string, key: string, value: SecretValue | undefined): string | undefined {
  if (value === undefined || typeof value === "string") return value;
  throw new CliError(`${source}: ${key} is bytes, which no text can hold`, [`--mount NAME=${key}:FILE writes a file`]);
}

function isText(variable: Variable): variable is Variable & TemplateSecret {
  return typeof variable.value === "string" && environmentProblem(variable) === undefined;
}
