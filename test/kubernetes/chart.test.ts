import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runProgram } from "../support/cli/run-process.ts";
import { repository } from "../support/docs/markdown.ts";
import { type Cluster, startCluster } from "../support/programs/cluster.ts";
import { helm } from "../support/programs/kubernetes.ts";
import { findProgram } from "../support/programs/program.ts";
import { storedObjects } from "../support/programs/stored-objects.ts";

const manifests = join(repository, "deploy/kubernetes");
const chart = join(repository, "deploy/chart");
let cluster: Cluster;
let bin: string;

beforeAll(async () => {
  const found = await findProgram(helm);
  if ("missing" in found) throw new Error(found.missing);
  bin = found.folder;
  cluster = await startCluster();
  await cluster.kubectl(["apply", "-k", manifests]);
});
afterAll(() => cluster.stop());

async function inNewNamespace(namespace: string) {
  await cluster.kubectl(["create", "namespace", namespace]);
  await cluster.kubectl(["label", "namespace", namespace, "pod-security.kubernetes.io/enforce=restricted"]);
  const run = (...args: string[]) => runProgram(join(bin, "helm"), [...args, "-n", namespace], { env: cluster.env });
  return {
    run,
    async done(...args: string[]): Promise<string> {
      const ended = await run(...args);
      expect(ended, args.join(" ")).toMatchObject({ code: 0, stderr: "" });
      return ended.stdout;
    },
    replicas: () =>
      cluster.kubectl(["get", "deployment", "secret-svc", "-n", namespace, "--output", "jsonpath={.spec.replicas}"]),
  };
}

test("the chart is what kustomize makes, as the API server stores both", async () => {
  const { done } = await inNewNamespace("chart");
  await done("install", "secret-svc", chart);
  const installed = async () =>
    storedObjects(await cluster.kubectl(["get", "-f", "-", "-o", "json"], await done("get", "manifest", "secret-svc")));
  const applied = await cluster.kubectl(["get", "-k", manifests, "-o", "json"]);
  const { "Namespace secret-svc": namespace, ...objects } = storedObjects(applied);
  expect(namespace).toBeDefined();
  expect(Object.keys(objects).length).toBeGreaterThan(5);
  expect(await installed()).toEqual(objects);
  await done("upgrade", "secret-svc", chart, "--set", "metricsNamespace=another");
  expect(await installed()).not.toEqual(objects);
});

test("it is installed, upgraded, rolled back and removed", async () => {
  const { done, replicas } = await inNewNamespace("life");
  await done("install", "secret-svc", chart);
  expect(await replicas()).toBe("3");
  await done("upgrade", "secret-svc", chart, "--set", "replicas=5");
  expect(await replicas()).toBe("5");
  await done("rollback", "secret-svc", "1");
  expect(await replicas()).toBe("3");
  await done("uninstall", "secret-svc");
  await expect(replicas()).rejects.toThrow("not found");
});

test.each([
  ["resources.requests.cpu=fast", "wrong-cpu", "quantities must match"],
  ["backup.storage=much", "wrong-storage", "quantities must match"],
  ["backup.schedule=nightly", "wrong-schedule", "spec.schedule: Invalid value"],
])("it is refused with %s, and nothing of it is stored", async (value, namespace, message) => {
  const { run } = await inNewNamespace(namespace);
  const ended = await run("install", "secret-svc", chart, "--atomic", "--timeout=30s", "--set", value);
  expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining(message) });
  expect(await cluster.kubectl(["get", "deployments,services,cronjobs", "-n", namespace, "-o", "name"])).toBe("");
});

test("with an autoscaler, upgrades leave its number of processes alone", async () => {
  const { done, replicas } = await inNewNamespace("scaled");
  const without = ["--set", "replicas=null"];
  await done("install", "secret-svc", chart, ...without);
  await cluster.kubectl(["scale", "deployment", "secret-svc", "-n", "scaled", "--replicas=7"]);
  await done("upgrade", "secret-svc", chart, ...without, "--set", "image.tag=next");
  expect(await replicas()).toBe("7");
  await done("upgrade", "secret-svc", chart, "--reset-values");
  expect(await replicas()).toBe("3");
});

test("the same with kustomize, once kubectl knows that the number is not its own", async () => {
  const apply = (text: string) => cluster.kubectl(["apply", "-n", "secret-svc", "-f", "-"], text);
  const replicas = () =>
    cluster.kubectl(["get", "deployment", "secret-svc", "-n", "secret-svc", "-o", "jsonpath={.spec.replicas}"]);
  const scale = () => cluster.kubectl(["scale", "deployment", "secret-svc", "-n", "secret-svc", "--replicas=7"]);
  const made = await cluster.kubectl(["kustomize", manifests]);
  const without = made.replace(/^ {2}replicas: 3\n/m, "");
  expect(without).not.toBe(made);
  await scale();
  await apply(made);
  expect(await replicas()).toBe("3");
  // Left out without more ado, it is removed, and Kubernetes takes 1.
  await scale();
  await apply(without);
  expect(await replicas()).toBe("1");
  await apply(made);
  await scale();
  await cluster.kubectl(["apply", "set-last-applied", "-f", "-"], without);
  await apply(without);
  expect(await replicas()).toBe("7");
});
