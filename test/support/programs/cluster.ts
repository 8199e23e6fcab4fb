import { spawn } from "node:child_process";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { untilReady } from "../../../bench/processes.ts";
import { runProgram } from "../cli/run-process.ts";
import { type Certificate, makeCertificate } from "../clients/certificate.ts";
import { freePort } from "../mongo/free-port.ts";
import { kubernetesServer } from "./kubernetes-server.ts";
import { findProgram } from "./program.ts";

/** A cluster without nodes and controllers: what it is given is checked and stored, and no pod runs. */
export interface Cluster {
  readonly url: string;
  /** The file with the certificate authority of the API server. */
  readonly authority: string;
  /** What `kubectl` and `helm` need to find it, as an administrator. */
  readonly env: Readonly<Record<string, string>>;
  /** Runs kubectl, and answers its output. Throws what it printed when it fails. */
  kubectl(args: readonly string[], input?: string): Promise<string>;
  stop(): Promise<void>;
}

/** Starts the API server and its store on free ports of 127.0.0.1. Builds them at the first time. */
export async function startCluster(): Promise<Cluster> {
  const found = await findProgram(kubernetesServer);
  if ("missing" in found) throw new Error(found.missing);
  const folder = mkdtempSync(join(tmpdir(), "cluster-"));
  const url = `https://127.0.0.1:${await freePort()}`;
  const authority = makeCertificate(folder, "api-server");
  const token = randomBytes(16).toString("hex");
  const config = join(folder, "config.json");
  writeFileSync(config, JSON.stringify(configFor(url, authority.cert, token)));
  const programs = await startPrograms(found.folder, folder, url, authority, token);
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
  return { url, authority: authority.cert, env, kubectl, stop };
}

async function startPrograms(bin: string, folder: string, url: string, { cert, key }: Certificate, token: string) {
  const [client, peer] = [`http://127.0.0.1:${await freePort()}`, `http://127.0.0.1:${await freePort()}`];
  const accounts = join(folder, "accounts.pem");
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  writeFileSync(accounts, privateKey.export({ type: "pkcs8", format: "pem" }));
  const tokens = join(folder, "tokens.csv");
  writeFileSync(tokens, `${token},administrator,1,system:masters\n`);
  return [
    start(join(bin, "etcd"), {
      "data-dir": join(folder, "etcd"),
      "listen-client-urls": client,
      "advertise-client-urls": client,
      "listen-peer-urls": peer,
      "initial-advertise-peer-urls": peer,
      "initial-cluster": `default=${peer}`,
      "unsafe-no-fsync": "true",
    }),
    start(join(bin, "kube-apiserver"), {
      "etcd-servers": client,
      "bind-address": "127.0.0.1",
      "secure-port": new URL(url).port,
      "cert-dir": folder,
      "tls-cert-file": cert,
      "tls-private-key-file": key,
      "token-auth-file": tokens,
      "authorization-mode": "RBAC",
      "service-cluster-ip-range": "10.0.0.0/24",
      "service-account-issuer": "https://kubernetes.default.svc.cluster.local",
      "service-account-signing-key-file": accounts,
      "service-account-key-file": accounts,
    }),
  ];
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

function configFor(server: string, authority: string, token: string): object {
  const name = "test";
  return {
    apiVersion: "v1",
    kind: "Config",
    "current-context": name,
    clusters: [{ name, cluster: { server, "certificate-authority": authority } }],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
  };
}
