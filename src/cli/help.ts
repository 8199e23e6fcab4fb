import type { Command } from "commander";
import type { Cli } from "./frame/cli.ts";
import { commandNames } from "./frame/complete.ts";
import { usageError } from "./frame/errors.ts";
import { findTopic, helpTopics } from "./frame/help-topics.ts";
import { nearestName } from "./frame/nearest.ts";
import { shownWord } from "./usage-errors.ts";

/** The commands by what a person wants, in the order of the help. Those that no group has come last. */
const groups: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  [
    "To begin with",
    {
      login: "log in with a browser",
      logout: "end that session",
      context: "choose a service you are logged in to",
      status: "show where and who you are, and what is due",
      whoami: "show whom the token belongs to",
      console: "open the console in a browser",
      completion: "make a shell complete commands and keys",
    },
  ],
  [
    "Every day",
    {
      "secret get": "print the value of a secret, alone",
      "secret save": "create or change a secret, or those of files",
      "secret edit": "change values in your editor",
      "secret generate": "save a random value or a key pair",
      "secret list": "list the secrets you can see",
      "secret find": "find by key, metadata, state, owner or reader",
      "secret rm": "remove secrets",
      "secret remove": "the same, chosen with --key or --id",
      "secret undelete": "bring back a removed secret",
      "secret copy": "copy a secret, or all in a namespace",
      "secret move": "copy, and remove the old ones",
      "secret metadata": "set or unset an expiry, a rotation interval, …",
    },
  ],
  [
    "Programs",
    {
      "secret run": "run a command with secrets in its environment",
      "secret export": "print secrets for another program",
      "secret watch": "print changes as they happen",
    },
  ],
  [
    "Earlier versions",
    {
      "secret versions": "show who changed what, and when",
      "secret diff": "compare two versions, or two namespaces",
      "secret rollback": "go back to the value before the last change",
      "secret restore": "bring back an old value or a removed secret",
      "secret purge": "delete removed secrets or old versions for good",
    },
  ],
  [
    "Files and git",
    {
      "secret import": "save what another tool has written",
      "secret plan": "show what saving files would change",
      "secret apply": "save files, after showing the plan and asking",
      "secret lint": "check files without a service",
      "secret scan": "look for your values in files and in git",
      "secret encrypt": "seal a value for git",
      "secret seal": "seal the values of files in place",
      "secret reseal": "seal files again for a new key or name",
      "secret decrypt": "open a sealed value",
      "secret sealing-key": "print the public key that seals",
    },
  ],
  [
    "Who may do what",
    {
      "secret explain": "show what you may do with a secret, and why",
      "secret who-can": "list who has a right on a secret",
      "secret reader": "add or remove readers",
      "secret writer": "add or remove writers",
      "secret deleter": "add or remove deleters",
      "secret can-change-readers": "add or remove who may change the readers",
      "secret can-change-writers": "add or remove who may change the writers",
      "secret can-change-deleters": "add or remove who may change the deleters",
      "secret usage": "show who last read secrets",
      user: "manage users",
      permit: "let users and roles create keys",
      team: "users, permits and tokens from a file",
      token: "create, list and revoke tokens",
    },
  ],
  [
    "The service",
    {
      audit: "show who did what, and check the records",
      quota: "show or set limits",
      tenant: "list the tenants",
      keys: "rotate the encryption keys",
      "secret is-secure": "check how the service is set up",
    },
  ],
];

/** `oo help COMMAND|TOPIC`. */
export function addHelp(program: Command, cli: Cli): void {
  program
    .command("help")
    .description("Show the help of a command or of a topic.")
    .argument("[words...]", "a command, such as secret save, or a topic")
    .action((words: readonly string[]) => showHelp(program, cli, words));
  program.addHelpText("after", `\n${moreHelp}`);
}

const moreHelp = `Each command has its own help, with examples: oo help secret save
Topics, such as oo help access: ${Object.keys(helpTopics).join(", ")}`;

function showHelp(program: Command, cli: Cli, words: readonly string[]): void {
  const isList = words.join(" ") === "topics";
  const text = words.length === 0 ? formatOverview(program) : isList ? formatTopics() : findTopic(words);
  if (text !== undefined) {
    cli.output.result(text);
    return;
  }
  let command = program;
  for (const word of words) {
    const child = command.commands.find((each) => each.name() === word || each.aliases().includes(word));
    if (child === undefined) throw unknownHelp(command, word);
    command = child;
  }
  command.outputHelp();
}

function formatTopics(): string {
  return Object.entries(helpTopics)
    .map(([name, { about }]) => `  oo help ${name.padEnd(12)}  ${about}\n`)
    .join("");
}

function unknownHelp(command: Command, word: string) {
  const names = [...commandNames(command), ...(command.parent === null ? Object.keys(helpTopics) : [])];
  const near = nearestName(word, names);
  return usageError(
    `there is no command or topic ${shownWord.test(word) ? `'${word}'` : "of that name"}${near === undefined ? "" : `, did you mean ${near}?`}`,
    `topics: ${Object.keys(helpTopics).join(", ")}; oo alone shows the commands`,
  );
}

/** All commands with their first sentence, in groups. */
export function formatOverview(program: Command): string {
  const named = new Set(groups.flatMap(([, entries]) => Object.keys(entries)));
  const others = program.commands.filter((each) => !each.name().startsWith("__") && each.name() !== "help");
  const rest = others.flatMap((each) => {
    const paths = each.name() === "secret" ? commandNames(each).map((name) => `secret ${name}`) : [each.name()];
    return paths.filter((path) => !named.has(path));
  });
  const more = Object.fromEntries(rest.map((path) => [path, ""]));
  const sections = [...groups, ["More", more] as const].map(([title, entries]) => {
    const lines = Object.entries(entries).flatMap(([path, text]) => {
      const command = findCommand(program, path);
      return command === undefined ? [] : `  oo ${path.padEnd(27)} ${text || firstSentence(command)}\n`;
    });
    return lines.length === 0 ? "" : `${title}\n${lines.join("")}\n`;
  });
  return `${program.description()}\n\n${sections.join("")}${moreHelp}\n`;
}

function findCommand(program: Command, path: string): Command | undefined {
  let found: Command | undefined = program;
  for (const word of path.split(" ")) found = found?.commands.find((each) => each.name() === word);
  return found;
}

/** As much as a line has room for. */
function firstSentence(command: Command): string {
  const [sentence = ""] = /^[^.:(]*(?:`[^`]*`[^.:(]*)*/.exec(command.description()) ?? [];
  const text = sentence.trim();
  return text.length <= 48 ? text : `${text.slice(0, 47).replace(/\s+\S*$/, "")}…`;
}
