import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { programPath } from "../built-package.ts";
import { compileCache } from "../compile-cache.ts";
import { freePort } from "../mongo/free-port.ts";
import { createTestDatabase } from "../mongo/test-database.ts";
import { startServer } from "../server-process.ts";
import { temporaryStore } from "../store-settings.ts";
import { repository } from "./markdown.ts";
import type { Step } from "./step.ts";

/** What came of a step. */
export interface StepResult {
  /**
   * Exit code of its last command, or of the one that ended the session; undefined when the session ended before it.
   */
  readonly code: number | undefined;
  /** What it printed, on both streams. */
  readonly output: string;
}

/** Where documents start a second service, and a third one. */
const moreAddresses = ["127.0.0.1:11338", "127.0.0.1:11339"] as const;
/** The database of documents that need one. */
const documentDatabase = "mongodb://db.example.com/secrets?replicaSet=rs0";

/**
 * Runs the steps of a document as its reader would: one after the other in one shell, in a folder like a checkout in
 * which the service was started, and `oo` is a single file. The address of the documents is replaced by the one of the
 * service, others by free ones, and their database by a new one. A command that fails ends the session, unless its step
 * says that it fails. What was started in the background ends with it.
 */
export async function runSession(steps: readonly Step[], path: string): Promise<StepResult[]> {
  const store = await temporaryStore();
  const server = await startServer({ env: { ...store.environment, ...settingsOf(steps) } });
  const home = mkdtempSync(join(tmpdir(), "reader-"));
  const isUsed = (text: string) => steps.some(({ block }) => block.text.includes(text));
  const database = isUsed(documentDatabase) ? await createTestDatabase() : undefined;
  try {
    const folder = join(home, "secret-svc");
    mkdirSync(join(folder, "bin"), { recursive: true });
    for (const entry of ["gen", "node_modules", "package.json"]) {
      symlinkSync(join(repository, entry), join(folder, entry));
    }
    symlinkSync(programPath("secret-svc"), join(folder, "bin/secret-svc"));
    // Outside of the folder, whose package.json says that its files are modules.
    cpSync(programPath("single file"), join(home, "oo"));
    symlinkSync(join(home, "oo"), join(folder, "bin/oo"));
    symlinkSync(server.dataDir, join(folder, "data"));
    const free = new Map<string, string>();
    for (const address of moreAddresses.filter(isUsed)) free.set(address, `127.0.0.1:${await freePort()}`);
    const localize = (text: string) =>
      text
        .replaceAll(/\b(localhost|127\.0\.0\.1):11337\b/g, new URL(server.url).host)
        .replaceAll(/\b127\.0\.0\.1:1133[89]\b/g, (address) => free.get(address) ?? address)
        .replaceAll(documentDatabase, database?.uri ?? documentDatabase);
    writeFileSync(
      join(home, "session.sh"),
      steps.map((step, index) => scriptOf(step, index, home, localize)).join("\n"),
    );
    const ended = await runShell(join(home, "session.sh"), folder, {
      ...compileCache,
      PATH: path,
      HOME: home,
      OO_URL: server.url,
    });
    return steps.map((_, index) => resultOf(home, index, ended));
  } finally {
    await server.stop();
    await store.drop();
    await database?.drop();
    rmSync(home, { recursive: true });
  }
}

function settingsOf(steps: readonly Step[]): Record<string, string> {
  const settings = steps.flatMap(({ service }) => (service === undefined ? [] : [service]));
  return Object.fromEntries(
    settings.map((text) => [text.slice(0, text.indexOf("=")), text.slice(text.indexOf("=") + 1)]),
  );
}

function scriptOf(step: Step, index: number, home: string, localize: (text: string) => string): string {
  const content = join(home, `${index}.content`);
  writeFileSync(content, `${localize(step.block.text)}\n`);
  const record = `echo $? > "${home}/${index}.code"`;
  if (step.writes !== undefined) return `cp "${content}" "${step.writes}" > "${home}/${index}.output"; ${record}`;
  const strict = step.exitCode === 0 ? "set -e -o pipefail" : "set +e";
  return `${localize(step.before ?? ":")}; ${strict}; . "${content}" > "${home}/${index}.output" 2>&1; ${record}`;
}

function resultOf(home: string, index: number, ended: number): StepResult {
  const output = join(home, `${index}.output`);
  if (!existsSync(output)) return { code: undefined, output: "" };
  const code = join(home, `${index}.code`);
  return {
    code: existsSync(code) ? Number(readFileSync(code, "utf8")) : ended,
    output: readFileSync(output, "utf8"),
  };
}

function runShell(script: string, cwd: string, env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((resolve, reject) => {
    // In a group of its own, which can be ended as one.
    const shell = spawn("bash", [script], { cwd, env, stdio: "ignore", detached: true });
    shell.once("error", reject);
    shell.once("close", (code) => {
      endGroup(shell.pid);
      resolve(code ?? -1);
    });
  });
}

function endGroup(leader: number | undefined): void {
  try {
    if (leader !== undefined) process.kill(-leader, "SIGKILL");
  } catch {
    // Nothing was left in it.
  }
}
