import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { programPath } from "../../../support/built-package.ts";
import { freePort } from "../../../support/mongo/free-port.ts";
import { findProgram, type Program } from "../../../support/programs/program.ts";
import { type ServerProcess, startServer } from "../../../support/server-process.ts";
import { type VaultCaller, vaultCaller, vaultOn } from "../../../support/vault/vault-call.ts";

/** What a command printed, both outputs together, and its exit code. */
export interface Result {
  readonly code: number;
  readonly output: string;
}

export type Run = (args: readonly string[], environment?: Readonly<Record<string, string>>) => Promise<Result>;

/** A service with the API on, and the programs that use it as its first admin. */
export interface World {
  readonly server: ServerProcess;
  /** Where its metrics are. */
  readonly metrics: string;
  /** A folder for files of a check. */
  readonly home: string;
  readonly bao: Run;
  /** The path of `bao`. Throws `NotRun`. */
  readonly findBao: () => Promise<string>;
  readonly oo: Run;
  readonly vault: VaultCaller;
  as(token: string): VaultCaller;
  /** Makes a user and returns a token of it. `fields` are more of the request for the token. */
  addUser(slug: string, fields?: object): Promise<string>;
  stop(): Promise<void>;
}

/** A check cannot be made here. */
export class NotRun extends Error {}

/** The folder of a program, which is fetched at the first time. */
export async function need(program: Program): Promise<string> {
  const found = await findProgram(program);
  if ("missing" in found) throw new NotRun(found.missing);
  return found.folder;
}

/** Runs a program to its end, whatever its exit code. */
export function runProgram(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  cwd?: string,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const options = { env: { PATH: process.env.PATH ?? "", ...env }, maxBuffer: 64 * 1024 * 1024, cwd };
    execFile(program, [...args], options, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      if (typeof code === "number") resolve({ code, output: `${stdout}${stderr}` });
      else reject(error);
    });
  });
}

export async function openWorld(findBao: () => Promise<string>): Promise<World> {
  const metrics = `127.0.0.1:${await freePort()}`;
  const observed = { SECRET_SVC_METRICS_LISTEN: metrics, SECRET_SVC_LOG_LEVEL: "debug" };
  const server = await startServer({ env: { ...vaultOn.environment, ...observed } });
  const home = mkdtempSync(join(tmpdir(), "vault-acceptance-"));
  const { url, adminToken } = server;
  const vault = vaultCaller(server, adminToken);
  let binary: Promise<string> | undefined;
  const findOnce = () => {
    binary ??= findBao();
    return binary.catch((error) => {
      throw new NotRun(`bao cannot be had: ${String(error).slice(0, 200)}`);
    });
  };
  const identity = async (method: string, body: object) => {
    const headers = { authorization: `Bearer ${adminToken}`, "content-type": "application/json" };
    const path = `${url}/secret.v1.IdentityService/${method}`;
    const response = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${method}: ${await response.text()}`);
    return (await response.json()) as { readonly secret?: string };
  };
  return {
    server,
    metrics,
    home,
    findBao: findOnce,
    async bao(args, environment = {}) {
      return runProgram(await findOnce(), args, { HOME: home, BAO_ADDR: url, BAO_TOKEN: adminToken, ...environment });
    },
    oo: (args, environment = {}) =>
      runProgram(programPath("oo"), args, { HOME: home, OO_URL: url, OO_TOKEN: adminToken, ...environment }),
    vault,
    as: (token) => vaultCaller(server, token),
    async addUser(slug, fields = {}) {
      await identity("SaveUsers", { users: [{ slug }] });
      return (await identity("CreateToken", { slug, ...fields })).secret ?? "";
    },
    async stop() {
      await server.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
