import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, type TestContext, test } from "vitest";
import { runProgram } from "../../support/cli/run-process.ts";
import { repository } from "../../support/docs/markdown.ts";
import { helm, kubeconform, kubernetes, kubernetesSchemas, objectsOf } from "../../support/programs/kubernetes.ts";
import { needToolchain, pathWith } from "../../support/programs/program.ts";

const deploy = join(repository, "deploy");
const chart = join(deploy, "chart");
const work = mkdtempSync(join(tmpdir(), "manifests-"));
afterAll(() => rmSync(work, { recursive: true }));

async function needKustomize(context: TestContext, folder = join(deploy, "kubernetes")): Promise<string> {
  await needToolchain(context, "kubectl", "version", "--client");
  const printed = await runProgram("kubectl", ["kustomize", folder]);
  expect(printed).toMatchObject({ code: 0, stderr: "" });
  return printed.stdout;
}

const template = (PATH: string, ...options: string[]) =>
  runProgram("helm", ["template", "secret-svc", chart, "--namespace", "secret-svc", ...forVersion, ...options], {
    env: { PATH, HOME: work },
  });
// Without a cluster it would take the version that it was built for, which is an old one when built in this way.
const forVersion = ["--kube-version", kubernetes];

describe("the chart", () => {
  test("has no fault that helm lint finds", async (context) => {
    const PATH = await pathWith(context, helm);
    const linted = await runProgram("helm", ["lint", "--strict", chart], { env: { PATH, HOME: work } });
    expect(linted).toMatchObject({ code: 0, stdout: expect.stringContaining("1 chart(s) linted, 0 chart(s) failed") });
    expect(linted.stdout).not.toMatch(/\[(?:WARNING|ERROR)\]/);
  });

  test("makes what kustomize makes of the manifests, but for the namespace", async (context) => {
    const PATH = await pathWith(context, helm);
    const { "Namespace secret-svc": namespace, ...kustomized } = objectsOf(await needKustomize(context));
    expect(namespace).toBeDefined();
    const made = await template(PATH);
    expect(made).toMatchObject({ code: 0, stderr: "" });
    // Read by the same tool: Kubernetes takes 0440 for a number to the base of 8, as not all readers of YAML do.
    const folder = mkdtempSync(join(work, "made-"));
    writeFileSync(join(folder, "made.yaml"), made.stdout);
    writeFileSync(join(folder, "kustomization.yaml"), "resources: [made.yaml]\n");
    expect(objectsOf(await needKustomize(context, folder))).toEqual(kustomized);
  });

  test("has values for what differs from cluster to cluster", async (context) => {
    const PATH = await pathWith(context, helm);
    const values = {
      image: { repository: "a.example/b", tag: "9" },
      replicas: 5,
      settings: { SECRET_SVC_CORS_ORIGINS: "https://a.example" },
      backup: { enabled: false },
    };
    const file = join(work, "values.json");
    writeFileSync(file, JSON.stringify(values));
    const made = objectsOf((await template(PATH, "--values", file)).stdout);
    expect(Object.keys(made).filter((name) => /backup/.test(name))).toEqual([]);
    expect(made["Deployment secret-svc"]).toMatchObject({
      spec: { replicas: 5, template: { spec: { containers: [{ image: "a.example/b:9" }] } } },
    });
    expect(JSON.stringify(made["Deployment secret-svc"])).toContain(
      '{"name":"SECRET_SVC_CORS_ORIGINS","value":"https://a.example"}',
    );
  });

  test.for(["replica=3", "image.repositry=a", "replicas=0", "settings.OB_ENCRYPTION_KEY=a", "backup.scedule=a"])(
    "refuses the value %s",
    async (value, context) => {
      const made = await template(await pathWith(context, helm), "--set", value);
      expect(made).toMatchObject({ code: 1, stderr: expect.stringContaining("values don't meet the specifications") });
    },
  );
});

describe("kubeconform", () => {
  async function check(context: TestContext, text: string, ...options: string[]) {
    const PATH = await pathWith(context, kubeconform, kubernetesSchemas);
    const schemas = PATH.split(":")[1];
    const location = `${schemas}/{{ .ResourceKind }}{{ .KindSuffix }}.json`;
    const args = ["-strict", "-summary", "-schema-location", location, ...options, "-"];
    return runProgram("kubeconform", args, { env: { PATH }, input: text });
  }

  test("knows every field of the manifests", async (context) => {
    const checked = await check(context, await needKustomize(context));
    expect(checked).toMatchObject({ code: 0, stdout: expect.stringContaining("Invalid: 0, Errors: 0, Skipped: 0") });
  });

  test.for(["kubernetes-examples", "external-secrets"])("knows every field of %s", async (name, context) => {
    const folder = join(deploy, name);
    const files = readdirSync(folder).map((file) => readFileSync(join(folder, file), "utf8"));
    const checked = await check(context, files.join("\n---\n"));
    expect(checked).toMatchObject({ code: 0, stdout: expect.stringContaining("Invalid: 0, Errors: 0, Skipped: 0") });
  });

  test.for([
    ["replicas: 3", "replicas: three"],
    ["maxUnavailable: 0", "maxUnavailble: 0"],
    ["runAsNonRoot: true", "runAsNotRoot: true"],
    ["interval: 30s", "intervall: 30s", "kubernetes-examples/service-monitor.yaml"],
    ["version: v2", "version: 2", "external-secrets/env-mount.yaml"],
  ])("finds %s changed into %s", async ([right = "", wrong = "", file = "kubernetes/deployment.yaml"], context) => {
    const text = readFileSync(join(deploy, file), "utf8");
    expect(text).toContain(right);
    const checked = await check(context, text.replace(right, wrong));
    expect(checked).toMatchObject({ code: 1, stdout: expect.stringContaining("Invalid: 1") });
  });
});
