import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ServerProcess, startServer } from "../server-process.ts";
import { ooPath, type Run, runProgram } from "./run-oo.ts";
import { buildSingleFile } from "./single-file.ts";

/** A service, and `oo` as the users of it. */
export interface CliService {
  readonly server: ServerProcess;
  /** An empty folder, where `oo` runs. */
  readonly folder: string;
  /** The `oo` that is run. */
  readonly oo: string;
  /** Runs `oo` as the admin. */
  admin(args: readonly string[], input?: string | Uint8Array): Promise<Run>;
  /** Runs `oo` with another token. */
  as(token: string, args: readonly string[], input?: string | Uint8Array): Promise<Run>;
  /** Makes a user and answers a token. */
  addUser(slug: string, ...options: string[]): Promise<string>;
  stop(): Promise<void>;
}

interface CliServiceOptions {
  /** Run the single file, for suites with many runs: it starts several times faster. */
  readonly isBundled?: boolean;
}

export async function startCliService({ isBundled = false }: CliServiceOptions = {}): Promise<CliService> {
  const server = await startServer();
  const tools = mkdtempSync(join(tmpdir(), "oo-tools-"));
  const oo = isBundled ? join(tools, "oo") : ooPath;
  if (isBundled) await buildSingleFile(oo);
  const folder = mkdtempSync(join(tmpdir(), "oo-"));
  const as = (token: string, args: readonly string[], input: string | Uint8Array = "") =>
    runProgram(oo, args, { env: { OO_URL: server.url, OO_TOKEN: token }, input, cwd: folder });
  const admin = (args: readonly string[], input?: string | Uint8Array) => as(server.adminToken, args, input);
  return {
    server,
    folder,
    oo,
    admin,
    as,
    addUser: async (slug, ...options) => {
      await admin(["user", "save", slug, ...options]);
      return (await admin(["token", "create", slug])).stdout.trim();
    },
    stop: async () => {
      await server.stop();
      rmSync(folder, { recursive: true });
      rmSync(tools, { recursive: true });
    },
  };
}
