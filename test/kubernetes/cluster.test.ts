import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { load } from "js-yaml";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runOoProcess, runProgram } from "../support/cli/run-process.ts";
import { readBlocks, repository } from "../support/docs/markdown.ts";
import { customDefinitions, helm } from "../support/programs/kubernetes.ts";
import { type Cluster, kubernetesServer, startCluster } from "../support/programs/kubernetes-server.ts";
import { findProgram } from "../support/programs/program.ts";
import { startServer } from "../support/server-process.ts";

// The files of deploy/ in the API server of Kubernetes. No pod runs there.

const deploy = join(repository, "deploy");
const work = mkdtempSync(join(tmpdir(), "kubernetes-"));
let cluster: Cluster;

beforeAll(async () => {
  const found = await findProgram(kubernetesServer);
  if ("missing" in found) throw new Error(found.missing);
  cluster = await startCluster(found.folder);
  await cluster.kubectl(["apply", "--validate=strict", "-k", join(deploy, "kubernetes")]);
  // In a whole cluster a controller makes it.
  await cluster.kubectl(["create", "serviceaccount", "default", "--namespace", "secret-svc"]);
}, 3_600_000);
afterAll(async () => {
  await cluster.stop();
  rmSync(work, { recursive: true });
});

interface PodSpec {
  readonly securityContext: object;
}
interface Workload {
  readonly kind: string;
  readonly spec: {
    readonly template: { readonly spec: PodSpec };
    readonly jobTemplate: { readonly spec: Workload["spec"] };
  };
}

describe("the manifests", () => {
  test("are stored, and applying them again changes nothing", async () => {
    const printed = await cluster.kubectl(["apply", "--validate=strict", "-k", join(deploy, "kubernetes")]);
    const lines = printed.trim().split("\n");
    expect(lines.length).toBeGreaterThan(6);
    expect(lines.filter((line) => !line.endsWith(" unchanged"))).toEqual([]);
  });

  test("are refused with a field that Kubernetes does not know", async () => {
    const text = readFileSync(join(deploy, "kubernetes/deployment.yaml"), "utf8");
    const wrong = text.replace("maxUnavailable: 0", "maxUnavailble: 0");
    const apply = cluster.kubectl(["apply", "--validate=strict", "--namespace", "secret-svc", "-f", "-"], wrong);
    await expect(apply).rejects.toThrow('unknown field "spec.strategy.rollingUpdate.maxUnavailble"');
  });

  test.each(["deployment.yaml", "backup.yaml"])("let the pods of %s into a restricted namespace", async (name) => {
    const [text = ""] = readFileSync(join(deploy, "kubernetes", name), "utf8").split("\n---\n");
    const { spec, kind } = load(text) as Workload;
    const pod = (kind === "CronJob" ? spec.jobTemplate.spec : spec).template.spec;
    const create = (made: PodSpec) => {
      const object = { apiVersion: "v1", kind: "Pod", metadata: { name: "one" }, spec: made };
      const args = ["create", "--dry-run=server", "--namespace", "secret-svc", "-f", "-"];
      return cluster.kubectl(args, JSON.stringify(object));
    };
    expect(await create(pod)).toContain("pod/one created");
    await expect(create({ ...pod, securityContext: {} })).rejects.toThrow('violates PodSecurity "restricted');
  });

  test("of the examples and of External Secrets are stored, with the kinds that they need", async () => {
    const needed = /_(?:servicemonitors|externalsecrets|secretstores)\.yaml$/;
    const files = (await customDefinitions()).filter((file) => needed.test(file));
    expect(files).toHaveLength(3);
    for (const file of files) await cluster.kubectl(["apply", "--server-side", "-f", file]);
    await cluster.kubectl(["wait", "--for=condition=Established", "--timeout=60s", "crd", "--all"]);
    for (const folder of ["kubernetes-examples", "external-secrets"]) {
      const args = ["apply", "--validate=strict", "--namespace", "secret-svc", "-f", join(deploy, folder)];
      expect(await cluster.kubectl(args)).toContain(" created");
    }
  });
});

test("the chart is installed, upgraded, rolled back and removed", async () => {
  const found = await findProgram(helm);
  if ("missing" in found) throw new Error(found.missing);
  await cluster.kubectl(["create", "namespace", "chart"]);
  const run = async (...args: string[]) => {
    const ended = await runProgram(join(found.folder, "helm"), [...args, "--namespace", "chart"], { env: cluster.env });
    expect(ended, args.join(" ")).toMatchObject({ code: 0 });
  };
  const deployment = ["get", "deployment", "secret-svc", "--namespace", "chart", "--output"];
  const replicas = () => cluster.kubectl([...deployment, "jsonpath={.spec.replicas}"]);
  await run("install", "secret-svc", join(deploy, "chart"));
  expect(await replicas()).toBe("3");
  await run("upgrade", "secret-svc", join(deploy, "chart"), "--set", "replicas=5");
  expect(await replicas()).toBe("5");
  await run("rollback", "secret-svc", "1");
  expect(await replicas()).toBe("3");
  await run("uninstall", "secret-svc");
  await expect(replicas()).rejects.toThrow("not found");
});

test("a token of a service account reads a secret, with the example of docs/oidc.md", async () => {
  const example = readBlocks("docs/oidc.md").find(({ marks }) => marks.includes("example kubernetes"));
  const issuers = join(work, "issuers.yaml");
  writeFileSync(issuers, example?.text ?? "");
  writeFileSync(join(work, "kubernetes-jwks.json"), await cluster.kubectl(["get", "--raw", "/openid/v1/jwks"]));
  await cluster.kubectl(["create", "namespace", "payments"]);
  for (const name of ["api", "other"]) {
    await cluster.kubectl(["create", "serviceaccount", name, "--namespace", "payments"]);
  }
  const tokenOf = async (name: string, audience: string) =>
    (await cluster.kubectl(["create", "token", name, "--namespace", "payments", "--audience", audience])).trim();
  const service = await startServer({ env: { SECRET_SVC_ISSUERS: issuers } });
  try {
    const oo = (token: string, ...args: string[]) =>
      runOoProcess(args, { env: { OO_URL: service.url, OO_TOKEN: token } });
    await oo(service.adminToken, "secret", "save", "payments/KEY", "value", "--readers", "k8s-payments-sa-api");
    const read = async (name: string, audience: string) =>
      oo(await tokenOf(name, audience), "secret", "get", "payments/KEY");
    expect(await read("api", "secret-svc")).toMatchObject({ code: 0, stdout: "value" });
    expect(await read("other", "secret-svc")).toMatchObject({ code: 1, stdout: "" });
    expect(await read("api", "another")).toMatchObject({ code: 1, stdout: "" });
  } finally {
    await service.stop();
  }
});
