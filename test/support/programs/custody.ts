import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { createKeyring } from "../../../src/crypto/keyring.ts";
import { programPath } from "../built-package.ts";
import { runProgram } from "../cli/run-process.ts";
import { readBlocks } from "../docs/markdown.ts";

const run = promisify(execFile);
const setting = "OB_ENCRYPTION_KEY_COMMAND";

interface Tools {
  /** The folder of the programs that the recipe names. */
  readonly bin: string;
  /** What they need. */
  readonly env: Readonly<Record<string, string>>;
  /** Paths in the recipe that are elsewhere here. */
  readonly paths?: Readonly<Record<string, string>>;
}

/** A recipe of docs/key-custody.md that was followed: what it makes is in a folder of its own. */
export interface Followed {
  readonly folder: string;
  /** The fingerprint of the key in `plain.key`. */
  readonly kid: string;
  /** What `secret-svc key check` does with the command of the recipe. */
  check(env?: Readonly<Record<string, string>>): ReturnType<typeof runProgram>;
  /** The fingerprint that it shows. Throws its output if there is none. */
  fingerprint(): Promise<string>;
  [Symbol.dispose](): void;
}

export function makeFolder(): string {
  return mkdtempSync(join(tmpdir(), "key-custody-"));
}

/** Follows a recipe word for word, but for the places of files and programs. */
export async function follow(name: string, { bin, env, paths = {} }: Tools): Promise<Followed> {
  const folder = makeFolder();
  const raw = randomBytes(32);
  writeFileSync(join(folder, "plain.key"), raw.toString("base64"), { mode: 0o600 });
  const tools = { ...env, PATH: `${bin}:${process.env.PATH}` };
  let text = textOf(name);
  for (const [from, to] of Object.entries({ "/etc/secret-svc": folder, ...paths })) text = text.replaceAll(from, to);
  const lines = text.split("\n");
  const command = (lines.pop() ?? "").slice(setting.length + 1);
  const [program = "", ...args] = command.split(" ");
  const wanted = { [setting]: [join(bin, basename(program)), ...args].join(" "), ...tools };
  await run("sh", ["-euc", lines.join("\n")], { cwd: folder, env: { ...process.env, ...tools } }).catch((error) => {
    throw new Error(`${name}: ${String((error as { stderr?: string }).stderr ?? error)}`, { cause: error });
  });
  // Whatever a command needs of it is in what the recipe has made.
  rmSync(join(folder, "plain.key"));
  const check = (more: Readonly<Record<string, string>> = {}) =>
    runProgram(programPath("secret-svc"), ["key", "check", "--data-dir", join(folder, "data")], {
      env: { ...wanted, ...more },
      cwd: folder,
    });
  return {
    folder,
    kid: createKeyring(raw, []).active.kid,
    check,
    async fingerprint() {
      const { stdout, stderr } = await check();
      const kid = /^fingerprint: (\S+)$/m.exec(stdout)?.[1];
      if (kid === undefined) throw new Error(`${name}: ${stdout}${stderr}`);
      return kid;
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function textOf(name: string): string {
  const block = readBlocks("docs/key-custody.md").find(({ marks }) => marks.includes(`recipe ${name}`));
  if (block === undefined) throw new Error(`docs/key-custody.md has no recipe ${name}`);
  return block.text;
}

/** The names of all recipes of the page that are run. */
export function recipeNames(): readonly string[] {
  return readBlocks("docs/key-custody.md").flatMap(({ marks }) =>
    marks.flatMap((mark) => /^recipe (\S+)$/.exec(mark)?.[1] ?? []),
  );
}

/** The names of the recipes that a file of tests follows. */
export function followedIn(file: string): readonly string[] {
  return [...readFileSync(file, "utf8").matchAll(/\bfollow\("([\w-]+)"/g)].map(([, name = ""]) => name);
}
