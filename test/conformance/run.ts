/**
 * Runs the Connect conformance suite against the transport. Needs Go, which builds the suite into
 * `.cache/`; its protos come out of the same module.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";

const version = "v1.0.7";
const root = join(import.meta.dirname, "../..");
const cache = join(root, ".cache/conformance", version);
const suite = join(cache, "connectconformance");
const image = join(cache, "image.binpb");

mkdirSync(cache, { recursive: true });
if (!existsSync(suite)) {
  run("go", ["install", `connectrpc.com/conformance/cmd/connectconformance@${version}`], { GOBIN: cache });
}
if (!existsSync(image)) {
  const downloaded = run("go", ["mod", "download", "-json", `connectrpc.com/conformance@${version}`], {}, "pipe");
  const { Dir: folder }: { Dir: string } = JSON.parse(downloaded);
  run(join(root, "node_modules/.bin/buf"), ["build", join(folder, "proto"), "-o", image], {});
}
const here = (name: string) => join(import.meta.dirname, name);
run(
  suite,
  [
    ...["--mode", "server", "--conf", here("config.yaml"), "--known-failing", `@${here("known-failing.txt")}`],
    // Two cores are common, and some cases are about time.
    ...["--max-servers", "2", "--parallel", "4", ...process.argv.slice(2)],
    ...["--", process.execPath, here("server.ts"), image],
  ],
  {},
);

function run(command: string, args: string[], env: NodeJS.ProcessEnv, stdout: "inherit" | "pipe" = "inherit"): string {
  const done = spawnSync(command, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ["inherit", stdout, "inherit"],
    encoding: "utf8",
  });
  if (done.error !== undefined) throw done.error;
  if (done.status !== 0) process.exit(done.status ?? 1);
  return done.stdout ?? "";
}
