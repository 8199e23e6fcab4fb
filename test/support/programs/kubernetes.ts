import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { load, loadAll } from "js-yaml";
import { goProgram, type Program } from "./program.ts";

const run = promisify(execFile);

/** The version of Kubernetes whose schemas and API server the manifests are checked with. */
export const kubernetes = "v1.37.2";

export const helm = goProgram("helm", "helm.sh/helm/v3/cmd/helm", "v3.22.0");
export const kubeconform = goProgram("kubeconform", "github.com/yannh/kubeconform/cmd/kubeconform", "v0.8.0");

/** An object of a manifest. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

/** The objects of a text, by kind and name: the order in which a tool prints them means nothing. */
export function objectsOf(text: string): Readonly<Record<string, Manifest>> {
  const objects = (loadAll(text) as (Manifest | null)[]).filter((object) => object !== null);
  return Object.fromEntries(objects.map((object) => [`${object.kind} ${object.metadata.name}`, object]));
}

type Schema = { [name: string]: unknown };

interface Kind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** Definitions of kinds of others, in modules of Go. */
const definitionsOfOthers = {
  "github.com/prometheus-operator/prometheus-operator": {
    version: "v0.85.0",
    folder: "example/prometheus-operator-crd",
  },
  "github.com/external-secrets/external-secrets": { version: "v0.20.4", folder: "config/crds/bases" },
};

/** The files with definitions of the kinds of the Prometheus operator and of External Secrets. */
export async function customDefinitions(): Promise<string[]> {
  const files: string[] = [];
  for (const [name, { version, folder }] of Object.entries(definitionsOfOthers)) {
    const path = join(await goModule(name, version), folder);
    const found = readdirSync(path).filter((file) => /^[\w.-]+_\w+\.yaml$/.test(file));
    files.push(...found.map((file) => join(path, file)));
  }
  return files;
}

interface CustomDefinition {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly { readonly name: string; readonly schema: { readonly openAPIV3Schema: Schema } }[];
  };
}

/** The folder of a module of Go, which is downloaded once. */
export async function goModule(name: string, version: string): Promise<string> {
  const { stdout } = await run("go", ["mod", "download", "-json", `${name}@${version}`]);
  return JSON.parse(stdout).Dir;
}

/**
 * Schemas of the kinds of Kubernetes as kubeconform reads them, one file for each, made from the description of the API
 * in the module. They allow no fields but those of the API.
 */
export const kubernetesSchemas: Program = {
  name: "kubernetes-schemas",
  version: kubernetes,
  with: "go",
  bin: "",
  install: async (folder) => {
    const source = await goModule("k8s.io/kubernetes", kubernetes);
    const api = JSON.parse(readFileSync(join(source, "api/openapi-spec/swagger.json"), "utf8"));
    const definitions: Record<string, Schema> = api.definitions;
    for (const schema of Object.values(definitions)) close(schema);
    // Quantities and ports are written as numbers as well as texts.
    for (const name of ["api.resource.Quantity", "util.intstr.IntOrString"]) {
      definitions[`io.k8s.apimachinery.pkg.${name}`] = { oneOf: [{ type: "string" }, { type: "number" }] };
    }
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "definitions.json"), JSON.stringify({ definitions }));
    for (const [name, schema] of Object.entries(definitions)) {
      const kinds = (schema["x-kubernetes-group-version-kind"] ?? []) as Kind[];
      for (const kind of kinds) {
        const schema = { $ref: `definitions.json#/definitions/${name}` };
        writeFileSync(join(folder, fileOf(kind)), JSON.stringify(schema));
      }
    }
    for (const file of await customDefinitions()) {
      const { spec } = load(readFileSync(file, "utf8")) as CustomDefinition;
      for (const { name, schema } of spec.versions) {
        const { openAPIV3Schema } = schema;
        closeAll(openAPIV3Schema);
        const file = fileOf({ group: spec.group, version: name, kind: spec.names.kind });
        writeFileSync(join(folder, file), JSON.stringify(openAPIV3Schema));
      }
    }
  },
};

/** As kubeconform looks for it. */
function fileOf({ group, version, kind }: Kind): string {
  return `${[kind, ...(group === "" ? [] : [group.split(".")[0]]), version].join("-").toLowerCase()}.json`;
}

function close(schema: Schema): void {
  if (schema.properties !== undefined && schema.additionalProperties === undefined) schema.additionalProperties = false;
}

function closeAll(schema: unknown): void {
  if (typeof schema !== "object" || schema === null) return;
  if (!("x-kubernetes-preserve-unknown-fields" in schema)) close(schema as Schema);
  for (const part of Object.values(schema)) closeAll(part);
}
