import type { Command } from "commander";
import { type AccessListName, accessListOptions } from "../../text/access-list-names.ts";
import type { Cli } from "../frame/cli.ts";
import { usageError } from "../frame/errors.ts";
import { checkNamespace, withNamespace } from "../frame/namespace.ts";
import { addExamples, addOutputOption, collectNames, openService, parseCount } from "../frame/options.ts";

interface GenerateOptions extends Readonly<Partial<Record<AccessListName, readonly string[]>>> {
  readonly namespace?: string;
  readonly length?: string;
  readonly alphabet?: string;
  readonly words?: string | true;
  readonly uuid?: boolean;
  readonly rsa?: string | true;
  readonly ed25519?: boolean;
  readonly replace?: boolean;
  readonly show?: boolean;
  readonly public?: boolean;
  readonly output?: "text" | "json";
}

export function addGenerateCommand(parent: Command, cli: Cli): void {
  const command = parent
    .command("generate")
    .description(
      "Generate a random value and save it. It is not printed unless you ask for it. An existing secret is replaced only with --replace.",
    )
    .argument("<key>", "key of the secret")
    .option("-n, --namespace <namespace>", "prefix the key with this and '/', unless it already begins with them")
    .option("--length <number>", "how many characters (default: 32)")
    .option(
      "--alphabet <name|characters>",
      "alnum, letters, lower, digits, hex, base64url or symbols, or the characters themselves (default: alnum)",
    )
    .option("--words [number]", "words that can be read out, joined by '-' (default: 6, which is 96 bits)")
    .option("--uuid", "a random UUID")
    .option("--rsa [bits]", "an RSA key of 2048, 3072 or 4096 bits, as PEM (default: 3072)")
    .option("--ed25519", "an Ed25519 key, as PEM")
    .option("--replace", "make it a new version of an existing secret: a rotation")
    .option("--show", "print the value")
    .option("--public", "print the public key of a generated key pair");
  for (const { flag, about } of accessListOptions) command.option(`${flag} <names>`, about, collectNames);
  command.action((key: string, options: GenerateOptions) => generate(cli, command, key, options));
  addOutputOption(command, ["text", "json"]);
  addExamples(
    command,
    `oo secret generate payment-svc/DB_PASSWORD
     oo secret generate payment-svc/DB_PASSWORD --replace --length 48
     oo secret generate alice/LAPTOP --words 6 --show
     oo secret generate signing/KEY --ed25519 --public > signing.pub`,
  );
}

async function generate(cli: Cli, command: Command, asked: string, options: GenerateOptions): Promise<void> {
  checkNamespace(options.namespace);
  const key = withNamespace(asked, options.namespace);
  const [{ defaults, generateValue }, { setList }, { refuseUnlikelyKey }, { checkKey, resolveKeys }] =
    await Promise.all([
      import("../files/generate-value.ts"),
      import("../formats/secret-fields.ts"),
      import("../files/key-argument.ts"),
      import("../frame/resolve-key.ts"),
    ]);
  refuseUnlikelyKey(asked, "", "oo secret save");
  checkKey(key);
  const count = (text: string | true | undefined, option: string, byDefault: number) =>
    text === true ? byDefault : text === undefined ? undefined : parseCount(text, option, 1);
  const wanted = {
    ...(options.length === undefined ? {} : { length: parseCount(options.length, "--length", 1) }),
    ...(options.alphabet === undefined ? {} : { alphabet: options.alphabet }),
    ...optional("words", count(options.words, "--words", defaults.words)),
    ...optional("rsa", count(options.rsa, "--rsa", defaults.rsa)),
    uuid: options.uuid === true,
    ed25519: options.ed25519 === true,
  };
  const { value, publicKey } = await generateValue(wanted);
  if (options.public === true && publicKey === undefined) throw usageError("--public needs --rsa or --ed25519");
  const service = await openService(cli, command);
  const [resolved = key] = await resolveKeys([key], service, cli.output);
  const input = { key: resolved, value, ...(options.replace === true ? {} : { ifVersion: 0 }) };
  for (const { list } of accessListOptions) {
    const names = options[list];
    if (names !== undefined) setList(input, list, names);
  }
  const results = await save(() => service.secrets.saveSecrets({ secrets: [input] }), resolved, input.ifVersion === 0);
  if (options.show === true) return cli.output.result(value.endsWith("\n") ? value : `${value}\n`);
  if (options.public === true) return cli.output.result(publicKey ?? "");
  const { reportResults } = await import("../plan/save-results.ts");
  reportResults(results, { isPlan: false, asJson: options.output === "json", output: cli.output });
}

function optional(name: "words" | "rsa", number: number | undefined) {
  return number === undefined ? {} : { [name]: number };
}

async function save<Results>(
  call: () => Promise<{ readonly results: Results }>,
  key: string,
  mustBeNew: boolean,
): Promise<Results> {
  try {
    return (await call()).results;
  } catch (error) {
    const [{ Code, ConnectError }, { CliError }] = await Promise.all([
      import("@connectrpc/connect"),
      import("../frame/errors.ts"),
    ]);
    if (!mustBeNew || !(error instanceof ConnectError) || error.code !== Code.Aborted) throw error;
    throw new CliError(`${key} exists, and stays as it is`, ["--replace generates a new value for it"]);
  }
}
