import { createHash } from "node:crypto";

/** package-lock.json, as far as it describes packages. */
export interface Lock {
  readonly name: string;
  readonly version: string;
  readonly packages: Readonly<Record<string, Locked>>;
}

interface Locked {
  readonly version?: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly link?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** A component of a CycloneDX document. */
export interface Component {
  readonly type: "application" | "library" | "platform";
  readonly "bom-ref": string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly licenses?: readonly object[];
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
}

/** What a component uses. */
export interface Dependencies {
  readonly ref: string;
  readonly dependsOn: readonly string[];
}

/**
 * The bill of materials of the service: the packages that an installation has, those of package-lock.json that are not
 * for development. `npm sbom --omit dev` leaves out packages that are also for development.
 * `also`: what is delivered together with them.
 */
export function sbomOfLock(lock: Lock, seconds: number, also: readonly Component[] = []): object {
  const runtime = Object.keys(lock.packages).filter((path) => isRuntime(lock, path));
  const components = [...runtime.map((path) => componentOf(lock, path)), ...also];
  const dependencies = ["", ...runtime].map((path) => dependenciesOf(lock, path));
  // No time of day and nothing random: the same parts give the same bytes.
  const content = {
    metadata: { timestamp: new Date(seconds * 1000).toISOString(), component: componentOf(lock, "") },
    components: components.toSorted((a, b) => (a["bom-ref"] < b["bom-ref"] ? -1 : 1)),
    dependencies: dependencies.toSorted((a, b) => (a.ref < b.ref ? -1 : 1)),
  };
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    serialNumber: `urn:uuid:${uuidOf(JSON.stringify(content))}`,
    version: 1,
    ...content,
  };
}

function isRuntime(lock: Lock, path: string): boolean {
  const { dev, link } = lock.packages[path] ?? {};
  // A link is a folder of the repository: the pin of the runtime.
  return path.startsWith("node_modules/") && dev !== true && link !== true;
}

function componentOf(lock: Lock, path: string): Component {
  const { version = lock.version, integrity, license } = lock.packages[path] ?? {};
  const name = path === "" ? lock.name : path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
  return {
    type: path === "" ? "application" : "library",
    "bom-ref": refOf(lock, path),
    name,
    version,
    purl: `pkg:npm/${name.replace("@", "%40")}@${version}`,
    ...(license === undefined ? {} : { licenses: [licenceOf(license)] }),
    ...(integrity === undefined ? {} : { hashes: [hashOf(integrity)] }),
  };
}

/** The path distinguishes two installations of one version. */
function refOf(lock: Lock, path: string): string {
  return path === "" ? `${lock.name}@${lock.version}` : `${path}@${lock.packages[path]?.version}`;
}

function licenceOf(license: string): object {
  return /[ ()]/.test(license) ? { expression: license } : { license: { id: license } };
}

function hashOf(integrity: string): { readonly alg: string; readonly content: string } {
  const [, base64 = ""] = /^sha512-(\S+)$/.exec(integrity) ?? [];
  if (base64 === "") throw new Error(`not one SHA-512: ${integrity}`);
  return { alg: "SHA-512", content: Buffer.from(base64, "base64").toString("hex") };
}

function dependenciesOf(lock: Lock, path: string): Dependencies {
  const { dependencies, optionalDependencies, peerDependencies } = lock.packages[path] ?? {};
  const names = Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies });
  const found = names.map((name) => resolve(lock, path, name)).filter((used) => used !== undefined);
  return { ref: refOf(lock, path), dependsOn: found.map((used) => refOf(lock, used)).sort() };
}

/** As Node finds it: next to the package that uses it, or in a folder above. */
function resolve(lock: Lock, path: string, name: string): string | undefined {
  for (let at = path; ; at = at.slice(0, Math.max(at.lastIndexOf("/node_modules/"), 0))) {
    const candidate = at === "" ? `node_modules/${name}` : `${at}/node_modules/${name}`;
    if (isRuntime(lock, candidate) && lock.packages[candidate] !== undefined) return candidate;
    if (at === "") return undefined;
  }
}

function uuidOf(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  const variant = "89ab"[Number.parseInt(hex.slice(16, 17), 16) % 4];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
