import { Argument, type Command } from "commander";
import { keyProblem } from "../../rules/secret-key.ts";
import type { Cli } from "../frame/cli.ts";
import { type Expected, findExpected } from "../frame/complete.ts";
import { completionScripts, type Shell } from "../frame/completion-scripts.ts";
import { addExamples, openService } from "../frame/options.ts";
import { pageSize } from "../frame/pages.ts";

const shells = Object.keys(completionScripts);
/** The longest that the user waits after pressing Tab. */
const timeoutMs = 2000;
/** Words without characters that are special to a shell. */
const harmless = /^[A-Za-z0-9_.+=@:/-]+$/;

export function addCompletionCommands(program: Command, cli: Cli): void {
  const command = program
    .command("completion")
    .description("Print the script that makes a shell complete commands, options and the keys of secrets.")
    .addArgument(new Argument("<shell>", "the shell").choices(shells))
    .action((shell: Shell) => cli.output.result(completionScripts[shell]));
  addExamples(
    command,
    `eval "$(oo completion bash)"       # in ~/.bashrc
     eval "$(oo completion zsh)"        # in ~/.zshrc, after compinit
     oo completion fish > ~/.config/fish/completions/oo.fish`,
  );
  const hidden = program
    .command("__complete", { hidden: true })
    .argument("<shell>")
    .argument("[words...]")
    .action((shell: string, words: readonly string[]) => complete(cli, program, hidden, shell, words));
}

/** Prints no errors: they would appear in the middle of the line that the user types. */
async function complete(
  cli: Cli,
  program: Command,
  command: Command,
  shell: string,
  words: readonly string[],
): Promise<void> {
  const typed = shell === "bash" ? joinBroken(words) : words;
  const expected = findExpected(program, typed);
  const { before, prefix } = expected;
  let candidates = [...expected.words];
  try {
    candidates = [...candidates, ...(await findNames(cli, command, typed, expected))];
  } catch {}
  const found = candidates
    .filter((word) => word.startsWith(prefix) && harmless.test(word))
    .map((word) => before + word);
  const replaced = shell === "bash" ? unreplaced(words, before + prefix) : 0;
  cli.output.result(found.map((word) => `${word.slice(replaced)}\n`).join(""));
}

async function findNames(cli: Cli, command: Command, typed: readonly string[], expected: Expected): Promise<string[]> {
  const { names, prefix } = expected;
  if (names === undefined || (prefix !== "" && !harmless.test(prefix))) return [];
  for (const option of ["url", "tokenFile"] as const) {
    const at = typed.lastIndexOf(option === "url" ? "--url" : "--token-file");
    if (at >= 0) command.setOptionValue(option, typed[at + 1]);
  }
  const service = await openService(cli, command);
  const { SecretView } = await import("../../../gen/secret/v1/secret_service_pb.ts");
  if (names === "namespaces") {
    const folder = prefix.slice(0, Math.max(0, prefix.lastIndexOf("/")));
    const { folders } = await service.secrets.listSecrets({ folder, view: SecretView.KEYS, pageSize }, { timeoutMs });
    return folders.map(({ path }) => path).filter((path) => path !== "" && path !== folder);
  }
  const keyPattern = prefix === "" ? "" : `${prefix}*`;
  const request = { keyPattern, view: SecretView.KEYS, pageSize };
  const { secrets } = await service.secrets.listSecrets(request, { timeoutMs });
  return secrets.map(({ key }) => key).filter((key) => keyProblem(key) === undefined);
}

/** bash takes `=`, `@` and `:` for separate words: `--namespace=prod` comes as three words. */
const isBreak = (word: string | undefined) => /^[=@:]+$/.test(word ?? "");

function joinBroken(words: readonly string[]): string[] {
  const joined: string[] = [];
  for (const [i, word] of words.entries()) {
    const last = joined.at(-1);
    if (last !== undefined && (isBreak(word) || isBreak(words[i - 1]))) joined[joined.length - 1] = last + word;
    else joined.push(word);
  }
  return joined;
}

/**
 * How much of the word bash leaves as it is, which must not be given again: all up to the last `=` or `:`, or before
 * the last `@`.
 */
function unreplaced(words: readonly string[], typed: string): number {
  const last = words.at(-1) ?? "";
  if (last === "@") return typed.length - 1;
  if (isBreak(last)) return typed.length;
  return typed.length - last.length - (words.at(-2) === "@" ? 1 : 0);
}
