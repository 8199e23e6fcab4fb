import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ServerInProcess, startServerInProcess } from "../server-in-process.ts";
import type { Run } from "./run.ts";
import { runOo } from "./run-oo.ts";

/** A service, and `oo` as the users of it; both in this process. */
export interface CliService {
  readonly server: ServerInProcess;
  /** An empty folder, where `oo` runs. */
  readonly folder: string;
  /** Runs `oo` as the admin. */
  admin(args: readonly string[], input?: string | Uint8Array): Promise<Run>;
  /** Runs `oo` with another token. */
  as(token: string, args: readonly string[], input?: string | Uint8Array): Promise<Run>;
  /** Makes a user and answers a token. */
  addUser(slug: string, ...options: string[]): Promise<string>;
  stop(): Promise<void>;
}

export async function startCliService(): Promise<CliService> {
  const server = await startServerInProcess();
  const folder = mkdtempSync(join(tmpdir(), "oo-"));
  const as = (token: string, args: readonly string[], input: string | Uint8Array = "") =>
    runOo(args, { env: { OO_URL: server.url, OO_TOKEN: token }, input, cwd: folder });
  const admin = (args: readonly string[], input?: string | Uint8Array) => as(server.adminToken, args, input);
  return {
    server,
    folder,
    admin,
    as,
    addUser: async (slug, ...options) => {
      await admin(["user", "save", slug, ...options]);
      return (await admin(["token", "create", slug])).stdout.trim();
    },
    stop: async () => {
      await server.stop();
      rmSync(folder, { recursive: true });
    },
  };
}
