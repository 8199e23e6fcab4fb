import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadAll } from "js-yaml";
import { beforeAll, describe, expect, test } from "vitest";
import { httpTimeouts } from "../../src/http/call/request-limits.ts";
import { runProgram } from "../support/cli/run-process.ts";
import { repository } from "../support/docs/markdown.ts";
import { startServer } from "../support/server-process.ts";

const deploy = join(repository, "deploy");
const program = join(repository, "bin/secret-svc");
const read = (name: string) => readFileSync(join(deploy, name), "utf8");
const filesIn = (folder: string) => readdirSync(join(deploy, folder)).map((name) => join(folder, name));
const units = filesIn("systemd");
const manifests = filesIn("kubernetes");

interface Pod {
  readonly automountServiceAccountToken: boolean;
  readonly terminationGracePeriodSeconds: number;
  readonly securityContext: object;
  readonly containers: readonly [Container];
  readonly volumes: readonly { readonly name: string }[];
}

interface Container {
  readonly env: readonly { readonly name: string; readonly value?: string }[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly startupProbe: Probe;
  readonly readinessProbe: Probe;
  readonly livenessProbe: Probe;
  readonly lifecycle: { readonly preStop: { readonly sleep: { readonly seconds: number } } };
  readonly securityContext: object;
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
}

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string; readonly scheme?: string };
}

type Labels = Readonly<Record<string, string>>;

interface Kinds {
  readonly Deployment: {
    readonly spec: {
      readonly selector: { readonly matchLabels: Labels };
      readonly template: { readonly metadata: { readonly labels: Labels }; readonly spec: Pod };
    };
  };
  readonly CronJob: {
    readonly spec: { readonly jobTemplate: { readonly spec: { readonly template: { readonly spec: Pod } } } };
  };
  readonly Service: { readonly spec: { readonly selector: Labels } };
  readonly PodDisruptionBudget: { readonly spec: { readonly selector: { readonly matchLabels: Labels } } };
  readonly NetworkPolicy: { readonly spec: { readonly podSelector: { readonly matchLabels: Labels } } };
  readonly Kustomization: { readonly resources: readonly string[] };
}

const objects = manifests.flatMap((name) => loadAll(read(name))) as readonly { readonly kind: string }[];

function ofKind<Kind extends keyof Kinds>(kind: Kind): Kinds[Kind] {
  const found = objects.find((object) => object.kind === kind);
  if (found === undefined) throw new Error(`there is no ${kind}`);
  return found as unknown as Kinds[Kind];
}

const server = () => ofKind("Deployment").spec.template.spec;
const pods = () => [server(), ofKind("CronJob").spec.jobTemplate.spec.template.spec];

describe("settings", () => {
  let help: string;
  beforeAll(async () => {
    help = (await runProgram(program, ["serve", "--help"])).stdout;
  });

  test.each([...units, ...manifests, "Dockerfile", "compose.yaml"])(
    "%s has only those that the service knows",
    (name) => {
      for (const [setting] of read(name).matchAll(/\b(?:SECRET_SVC|OB)_[A-Z_]+\b/g)) expect(help).toContain(setting);
    },
  );

  test("the commands of backups are those of the service", async () => {
    const { stdout } = await runProgram(program, ["backup", "--help"]);
    for (const name of ["systemd/secret-svc-backup.service", "kubernetes/backup.yaml"]) {
      const flags = /(?:secret-svc |args: \["?)backup\b(.*)/.exec(read(name))?.[1]?.match(/--[a-z-]+/g) ?? [];
      expect(flags).toEqual(["--key", "--to"]);
      for (const flag of flags) expect(stdout).toContain(flag);
    }
  });
});

describe("systemd", () => {
  test("the service is started again without a limit of attempts, but not with a wrong setting or key", () => {
    const unit = read("systemd/secret-svc.service");
    for (const line of ["StartLimitIntervalSec=0", "Restart=always", "RestartSec=5", "RestartPreventExitStatus=78"]) {
      expect(unit.split("\n")).toContain(line);
    }
  });

  test("a backup is tried again when what it needs is down, and not when that does not help", () => {
    const unit = read("systemd/secret-svc-backup.service").split("\n");
    expect(unit).toEqual(
      expect.arrayContaining(["Restart=on-failure", "RestartSec=300", "RestartPreventExitStatus=78 1"]),
    );
  });

  test("the units are what systemd understands", (context) => {
    const found = spawnSync("systemd-analyze", ["--version"]).status === 0;
    context.skip(!found, "there is no systemd-analyze");
    const folder = mkdtempSync(join(tmpdir(), "units-"));
    try {
      cpSync(join(deploy, "systemd"), folder, { recursive: true });
      const checked = units.filter((name) => !name.endsWith(".env")).map((name) => name.replace("systemd", folder));
      for (const path of checked) {
        writeFileSync(path, readFileSync(path, "utf8").replaceAll("/usr/local/bin/secret-svc", program));
      }
      const { status, stderr } = spawnSync("systemd-analyze", ["verify", ...checked], { encoding: "utf8" });
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("calls under way are waited for", () => {
    const stopSeconds = Number(/^TimeoutStopSec=(\d+)$/m.exec(read("systemd/secret-svc.service"))?.[1]);
    expect(stopSeconds * 1000).toBeGreaterThan(httpTimeouts.shutdownMs);
  });
});

describe("Kubernetes", () => {
  test("the manifests are the ones that are applied", () => {
    const { resources } = ofKind("Kustomization");
    expect([...resources, "kustomization.yaml"].sort()).toEqual(
      manifests.map((name) => name.slice("kubernetes/".length)).sort(),
    );
  });

  test("calls under way are waited for, after balancers have learned of the end", () => {
    const { terminationGracePeriodSeconds, containers } = server();
    const sleepSeconds = containers[0].lifecycle.preStop.sleep.seconds;
    expect((terminationGracePeriodSeconds - sleepSeconds) * 1000).toBeGreaterThan(httpTimeouts.shutdownMs);
  });

  test("what is asked for exists", async () => {
    const [container] = server().containers;
    const running = await startServer({ env: { SECRET_SVC_METRICS_LISTEN: "127.0.0.1:0" } });
    try {
      const metricsUrl = /metrics: +(\S+)\/metrics/.exec(running.output())?.[1];
      for (const probe of ["startupProbe", "readinessProbe", "livenessProbe"] as const) {
        const { path, port, scheme } = container[probe].httpGet;
        expect({ port, scheme }).toEqual({ port: "metrics", scheme: undefined });
        expect((await fetch(new URL(path, metricsUrl))).status).toBe(200);
      }
    } finally {
      await running.stop();
    }
  });

  test("ports, labels, files and volumes fit together", () => {
    const deployment = ofKind("Deployment");
    const { labels } = deployment.spec.template.metadata;
    for (const selector of [
      deployment.spec.selector.matchLabels,
      ofKind("Service").spec.selector,
      ofKind("PodDisruptionBudget").spec.selector.matchLabels,
      ofKind("NetworkPolicy").spec.podSelector.matchLabels,
    ]) {
      expect(labels).toMatchObject(selector);
    }
    const [{ env, ports }] = server().containers;
    for (const { name, containerPort } of ports) {
      const setting = name === "api" ? "SECRET_SVC_LISTEN" : "SECRET_SVC_METRICS_LISTEN";
      expect(env.find((each) => each.name === setting)?.value).toBe(`0.0.0.0:${containerPort}`);
    }
    for (const { containers, volumes } of pods()) {
      const [container] = containers;
      const mounts = container.volumeMounts;
      expect(mounts.map(({ name }) => name).sort()).toEqual(volumes.map(({ name }) => name).sort());
      const files = container.env.map(({ value = "" }) => value).filter((value) => value.startsWith("/"));
      for (const file of files) expect(mounts.some(({ mountPath }) => file.startsWith(`${mountPath}/`))).toBe(true);
    }
  });

  test("threat 85: keys are readable for the group of the process, and for no one else", () => {
    for (const name of ["kubernetes/deployment.yaml", "kubernetes/backup.yaml"]) {
      const text = read(name);
      const modes = [...text.matchAll(/defaultMode: (\d+)/g)].map(([, mode]) => mode);
      expect(modes).toEqual(Array.from(text.matchAll(/secretName:/g), () => "0440"));
    }
    for (const { securityContext } of pods()) expect(securityContext).toHaveProperty("fsGroup", 10001);
  });

  test("nothing runs as root, writes to its image, or talks to the cluster", () => {
    for (const { automountServiceAccountToken, securityContext, containers } of pods()) {
      expect(automountServiceAccountToken).toBe(false);
      expect(securityContext).toMatchObject({
        runAsNonRoot: true,
        runAsUser: 10001,
        seccompProfile: { type: "RuntimeDefault" },
      });
      expect(containers[0].securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
      });
    }
  });
});

describe("the image", () => {
  const lines = read("Dockerfile").replaceAll("\\\n", " ").split("\n");
  const copied = lines
    .filter((line) => line.startsWith("COPY ") && !line.includes("--from="))
    .flatMap((line) => line.split(/\s+/).slice(1, -1));

  test("copies what there is, and nothing else gets into it", () => {
    for (const path of copied) expect(existsSync(join(repository, path))).toBe(true);
    const [first, ...allowed] = read("Dockerfile.dockerignore").trim().split("\n");
    expect(first).toBe("*");
    expect(allowed.map((line) => line.slice(1)).sort()).toEqual([...copied].sort());
  });

  test("runs scripts that there are, as someone who is not root", () => {
    const { scripts } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8"));
    for (const [, script = ""] of read("Dockerfile").matchAll(/npm run (\S+)/g)) expect(scripts).toHaveProperty(script);
    expect(lines).toContain("USER 10001:10001");
    expect(lines.at(-3)).toBe('ENTRYPOINT ["secret-svc"]');
  });

  test("is healthy while the service is ready", async () => {
    const [, command = "[]"] = /HEALTHCHECK .*? CMD (\[.*\])/.exec(lines.join("\n")) ?? [];
    const [, ...args]: string[] = JSON.parse(command);
    const running = await startServer({ env: { SECRET_SVC_METRICS_LISTEN: "127.0.0.1:0" } });
    const port = /metrics: +\S+:(\d+)\/metrics/.exec(running.output())?.[1];
    const check = () => runProgram(process.execPath, args, { env: { SECRET_SVC_METRICS_LISTEN: `0.0.0.0:${port}` } });
    try {
      expect(await check()).toEqual({ code: 0, stdout: "", stderr: "" });
    } finally {
      await running.stop();
    }
    expect(await check()).toEqual({ code: 1, stdout: "", stderr: "" });
  });
});
