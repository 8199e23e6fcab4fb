import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "vitest";
import { findOpenBao } from "../../../bench/find-openbao.ts";
import { untilReady } from "../../../bench/processes.ts";
import { freePort } from "../mongo/free-port.ts";

/** The path of `bao`. Without it the test is skipped, with the reason, or fails where it must not be missing. */
export async function needOpenBao(context: TestContext): Promise<string> {
  try {
    return await findOpenBao();
  } catch (error) {
    const missing = `bao cannot be had: ${String(error).slice(0, 300)}`;
    if (process.env.PROGRAMS_ALL || process.env.CI) throw new Error(missing);
    return context.skip(missing);
  }
}

/** An OpenBao for development. */
export interface OpenBao {
  /** `127.0.0.1` and its port. */
  readonly host: string;
  /** What its command line needs, with the token of root. */
  readonly env: Readonly<Record<string, string>>;
  stop(): void;
}

export async function startOpenBao(binary: string): Promise<OpenBao> {
  const port = await freePort();
  const home = mkdtempSync(join(tmpdir(), "openbao-"));
  const options = ["-dev-root-token-id=root", `-dev-listen-address=127.0.0.1:${port}`, "-dev-no-store-token"];
  const server = spawn(binary, ["server", "-dev", ...options], {
    stdio: "ignore",
    env: { ...process.env, HOME: home },
  });
  const stop = () => {
    server.kill();
    rmSync(home, { recursive: true, force: true });
  };
  try {
    const headers = { "x-vault-token": "root" };
    await untilReady(async () => (await fetch(`http://127.0.0.1:${port}/v1/secret/config`, { headers })).ok);
  } catch (error) {
    stop();
    throw error;
  }
  const env = { HOME: home, BAO_ADDR: `http://127.0.0.1:${port}`, BAO_TOKEN: "root" };
  return { host: `127.0.0.1:${port}`, env, stop };
}
