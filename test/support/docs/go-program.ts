import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { repository } from "./markdown.ts";

const run = promisify(execFile);

/** A program in Go that users of the service have, and that some tests need. */
export interface GoProgram {
  readonly name: string;
  /** Its package, with the version to build when the machine does not have it. */
  readonly source: `${string}@v${string}`;
  /** What its `--version` prints on either stream: other programs have the same name. */
  readonly says: RegExp;
}

/** Calls gRPC from the command line. */
export const grpcurl: GoProgram = {
  name: "grpcurl",
  source: "github.com/fullstorydev/grpcurl/cmd/grpcurl@v1.9.3",
  says: /^grpcurl /,
};

/**
 * Asks a service for its health; what Kubernetes ran before it could do so itself. Its releases spell it with
 * underscores.
 */
export const grpcHealthProbe: GoProgram = {
  name: "grpc-health-probe",
  source: "github.com/grpc-ecosystem/grpc-health-probe@v0.4.61",
  says: /\S/,
};

/** Reads YAML. The program of that name in some distributions is another one, with another language. */
export const yq: GoProgram = { name: "yq", source: "github.com/mikefarah/yq/v4@v4.54.2", says: /mikefarah/ };

/** Building takes about a minute, and happens once in a checkout. */
export const buildMs = 300_000;

/** Finds a program on the PATH, or builds it into `.cache/`; else says why not. */
export async function findGoProgram(
  program: GoProgram,
  timeout = buildMs,
): Promise<{ folder: string } | { missing: string }> {
  const { name, source } = program;
  for (const folder of (process.env.PATH ?? "").split(":")) {
    if (folder !== "" && (await isThatProgram(join(folder, name), program))) return { folder };
  }
  const folder = join(repository, ".cache", `${name}-${source.split("@")[1]}`);
  if (await isThatProgram(join(folder, name), program)) return { folder };
  try {
    await run("go", ["install", source], { env: { ...process.env, GOBIN: folder }, timeout });
    return { folder };
  } catch (error) {
    const why =
      error instanceof Error && "code" in error && error.code === "ENOENT" ? "no Go to build it" : "go failed";
    return { missing: `${name} is not on the PATH, and ${why}` };
  }
}

async function isThatProgram(path: string, { says }: GoProgram): Promise<boolean> {
  if (!existsSync(path)) return false;
  try {
    const { stdout, stderr } = await run(path, ["--version"]);
    return says.test(stdout) || says.test(stderr);
  } catch {
    return false;
  }
}
