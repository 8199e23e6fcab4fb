import { existsSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder, repository, run } from "./go.ts";

const version = "v1.0.7";

/**
 * Runs the conformance suite of Connect, and ends this process if a case fails. Its protos come out of the same module.
 */
export function runConnectSuite(args: readonly string[]): void {
  const cache = cacheFolder(`conformance/${version}`);
  const suite = join(cache, "connectconformance");
  const image = join(cache, "image.binpb");
  if (!existsSync(suite)) {
    const source = `connectrpc.com/conformance/cmd/connectconformance@${version}`;
    run("go", ["install", source], { env: { GOBIN: cache } });
  }
  if (!existsSync(image)) {
    const downloaded = run("go", ["mod", "download", "-json", `connectrpc.com/conformance@${version}`], {
      stdout: "pipe",
    });
    const { Dir: folder }: { Dir: string } = JSON.parse(downloaded);
    run(join(repository, "node_modules/.bin/buf"), ["build", join(folder, "proto"), "-o", image]);
  }
  const here = (name: string) => join(import.meta.dirname, name);
  run(suite, [
    ...["--mode", "server", "--conf", here("config.yaml"), "--known-failing", `@${here("known-failing.txt")}`],
    // Two cores are common, and some cases are about time.
    ...["--max-servers", "2", "--parallel", "4", ...args],
    ...["--", process.execPath, here("server.ts"), image],
  ]);
}
