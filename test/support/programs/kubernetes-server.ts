import { execFile, spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { untilReady } from "../../../bench/processes.ts";
import { runProgram } from "../cli/run-process.ts";
import { repository } from "../docs/markdown.ts";
import { freePort } from "../mongo/free-port.ts";
import { goModule, kubernetes } from "./kubernetes.ts";
import type { Program } from "./program.ts";

const run = promisify(execFile);

/** The API server of Kubernetes and its store, built from their modules of Go. That takes twenty minutes or more. */
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
    await run("go", build, { cwd: folder, timeout: 3_600_000, maxBuffer: 64 * 1024 * 1024 });
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

/** A cluster without nodes: what it is given is stored and checked, and no pod runs. */
export interface Cluster {
  /** What `kubectl` and `helm` need to find it, as an administrator. */
  readonly env: Readonly<Record<string, string>>;
  /** Runs kubectl, and answers its output. Throws what it printed when it fails. */
  kubectl(args: readonly string[], input?: string): Promise<string>;
  stop(): Promise<void>;
}

export async function startCluster(bin: string): Promise<Cluster> {
  const folder = mkdtempSync(join(tmpdir(), "cluster-"));
  const [client, peer, port] = [await freePort(), await freePort(), await freePort()];
  const at = (number: number) => `http://127.0.0.1:${number}`;
  const key = join(folder, "accounts.pem");
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  writeFileSync(key, privateKey.export({ type: "pkcs8", format: "pem" }));
  writeFileSync(join(folder, "tokens.csv"), "administrator,administrator,1,system:masters\n");
  const config = join(folder, "config.json");
  writeFileSync(config, JSON.stringify(configFor(`https://127.0.0.1:${port}`)));
  const programs = [
    start(join(bin, "etcd"), {
      "data-dir": join(folder, "etcd"),
      "listen-client-urls": at(client),
      "advertise-client-urls": at(client),
      "listen-peer-urls": at(peer),
      "unsafe-no-fsync": "true",
    }),
    start(join(bin, "kube-apiserver"), {
      "etcd-servers": at(client),
      "bind-address": "127.0.0.1",
      "secure-port": String(port),
      "cert-dir": join(folder, "certificates"),
      "token-auth-file": join(folder, "tokens.csv"),
      "authorization-mode": "RBAC",
      "service-cluster-ip-range": "10.0.0.0/24",
      "service-account-issuer": "https://kubernetes.default.svc.cluster.local",
      "service-account-signing-key-file": key,
      "service-account-key-file": key,
    }),
  ];
  const env = { KUBECONFIG: config, HOME: folder };
  const stop = async () => {
    for (const { child, ended } of programs.reverse()) {
      child.kill("SIGKILL");
      await ended;
    }
    rmSync(folder, { recursive: true, force: true });
  };
  const kubectl = async (args: readonly string[], input = "") => {
    const ended = await runProgram("kubectl", args, { env, input });
    if (ended.code !== 0) throw new Error(`kubectl ${args.join(" ")}: ${ended.stdout}${ended.stderr}`);
    return ended.stdout;
  };
  try {
    const ended = Promise.race(programs.map((program) => program.ended));
    const failed = ended.then((output) => Promise.reject(new Error(`the cluster ended: ${output}`)));
    const ready = untilReady(async () => (await kubectl(["get", "--raw", "/readyz"]).catch(() => "")) === "ok");
    await Promise.race([ready, failed]);
  } catch (error) {
    await stop();
    throw error;
  }
  return { env, kubectl, stop };
}

function start(program: string, options: Readonly<Record<string, string>>) {
  const args = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
  const child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"] });
  let output = "";
  child.stderr.on("data", (text: Buffer) => {
    output = `${output}${text}`.slice(-2000);
  });
  return { child, ended: once(child, "close").then(() => output) };
}

/** A client's configuration. The server's certificate is one that it has made for itself. */
function configFor(server: string): object {
  const name = "test";
  return {
    apiVersion: "v1",
    kind: "Config",
    "current-context": name,
    clusters: [{ name, cluster: { server, "insecure-skip-tls-verify": true } }],
    users: [{ name, user: { token: "administrator" } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
  };
}
