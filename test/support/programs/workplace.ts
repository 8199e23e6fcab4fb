import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { readBlocks, repository } from "../docs/markdown.ts";

/** A folder that looks like a checkout to the commands of docs/generating-clients.md, and can be written to. */
export interface Workplace {
  readonly folder: string;
  write(file: string, text: string): void;
  /** Runs commands of a shell there, and answers what they print. Throws what they printed when one of them fails. */
  run(commands: string, path: string): Promise<string>;
  /** Runs what the page says after `<!-- program NAME -->`. */
  follow(name: string, path: string): Promise<string>;
  [Symbol.dispose](): void;
}

export function makeWorkplace(): Workplace {
  const folder = mkdtempSync(join(tmpdir(), "generated-"));
  for (const name of ["proto", "docs", "node_modules"]) symlinkSync(join(repository, name), join(folder, name));
  mkdirSync(join(folder, "out"));
  const run = async (commands: string, path: string) => {
    const options = {
      cwd: folder,
      env: { ...process.env, PATH: path },
      timeout: 1_500_000,
      maxBuffer: 64 * 1024 * 1024,
    };
    try {
      return (await promisify(execFile)("sh", ["-euc", commands], options)).stdout;
    } catch (error) {
      const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
      throw new Error(`${commands}\nfailed:\n${stdout}${stderr}`, { cause: error });
    }
  };
  return {
    folder,
    run,
    follow: (name, path) => run(commandsOf(name), path),
    write(file, text) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function commandsOf(name: string): string {
  const block = readBlocks("docs/generating-clients.md").find(({ marks }) => marks.includes(`program ${name}`));
  if (block === undefined) throw new Error(`docs/generating-clients.md has no program ${name}`);
  return block.text;
}
