import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { bundleOo } from "../cli/bundled-oo.ts";
import type { Run } from "../cli/run.ts";
import { runProgram } from "../cli/run-process.ts";
import { type ServerInProcess, startServerInProcess } from "../server-in-process.ts";

/** A service, and a folder with a shell in which `oo` is set up for it. */
export interface Workplace {
  readonly server: ServerInProcess;
  readonly folder: string;
  /** Runs commands as the admin, or with another token; a failing part of a pipe counts. */
  run(commands: string, token?: string): Promise<Run>;
  /** The environment of those commands. */
  env(token?: string): Readonly<Record<string, string>>;
  write(path: string, content: string): void;
  /** Makes a user, with options of `oo user save`, and answers a token. */
  addUser(slug: string, options?: string): Promise<string>;
  stop(): Promise<void>;
}

interface WorkplaceOptions {
  /** More environment of the service. */
  readonly serverEnv?: Readonly<Record<string, string>>;
  /** Folders with programs, searched first. */
  readonly programs?: readonly string[];
}

export async function openWorkplace({ serverEnv = {}, programs = [] }: WorkplaceOptions = {}): Promise<Workplace> {
  const server = await startServerInProcess({ env: serverEnv });
  const program = bundleOo();
  const folder = mkdtempSync(join(tmpdir(), "workplace-"));
  const path = [...programs, program.folder, process.env.PATH ?? ""].join(delimiter);
  const env = (token = server.adminToken) => ({ PATH: path, OO_URL: server.url, OO_TOKEN: token });
  const run = (commands: string, token?: string) =>
    runProgram("bash", ["--norc", "-o", "pipefail", "-c", commands], { env: env(token), cwd: folder });
  return {
    server,
    folder,
    run,
    env,
    write: (name, content) => {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), content);
    },
    addUser: async (slug, options = "") =>
      (await run(`oo user save ${slug} ${options} >&2 && oo token create ${slug}`)).stdout.trim(),
    stop: async () => {
      await server.stop();
      program.remove();
      rmSync(folder, { recursive: true });
    },
  };
}
