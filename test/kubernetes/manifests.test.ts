import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { load } from "js-yaml";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runProgram } from "../support/cli/run-process.ts";
import { makeCertificate } from "../support/clients/certificate.ts";
import { readBlocks, repository } from "../support/docs/markdown.ts";
import { type Cluster, startCluster } from "../support/programs/cluster.ts";
import { customDefinitions } from "../support/programs/kubernetes.ts";

// The files of deploy/ in the API server of Kubernetes. No pod runs there.

const deploy = join(repository, "deploy");
const work = mkdtempSync(join(tmpdir(), "kubernetes-"));
let cluster: Cluster;
/** In the namespace of the manifests. */
const inNamespace = (args: readonly string[], input?: string) =>
  cluster.kubectl([...args, "--namespace", "secret-svc"], input);

beforeAll(async () => {
  cluster = await startCluster();
  // What docs/operations.md says, with files of these names in the folder.
  const commands = readBlocks("docs/operations.md").find(({ text }) => text.includes("kubectl apply -k"))?.text ?? "";
  symlinkSync(deploy, join(work, "deploy"));
  for (const name of ["mongodb-uri", "encryption-key", "admin-token", "backup.pub"])
    writeFileSync(join(work, name), "");
  const { cert, key } = makeCertificate(work, "service");
  execFileSync("mv", [cert, "tls.crt"], { cwd: work });
  execFileSync("mv", [key, "tls.key"], { cwd: work });
  const ended = await runProgram("sh", ["-euc", commands], { env: cluster.env, cwd: work });
  if (ended.code !== 0) throw new Error(`${ended.stdout}${ended.stderr}`);
  // In a whole cluster a controller makes it.
  await inNamespace(["create", "serviceaccount", "default"]);
  const needed = /_(?:servicemonitors|externalsecrets|pushsecrets|secretstores)\.yaml$/;
  const files = (await customDefinitions()).filter((file) => needed.test(file));
  expect(files).toHaveLength(4);
  for (const file of files) await cluster.kubectl(["apply", "--server-side", "-f", file]);
  await cluster.kubectl(["wait", "--for=condition=Established", "--timeout=60s", "crd", "--all"]);
});
afterAll(async () => {
  await cluster.stop();
  rmSync(work, { recursive: true });
});

interface PodSpec {
  readonly securityContext: object;
  readonly containers: readonly [Container];
  readonly volumes: readonly Volume[];
}
interface Container {
  readonly env: readonly { readonly value?: string }[];
  readonly args: readonly string[];
  readonly securityContext: object;
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
}
interface Volume {
  readonly name: string;
  readonly secret?: { readonly secretName: string };
  readonly configMap?: { readonly name: string };
}
interface Workload {
  readonly kind: string;
  readonly spec: {
    readonly template: { readonly spec: PodSpec };
    readonly jobTemplate: { readonly spec: Workload["spec"] };
  };
}

/** The pods of the manifests as the API server has them. */
async function storedPods(): Promise<readonly PodSpec[]> {
  const stored: { items: readonly Workload[] } = JSON.parse(
    await inNamespace(["get", "deployments,cronjobs", "--output", "json"]),
  );
  return stored.items.map(({ kind, spec }) => (kind === "CronJob" ? spec.jobTemplate.spec : spec).template.spec);
}

/** Whether a pod would be let into the namespace, as the answer or the error says. */
const admit = (spec: object) =>
  inNamespace(
    ["create", "--dry-run=server", "--warnings-as-errors", "-f", "-"],
    JSON.stringify({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "one" },
      spec: { ...spec, restartPolicy: null },
    }),
  );

describe("the manifests", () => {
  const folder = join(deploy, "kubernetes");

  test("are stored by the commands of docs/operations.md, and applying them again changes nothing", async () => {
    const versions = () =>
      cluster.kubectl(["get", "-k", folder, "-o", "jsonpath={.items[*].metadata.resourceVersion}"]);
    const before = await versions();
    expect(before.split(" ").length).toBeGreaterThan(6);
    const args = ["apply", "--validate=strict", "--warnings-as-errors", "-k", folder];
    await cluster.kubectl(args);
    expect(await versions()).toBe(before);
  });

  test("say all that another tool would have to take over: no default is in a list of theirs", async () => {
    // A conflict is an error: the API server has another value than the file.
    const args = ["apply", "--server-side", "--field-manager=another", "--dry-run=server", "-k", folder];
    expect((await cluster.kubectl(args)).match(/ serverside-applied \(server dry run\)$/gm)?.length).toBeGreaterThan(6);
  });

  test("name files of Secrets and ConfigMaps that those commands make", async () => {
    const pods = await storedPods();
    expect(pods).toHaveLength(2);
    for (const { containers, volumes } of pods) {
      const [{ args, env, volumeMounts }] = containers;
      const files = [...args, ...env.map(({ value = "" }) => value)].filter((path) => path.startsWith("/etc/"));
      expect(files.length).toBeGreaterThan(2);
      for (const path of files) {
        const mount = volumeMounts.find(({ mountPath }) => path.startsWith(`${mountPath}/`));
        const volume = volumes.find(({ name }) => name === mount?.name);
        const source = volume?.secret === undefined ? "configmap" : "secret";
        const name = volume?.secret?.secretName ?? volume?.configMap?.name ?? "";
        const { data } = JSON.parse(await inNamespace(["get", source, name, "--output", "json"]));
        expect(Object.keys(data), path).toContain(path.slice((mount?.mountPath.length ?? 0) + 1));
      }
    }
  });

  test("make pods that a restricted namespace lets in", async () => {
    for (const pod of await storedPods()) expect(await admit(pod)).toContain("pod/one created");
  });

  test.each<[string, (pod: PodSpec) => object]>([
    ["as root", (pod) => ({ ...pod, securityContext: { ...pod.securityContext, runAsNonRoot: false } })],
    ["without a seccomp profile", (pod) => ({ ...pod, securityContext: { runAsNonRoot: true } })],
    ["with capabilities", (pod) => withContext(pod, { capabilities: null })],
    ["with more rights than its parent", (pod) => withContext(pod, { allowPrivilegeEscalation: null })],
    ["in the network of the node", (pod) => ({ ...pod, hostNetwork: true })],
    [
      "with a folder of the node",
      (pod) => ({ ...pod, volumes: [...pod.volumes, { name: "node", hostPath: { path: "/" } }] }),
    ],
  ])("are in a namespace that refuses the pod %s", async (_, change) => {
    for (const pod of await storedPods()) {
      await expect(admit(change(pod))).rejects.toThrow('violates PodSecurity "restricted');
    }
  });
});

function withContext(pod: PodSpec, change: object): object {
  const containers = pod.containers.map((container) => ({
    ...container,
    securityContext: { ...container.securityContext, ...change },
  }));
  return { ...pod, containers };
}

test("the volume of docs/oidc.md gives a restricted pod a token of its service account", async () => {
  const { text } = readBlocks("docs/oidc.md").find((block) => block.text.includes("serviceAccountToken")) ?? {};
  const { volumes } = load(text ?? "") as { volumes: readonly Volume[] };
  const [pod] = await storedPods();
  const mounted = { ...pod, volumes: [...(pod?.volumes ?? []), ...volumes] };
  expect(await admit(mounted)).toContain("pod/one created");
});

test.each(["kubernetes-examples", "external-secrets"])("what is in %s is stored", async (folder) => {
  const args = ["apply", "--validate=strict", "--warnings-as-errors", "-f", join(deploy, folder)];
  const printed = (await inNamespace(args)).trim().split("\n");
  expect(printed.filter((line) => !line.endsWith(" created"))).toEqual([]);
  expect(printed.length).toBeGreaterThanOrEqual(readdirSync(join(deploy, folder)).length);
});

test.each([
  ["kubernetes/deployment.yaml", "maxUnavailable: 0", "maxUnavailble: 0", 'unknown field "spec.strategy'],
  ["kubernetes/deployment.yaml", "cpu: 250m", "cpu: 250q", "quantities must match"],
  ["kubernetes/deployment.yaml", "{ name: tls, mount", "{ name: tsl, mount", "volumeMounts[2].name: Not found"],
  ["kubernetes/deployment.yaml", "port: metrics }", "port: metrics_of_it }", "startupProbe.httpGet.port: Invalid"],
  ["kubernetes/backup.yaml", "0 3 * * *", "0 25 * * *", "spec.schedule: Invalid value"],
  ["kubernetes/network-policy.yaml", "[Ingress]", "[Inward]", "spec.policyTypes[0]: Unsupported value"],
  ["kubernetes/service.yaml", "maxUnavailable: 1", "maxUnavailable: one", "a valid percent string"],
  ["kubernetes-examples/autoscaler.yaml", "maxReplicas: 9", "maxReplicas: 2", "spec.maxReplicas: Invalid value"],
  ["kubernetes-examples/ingress.yaml", "pathType: Prefix", "pathType: Begin", "pathType: Unsupported value"],
  ["kubernetes-examples/service-monitor.yaml", "interval: 30s", "interval: often", "interval in body should match"],
  ["external-secrets/env-mount.yaml", "version: v2", "version: v3", 'Unsupported value: "v3"'],
  ["external-secrets/secret-mount.yaml", "deletionPolicy: Delete", "deletionPolicy: Drop", 'value: "Drop"'],
])("%s is refused with %s changed into %s", async (file, right, wrong, message) => {
  const text = readFileSync(join(deploy, file), "utf8");
  expect(text).toContain(right);
  const args = ["apply", "--dry-run=server", "--validate=strict", "-f", "-"];
  await expect(cluster.kubectl(args, text.replace(right, wrong))).rejects.toThrow(message);
});
