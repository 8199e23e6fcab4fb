import { constants } from "node:os";
import type { Command } from "commander";
import type { Cli } from "../frame/cli.ts";
import { usageError } from "../frame/errors.ts";
import { addExamples, collect, openService } from "../frame/options.ts";
import type { Inherited } from "../run/child-process.ts";
import { parseMappings } from "../run/choose-names.ts";
import { environmentOf } from "../run/environment.ts";
import {
  addSelectionOptions,
  isChoice,
  ownNamespace,
  readSelection,
  refuseProblems,
  type SelectionOptions,
} from "../run/selected-secrets.ts";
import { variableNamed } from "../run/variable-names.ts";
import { environmentProblem, type Variable } from "../run/variables.ts";

interface RunOptions extends SelectionOptions {
  readonly keepToken?: boolean;
  readonly watch?: boolean;
  readonly signal?: string;
  readonly mount?: readonly string[];
  readonly template?: readonly string[];
}

const exitCodes =
  "Exit codes: that of the command, or 128 plus the number of the signal that ended it; 127 no such command,\n" +
  "126 it cannot be run; 1 failed before it ran, 2 wrong usage.";

export function addRunCommand(parent: Command, cli: Cli): void {
  const command = parent
    .command("run")
    .description("Run a command with secrets in its environment: with all the chosen ones, or not at all.")
    .argument("<command...>", "the command and its arguments, after --");
  addSelectionOptions(command)
    .option("--keep-token", "leave OO_TOKEN in the environment of the command; otherwise it is removed")
    .option("--watch", "start the command again, with the new values, when one of its secrets changes")
    .option("--signal <signal>", "with --watch: send this, such as SIGHUP, instead of starting the command again")
    .action((words: readonly string[], options: RunOptions) => runWithSecrets(cli, command, words, options));
  command
    .option(
      "--mount <name=key:file>",
      "write the value of this key to a private file, and its path to the variable NAME; may be given several times",
      collect,
    )
    .option(
      "--template <template:file>",
      "fill a template with secrets and write it to a private file; may be given several times",
      collect,
    );
  addExamples(
    command,
    `oo secret run -n payment-svc -- node server.js
     oo secret run --mount CERT=tls/CERT:cert.p12 -- sh -c './serve --cert "$CERT"'
     oo secret run -n payment-svc --template app.conf.tmpl:/run/app.conf -- ./serve
     oo secret run --only payment-svc/STRIPE_KEY payment-svc/DB_URL -- ./deploy --fast
     oo secret run --watch -n payment-svc -- node server.js
     oo secret run -n terraform --prefix TF_VAR_ -- terraform plan
     oo secret run -n prod/base -n prod/web --map DATABASE_URL=prod/shared/DB_URL -- node server.js`,
    exitCodes,
  );
}

async function runWithSecrets(
  cli: Cli,
  command: Command,
  [program = "", ...args]: readonly string[],
  options: RunOptions,
): Promise<void> {
  // Without `--`, an option that both `oo` and the command know would go to the wrong one.
  if (!cli.args.includes("--")) {
    throw usageError("put the command after --, for example: oo secret run -n payment-svc -- node server.js");
  }
  const signal = parseSignal(options);
  if (options.watch === true && (options.mount !== undefined || options.template !== undefined)) {
    throw usageError("--mount and --template cannot be used together with --watch");
  }
  const [{ ignoredSignals, ignoredSignalsVariable, inheritedDescriptors }, { canReplaceProcess }] = await Promise.all([
    import("../run/inherited.ts"),
    import("../run/replace-process.ts"),
  ]);
  if (options.watch === true) (await import("../run/first-process.ts")).leaveFirstProcess(cli.env);
  const ignored = ignoredSignals(cli.env[ignoredSignalsVariable]);
  // Before the first connection: those to the service are not inherited.
  const inherited = { descriptors: inheritedDescriptors(), ignored };
  // A signal that was ignored ends the process as long as Node is in it and nothing handles it.
  const names = Object.entries(constants.signals);
  for (const [name, number] of names) if (ignored.includes(number)) process.on(name, () => undefined);
  const removed = [ignoredSignalsVariable, ...(options.keepToken === true ? [] : ["OO_TOKEN"])];
  const environmentWith = (variables: readonly Variable[]) => environmentOf(cli.env, removed, variables);
  if (options.watch === true) {
    const [{ runWatched }, { watchedKeys }] = await Promise.all([
      import("../run/run-watched.ts"),
      import("../run/watched-keys.ts"),
    ]);
    const { namespace, only, map } = options;
    const addsToOwn = map !== undefined && namespace === undefined && only === undefined;
    const own = addsToOwn ? await ownNamespace(await openService(cli, command)) : undefined;
    const read = (reader: Cli) => readEnvironment(reader, command, options);
    cli.output.endWith(
      await runWatched(cli, command, {
        program,
        args,
        inherited,
        watched: watchedKeys(options, own),
        signal,
        read,
        environmentOf: environmentWith,
      }),
    );
    return;
  }
  if (options.mount !== undefined || options.template !== undefined) {
    return runWithFiles(cli, command, { program, args, inherited, environmentOf: environmentWith }, options);
  }
  const variables = await readEnvironment(cli, command, options);
  // Node closes what it inherited when it becomes another program, but can give it to a child.
  if (canReplaceProcess() && inherited.descriptors.length === 0) {
    (await import("../run/replace-process.ts")).replaceProcess(program, args, environmentWith(variables), ignored);
  }
  const { runChild } = await import("../run/child-process.ts");
  cli.output.endWith(await runChild(program, args, environmentWith(variables), inherited));
}

interface Started {
  readonly program: string;
  readonly args: readonly string[];
  readonly inherited: Inherited;
  readonly environmentOf: (variables: readonly Variable[]) => NodeJS.ProcessEnv;
}

/** Stays until the command has ended, to remove its files. */
async function runWithFiles(
  cli: Cli,
  command: Command,
  { program, args, inherited, environmentOf: environmentWith }: Started,
  options: RunOptions,
): Promise<void> {
  const [{ checkFiles, planFiles }, { createPrivateFiles }, { runChild }] = await Promise.all([
    import("../run/run-with-files.ts"),
    import("../run/private-files.ts"),
    import("../run/child-process.ts"),
  ]);
  const mapped = new Set(parseMappings(options.map).map(({ name }) => variableNamed(name)));
  const wanted = checkFiles(options, mapped);
  // Without a choice, a command that gets files gets no variables.
  const chosen = isChoice(options) ? await readSelection(cli, command, options, { onlyMapped: true }) : undefined;
  const planned = await planFiles(cli, command, wanted, chosen?.secrets);
  const variables = (chosen?.variables ?? []).filter(
    ({ key, name }) => mapped.has(variableNamed(name)) || !planned.keys.has(key),
  );
  refuseProblems(cli, variables, environmentProblem);
  const { removingOnSignal } = await import("../run/remove-on-signal.ts");
  const files = createPrivateFiles();
  try {
    const write = () => planned.write(variables, files);
    const paths = await removingOnSignal(inherited.ignored, write, () => void files.remove());
    const mounted = [...paths].map(([name, path]) => ({ key: "", name, value: path }));
    cli.output.endWith(await runChild(program, args, environmentWith([...variables, ...mounted]), inherited));
  } finally {
    for (const path of files.remove()) cli.output.warning(`${path} cannot be removed, and holds a value`);
  }
}

async function readEnvironment(cli: Cli, command: Command, options: RunOptions): Promise<readonly Variable[]> {
  const { variables } = await readSelection(cli, command, options);
  refuseProblems(cli, variables, environmentProblem);
  return variables;
}

function parseSignal({ signal, watch }: RunOptions): NodeJS.Signals | undefined {
  if (signal === undefined) return undefined;
  if (watch !== true) throw usageError("--signal needs --watch");
  if (process.platform === "win32") {
    throw usageError("--signal is not for Windows, which has no signals", "without it, the command is started again");
  }
  const name = signal.toUpperCase().replace(/^(?!SIG)/, "SIG");
  if (!Object.hasOwn(constants.signals, name))
    throw usageError("--signal must be the name of a signal, such as SIGHUP");
  return name as NodeJS.Signals;
}
