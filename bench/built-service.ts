import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const ownCheckout = join(import.meta.dirname, "..");

/** The service as it is published: compiled, without the sources next to it. */
export interface BuiltService {
  readonly program: string;
  remove(): void;
}

/**
 * Compiles a checkout, this one unless given, into a temporary folder: starting from sources takes longer and more
 * memory. Throws when it does not compile.
 */
export async function buildService(root = ownCheckout): Promise<BuiltService> {
  const folder = mkdtempSync(join(tmpdir(), "secret-svc-built-"));
  const tsc = join(root, "node_modules/.bin/tsc");
  await run(tsc, ["-p", join(root, "tsconfig.build.json"), "--outDir", join(folder, "dist")]).catch(({ stdout }) => {
    rmSync(folder, { recursive: true });
    throw new Error(`the service does not compile:\n${stdout}`);
  });
  for (const name of ["bin", "proto", "package.json"])
    cpSync(join(root, name), join(folder, name), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  const program = join(folder, "bin/secret-svc");
  if (!existsSync(program)) throw new Error("the build has no bin/secret-svc");
  return { program, remove: () => rmSync(folder, { recursive: true }) };
}
