import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { load, loadAll } from "js-yaml";
import { runProgram } from "../cli/run-process.ts";

/** What a step or a job printed, and how it ended. */
export type Ended = Awaited<ReturnType<typeof runProgram>>;
type Texts = Readonly<Record<string, string>>;

interface Action {
  readonly inputs: Readonly<Record<string, { readonly required?: boolean; readonly default?: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

interface Step {
  readonly shell: string;
  readonly env: Texts;
  readonly run: string;
}

/**
 * Does for a composite action, and for a step `run` after it, what a runner of GitHub does: inputs with their defaults,
 * expressions in `env`, bash with its options, and the files for the path and the variables of later steps.
 */
export async function runAction(file: string, inputs: Texts, then: string, folder: string, env: Texts): Promise<Ended> {
  const action = load(readFileSync(file, "utf8")) as Action;
  const given = Object.entries(action.inputs).map(([name, { required, default: standard }]) => {
    const value = inputs[name] ?? standard;
    if (value === undefined) throw new Error(`the input ${name} is ${required ? "required" : "without a default"}`);
    return [name, value] as const;
  });
  const files = { GITHUB_PATH: join(folder, "path"), GITHUB_ENV: join(folder, "env") };
  for (const path of Object.values(files)) writeFileSync(path, "");
  const values = new Map(given);
  const own = { ...env, ...files, GITHUB_ACTION_PATH: dirname(file), RUNNER_TEMP: folder };
  const steps = [...action.runs.steps, { shell: "bash", env: {}, run: then }];
  let ended: Ended = { code: 0, stdout: "", stderr: "" };
  for (const { shell, env: asked, run } of steps) {
    if (shell !== "bash") throw new Error(`there is no shell ${shell} here`);
    if (run.includes("$".concat("{{"))) throw new Error("an expression in a script is part of the program");
    const variables = Object.entries(asked).map(([name, text]) => [name, withInputs(text, values)] as const);
    const added = readFileSync(files.GITHUB_PATH, "utf8").split("\n").filter(Boolean).reverse();
    const PATH = [...added, env.PATH].join(":");
    const later = readFileSync(files.GITHUB_ENV, "utf8").split("\n").filter(Boolean).map(assignment);
    const all = { ...own, ...Object.fromEntries([...later, ...variables]), PATH };
    ended = await runProgram("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", run], { env: all });
    if (ended.code !== 0) break;
  }
  return ended;
}

function withInputs(text: string, inputs: ReadonlyMap<string, string>): string {
  return text.replaceAll(/\$\{\{ inputs\.([\w-]+) \}\}/g, (_, name: string) => {
    const value = inputs.get(name);
    if (value === undefined) throw new Error(`the action has no input ${name}`);
    return value;
  });
}

function assignment(line: string): [string, string] {
  const at = line.indexOf("=");
  return [line.slice(0, at), line.slice(at + 1)];
}

interface Component {
  readonly spec: { readonly inputs: Readonly<Record<string, { readonly default?: string }>> };
}

interface Job {
  readonly variables: Texts;
  readonly before_script: readonly string[];
}

/**
 * Does for a job that extends one of a component what a runner of GitLab does: inputs put into the parsed file, the
 * variables of the job, and its scripts in one shell that ends at the first failure.
 */
export async function runComponent(
  file: string,
  name: string,
  inputs: Texts,
  then: string,
  env: Texts,
): Promise<Ended> {
  const [head, body] = loadAll(readFileSync(file, "utf8")) as [Component, Readonly<Record<string, Job>>];
  const unknown = Object.keys(inputs).filter((input) => !Object.hasOwn(head.spec.inputs, input));
  if (unknown.length > 0) throw new Error(`the component has no input ${unknown}`);
  const job = body[name];
  if (job === undefined) throw new Error(`the component has no job ${name}`);
  if (job.before_script.join().includes("$[[")) throw new Error("an input in a script is part of the program");
  const variables: Record<string, string> = {};
  for (const [variable, text] of Object.entries(job.variables)) {
    const filled = text.replaceAll(/\$\[\[ inputs\.([\w-]+) \]\]/g, (_, input: string) => {
      const value = inputs[input] ?? head.spec.inputs[input]?.default;
      if (value === undefined) throw new Error(`the input ${input} is required`);
      return value;
    });
    variables[variable] = filled.replaceAll(/\$(CI_\w+)/g, (_, known: string) => env[known] ?? "");
  }
  const script = [...job.before_script, then].join("\n");
  return runProgram("sh", ["-ec", script], { env: { ...env, ...variables } });
}
