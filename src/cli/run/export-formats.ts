import { textOf } from "../../text/secret-value.ts";
import { toScalar, toValue } from "../files/secret-yaml.ts";
import { toJson } from "../print/escape.ts";
import { belongsToShell } from "./shell-names.ts";
import { environmentProblem, type Variable } from "./variables.ts";

/** A format in which secrets go to other programs. They read back exactly the text that was written. */
export interface ExportFormat {
  /** Why it cannot carry a variable, worded to follow the key; undefined when it can. No value is changed to fit. */
  problem(variable: Variable): string | undefined;
  /** The whole text, for variables without problems. */
  write(variables: readonly Variable[]): string;
}

/** A line of docker's env-file, including its line break, must fit into the buffer that docker reads it with. */
const dockerLineBytes = 64 * 1024;

/**
 * For Node's `--env-file`, Docker Compose, npm's dotenv and shells. They agree on little. Single quotes protect
 * everything except the single quote. Double quotes protect only what none of them takes for an escape, a substitution
 * or the end.
 */
const dotenv = ofText({
  problem: (variable) => {
    const { name, value } = variable;
    if (name === "__proto__") return "has the name __proto__, which npm's dotenv drops";
    if (/\\\\/.test(value)) return "has two backslashes in a row, which python-dotenv reads as one";
    if (value.includes("${")) return "has ${, which python-dotenv replaces with a variable in any quotes";
    if (value.includes("\r")) return "has a carriage return, which readers of dotenv files drop";
    if (fitsSingleQuotes(value) || !/["\\$`]/.test(value)) return shellProblem(variable);
    if (value.endsWith("\\")) return "ends with a backslash, which would escape the quote after it in a dotenv file";
    return 'has a single quote and one of " \\ $ `, for which dotenv files have no quoting that all readers know';
  },
  write: lines(({ name, value }) => (fitsSingleQuotes(value) ? `${name}='${value}'` : `${name}="${value}"`)),
});

function fitsSingleQuotes(value: string): boolean {
  return !value.includes("'") && !value.endsWith("\\");
}

/** For `eval` and `.` in POSIX shells, which have no escapes within single quotes. */
const shell = ofText({
  problem: shellProblem,
  write: lines(({ name, value }) => `export ${name}='${value.replaceAll("'", "'\\''")}'`),
});

function shellProblem(variable: TextVariable): string | undefined {
  const { name } = variable;
  if (belongsToShell(name)) return `has the name ${name}, which shells reserve for themselves`;
  return environmentProblem(variable);
}

/** For `docker run --env-file`, which takes the rest of the line as it is. */
const dockerEnv = ofText({
  problem: (variable) => {
    const { name, value } = variable;
    if (/[\r\n]/.test(value)) return "has a line break, for which env-files of docker have no quoting";
    const bytes = Buffer.byteLength(`${name}=${value}\n`);
    if (bytes > dockerLineBytes) return `makes a line of ${bytes} bytes, and docker reads at most ${dockerLineBytes}`;
    return environmentProblem(variable);
  },
  write: lines(({ name, value }) => `${name}=${value}`),
});

/** One flat object of strings, with bytes in base64, as Terraform's `external` data source wants it. */
const json: ExportFormat = {
  problem: () => undefined,
  write: (variables) => toJson(Object.fromEntries(variables.map(({ name, value }) => [name, textOf(value)]))),
};

/** One flat mapping of strings, and of bytes as YAML has them. */
const yaml: ExportFormat = {
  problem: () => undefined,
  write: lines<Variable>(({ name, value }) => `${toScalar(name)}: ${toValue(value)}`),
};

/** A variable whose value is not bytes. */
interface TextVariable extends Variable {
  readonly value: string;
}

/** A format that refuses bytes: what reads it would take base64 for the value. */
function ofText(format: {
  problem(variable: TextVariable): string | undefined;
  write(variables: readonly TextVariable[]): string;
}): ExportFormat {
  return {
    problem: (variable) => (isText(variable) ? format.problem(variable) : bytesProblem),
    write: (variables) => format.write(variables.filter(isText)),
  };
}

function isText(variable: Variable): variable is TextVariable {
  return typeof variable.value === "string";
}

const bytesProblem =
  "is bytes, which this format cannot carry; --format json and k8s have base64, and `oo secret get KEY > FILE` the bytes";

function lines<Each = TextVariable>(write: (variable: Each) => string): (variables: readonly Each[]) => string {
  return (variables) => variables.map((variable) => `${write(variable)}\n`).join("");
}

/** The formats that need no settings. A Kubernetes manifest needs a name, so it is not among them. */
export const exportFormats = { dotenv, json, shell, "docker-env": dockerEnv, yaml } as const;
