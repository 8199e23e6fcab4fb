import { toScalar } from "../files/secret-yaml.ts";
import { toJson } from "../frame/escape.ts";
import { belongsToShell } from "./shell-names.ts";
import { environmentProblem, type Variable } from "./variables.ts";

/** A form in which secrets leave for other programs. What it writes, they read back as the very same text. */
export interface ExportFormat {
  /** Why it cannot carry this one, worded to follow the key; undefined when it can. Nothing is ever changed to fit. */
  problem(variable: Variable): string | undefined;
  /** The whole text, for variables without problems. */
  write(variables: readonly Variable[]): string;
}

/** A line of docker's env-file with its line break must fit in the buffer that docker reads it with. */
const dockerLineBytes = 64 * 1024;

/**
 * For Node's `--env-file`, Docker Compose, npm's dotenv and shells. They agree on little: single quotes keep everything
 * but the single quote; double quotes keep what none of them takes for an escape, a substitution or the end.
 */
const dotenv: ExportFormat = {
  problem: (variable) => {
    const { name, value } = variable;
    if (name === "__proto__") return "has the name __proto__, which npm's dotenv loses";
    if (value.includes("\r")) return "has a carriage return, which readers of dotenv files drop";
    if (fitsSingleQuotes(value) || !/["\\$`]/.test(value)) return shellProblem(variable);
    if (value.endsWith("\\")) return "ends with a backslash, which would escape the quote after it in a dotenv file";
    return 'has a single quote and one of " \\ $ `, for which dotenv files have no quoting that all readers know';
  },
  write: lines(({ name, value }) => (fitsSingleQuotes(value) ? `${name}='${value}'` : `${name}="${value}"`)),
};

function fitsSingleQuotes(value: string): boolean {
  return !value.includes("'") && !value.endsWith("\\");
}

/** For `eval` and `.` in POSIX shells: within single quotes they know no escapes. */
const shell: ExportFormat = {
  problem: shellProblem,
  write: lines(({ name, value }) => `export ${name}='${value.replaceAll("'", "'\\''")}'`),
};

function shellProblem(variable: Variable): string | undefined {
  const { name } = variable;
  if (belongsToShell(name)) return `has the name ${name}, which shells keep for themselves`;
  return environmentProblem(variable);
}

/** For `docker run --env-file`, which takes the rest of the line as it is. */
const dockerEnv: ExportFormat = {
  problem: (variable) => {
    const { name, value } = variable;
    if (/[\r\n]/.test(value)) return "has a line break, for which env-files of docker have no quoting";
    const bytes = Buffer.byteLength(`${name}=${value}\n`);
    if (bytes > dockerLineBytes) return `makes a line of ${bytes} bytes, and docker reads at most ${dockerLineBytes}`;
    return environmentProblem(variable);
  },
  write: lines(({ name, value }) => `${name}=${value}`),
};

/** One flat object of texts, as Terraform's `external` data source wants it. */
const json: ExportFormat = {
  problem: () => undefined,
  write: (variables) => toJson(Object.fromEntries(variables.map(({ name, value }) => [name, value]))),
};

/** One flat mapping of texts. */
const yaml: ExportFormat = {
  problem: () => undefined,
  write: lines(({ name, value }) => `${toScalar(name)}: ${toScalar(value)}`),
};

function lines(write: (variable: Variable) => string): (variables: readonly Variable[]) => string {
  return (variables) => variables.map((variable) => `${write(variable)}\n`).join("");
}

/** Those that need to be told nothing; a manifest for Kubernetes has a name. */
export const exportFormats = { dotenv, json, shell, "docker-env": dockerEnv, yaml } as const;
