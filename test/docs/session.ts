import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startServer } from "../server-process.ts";
import { temporaryStore } from "../store-settings.ts";
import { repository } from "./markdown.ts";
import type { Step } from "./step.ts";

/** What came of a step. */
export interface StepResult {
  /** Exit code of its last command, or of the one that ended the session; undefined when the session ended before it. */
  readonly code: number | undefined;
  /** What it printed, on both streams. */
  readonly output: string;
}

/**
 * Runs the steps of a document as its reader would: one after the other in one shell, in a folder like a checkout in which
 * the service was started. The address of the documents is replaced by the one of the service. A command that fails ends
 * the session, unless its step says that it fails.
 */
export async function runSession(steps: readonly Step[], path: string): Promise<StepResult[]> {
  const store = await temporaryStore();
  const server = await startServer({ env: { ...store.environment, ...settingsOf(steps) } });
  const home = mkdtempSync(join(tmpdir(), "reader-"));
  try {
    const folder = join(home, "secret-svc");
    mkdirSync(folder);
    for (const entry of ["bin", "gen", "node_modules", "package.json"]) {
      symlinkSync(join(repository, entry), join(folder, entry));
    }
    symlinkSync(server.dataDir, join(folder, "data"));
    const localize = (text: string) => text.replaceAll(/\b(localhost|127\.0\.0\.1):11337\b/g, new URL(server.url).host);
    writeFileSync(
      join(home, "session.sh"),
      steps.map((step, index) => scriptOf(step, index, home, localize)).join("\n"),
    );
    const ended = await runShell(join(home, "session.sh"), folder, { PATH: path, HOME: home, OO_URL: server.url });
    return steps.map((_, index) => resultOf(home, index, ended));
  } finally {
    await server.stop();
    await store.drop();
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
  return `${step.before ?? ":"}; ${strict}; . "${content}" > "${home}/${index}.output" 2>&1; ${record}`;
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
    const shell = spawn("bash", [script], { cwd, env, stdio: "ignore" });
    shell.once("error", reject);
    shell.once("close", (code) => resolve(code ?? -1));
  });
}
