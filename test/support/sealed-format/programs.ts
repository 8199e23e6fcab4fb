import { execFile, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const cache = fileURLToPath(new URL("../../../.cache/", import.meta.url));
const here = fileURLToPath(new URL("../../sealed-format", import.meta.url));
const cryptography = "50.0.2";

/** A program of someone else's that knows the format from its document. */
export interface SealingProgram {
  readonly name: string;
  /** Its answers to all requests, in their order. */
  ask(requests: readonly object[]): Promise<Record<string, string>[]>;
}

/** How long fetching may take, once in a checkout. */
export const preparationMs = 300_000;

/** The program in Go, on its standard library. Building it takes less than a second, and Go keeps what it built. */
export const goProgram: SealingProgram = {
  name: "Go",
  ask: (requests) => ask("go", ["run", "."], { cwd: join(here, "go"), env: process.env }, requests),
};

/** The program in Python, on `cryptography`. */
export async function pythonProgram(): Promise<SealingProgram> {
  const env = { ...process.env, ...(await pythonEnvironment()) };
  const program = join(here, "python/sealed.py");
  return { name: "Python", ask: (requests) => ask("python3", [program], { cwd: here, env }, requests) };
}

/** Writes the vectors anew into a folder, which loses all other files of that kind. */
export async function writeVectors(folder: string): Promise<void> {
  const env = { ...process.env, ...(await pythonEnvironment()) };
  await run("python3", [join(here, "python/make_vectors.py"), folder], { env });
}

async function pythonEnvironment(): Promise<Record<string, string>> {
  const folder = join(makeCache(), `python-cryptography-${cryptography}`);
  const environment = { PYTHONPATH: folder, PYTHONDONTWRITEBYTECODE: "1" };
  if (existsSync(folder)) return environment;
  const work = mkdtempSync(join(cache, "python-"));
  try {
    const options = ["--quiet", "--disable-pip-version-check", "--no-warn-script-location", "--target", work];
    await run("python3", ["-m", "pip", "install", ...options, `cryptography==${cryptography}`], {
      timeout: preparationMs,
    });
    if (!existsSync(folder)) renameSync(work, folder);
    return environment;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function makeCache(): string {
  mkdirSync(cache, { recursive: true });
  return cache;
}

function ask(
  program: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
  requests: readonly object[],
): Promise<Record<string, string>[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, options);
    let [out, problems] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      out += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      problems += text;
    });
    child.on("error", reject);
    child.on("close", () => {
      const answers = out.split("\n").filter((line) => line !== "");
      if (answers.length === requests.length) resolve(answers.map((line) => JSON.parse(line)));
      else reject(new Error(`${program} answered ${answers.length} of ${requests.length} requests:\n${problems}`));
    });
    child.stdin.end(requests.map((request) => `${JSON.stringify(request)}\n`).join(""));
  });
}
