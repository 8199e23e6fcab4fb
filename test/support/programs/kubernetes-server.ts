import { execFile } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { repository } from "../docs/markdown.ts";
import { goModule, kubernetes } from "./kubernetes.ts";
import type { Program } from "./program.ts";

const run = promisify(execFile);

/**
 * The API server of Kubernetes and its store, built from their modules of Go. That takes half an hour or more, once; a
 * build that was interrupted goes on from the cache of Go.
 */
export const kubernetesServer: Program = {
  name: "kubernetes-server",
  version: kubernetes,
  with: "go",
  bin: "bin",
  install: async (folder) => {
    cpSync(join(repository, "test/kubernetes/server"), folder, { recursive: true });
    const source = await goModule("k8s.io/kubernetes", kubernetes);
    writeFileSync(join(folder, "go.mod"), moduleFor(readFileSync(join(source, "go.mod"), "utf8")));
    mkdirSync(join(folder, "bin"));
    // Without it, clients think that they talk to version 0.
    const flags = `-s -w -X k8s.io/component-base/version.gitVersion=${kubernetes}`;
    const build = ["build", "-mod=mod", "-ldflags", flags, "-o", "bin/", "./kube-apiserver", "./etcd"];
    await run("go", build, {
      cwd: folder,
      // Nothing in it needs a compiler of C.
      env: { ...process.env, CGO_ENABLED: "0" },
      timeout: 7_000_000,
      maxBuffer: 64 * 1024 * 1024,
    });
  },
};

/** Kubernetes has its parts as modules of version 0 in its own repository; published, they have its version. */
function moduleFor(theirs: string): string {
  const parts = [...theirs.matchAll(/^\s+(k8s\.io\/[a-z-]+) v0\.0\.0$/gm)].map(([, name = ""]) => name);
  return [
    "module kubernetes.test",
    ...(theirs.match(/^(?:go|godebug) .*$/gm) ?? []),
    `require k8s.io/kubernetes ${kubernetes}`,
    `require go.etcd.io/etcd/server/v3 ${/go\.etcd\.io\/etcd\/server\/v3 (\S+)/.exec(theirs)?.[1]}`,
    ...parts.map((name) => `replace ${name} => ${name} ${kubernetes.replace("v1.", "v0.")}`),
  ].join("\n");
}
