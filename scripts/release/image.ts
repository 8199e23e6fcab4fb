import { copyFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Architecture, amd64, arm64, librariesFor } from "./debian-libraries.ts";
import { entriesOf } from "./folder-entries.ts";
import { machines, nodeFor, nodeLicence } from "./node-packages.ts";
import { servicePackage } from "./npm-packages.ts";
import { type Image, ociArchive } from "./oci.ts";
import { run } from "./run.ts";
import { type Component, sbomOfLock } from "./sbom.ts";
import type { Source } from "./source.ts";
import { startOf } from "./start-of-service.ts";
import type { Entry } from "./tar.ts";

/** The user of the service, who owns nothing in the image but the folder of the data. */
const user = 10001;

/**
 * The image, from scratch: Node, the shared libraries that it needs, and the service. There is no shell and no package
 * manager in it. Next to it is its bill of materials.
 */
export function packImage(source: Source, to: string): void {
  const work = join(source.work, "image");
  mkdirSync(work);
  const application = applicationOf(source, join(work, "app"));
  const components: Component[] = [nodeComponent()];
  const images = [amd64, arm64].map((architecture): Image => {
    const libraries = librariesFor(architecture, work);
    components.push(...libraries.components);
    return {
      architecture: architecture.debian,
      config: configOf(source),
      layers: [[...system(), ...nodeOf(architecture, source, work), ...libraries.entries], application],
    };
  });
  const name = `secret-svc-${source.version}`;
  writeFileSync(join(to, `${name}.oci.tar`), ociArchive(images, "secret-svc", source.version, source.seconds));
  const lock = JSON.parse(readFileSync(join(source.folder, "package-lock.json"), "utf8"));
  const sbom = sbomOfLock(lock, source.seconds, components);
  writeFileSync(join(to, `${name}.image.cdx.json`), `${JSON.stringify(sbom, null, 2)}\n`);
}

/** The published package, and next to it what package-lock.json installs for it. */
function applicationOf(source: Source, folder: string): readonly Entry[] {
  const [packed, name] = servicePackage(source);
  mkdirSync(folder);
  for (const file of ["package.json", "package-lock.json", ".npmrc"]) {
    copyFileSync(join(source.folder, file), join(folder, file));
  }
  cpSync(join(source.folder, "scripts/runtime"), join(folder, "scripts/runtime"), { recursive: true });
  run("npm", ["ci", "--omit=dev", "--ignore-scripts", "--silent"], { cwd: folder });
  run("tar", ["-xzf", join(packed, name), "-C", folder, "--strip-components", "1"], { cwd: folder });
  const wanted = /^app(?:\/(?:package\.json|LICENSE|(?:node_modules|dist)(?:\/.*)?|docs(?:\/openapi\.json)?))?$/;
  // npm's note about what it has installed, with where from.
  const left = /^app\/(?:node_modules\/(?:\.package-lock\.json|\.bin)|dist\/man)(?:\/|$)/;
  return entriesOf(folder, "app").filter(({ path }) => wanted.test(path) && !left.test(path));
}

function nodeOf({ debian }: Architecture, source: Source, work: string): readonly Entry[] {
  const machine = machines.find(({ name }) => name === `linux-${debian === "amd64" ? "x64" : debian}`);
  if (machine === undefined) throw new Error(`there is no Node for ${debian}`);
  const executable = readFileSync(join(nodeFor(machine, source, work), machine.executable));
  return [
    { path: "usr/bin/node", kind: "file", mode: 0o755, content: executable },
    { path: "usr/share/doc/node/copyright", kind: "file", mode: 0o644, content: nodeLicence(source) },
  ];
}

/** Folders, and the files that the C library reads. */
function system(): readonly Entry[] {
  const file = (path: string, text: string): Entry => ({
    path,
    kind: "file",
    mode: 0o644,
    content: Buffer.from(text),
  });
  return [
    { path: "tmp", kind: "folder", mode: 0o1777 },
    { path: "data", kind: "folder", mode: 0o700, owner: user },
    file("etc/passwd", `root:x:0:0::/:/\nsecret-svc:x:${user}:${user}::/data:/\n`),
    file("etc/group", `root:x:0:\nsecret-svc:x:${user}:\n`),
    file("etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n"),
  ];
}

function configOf({ folder, version, commit }: Source): object {
  const { flags, environment } = startOf(folder);
  const settings = {
    ...environment,
    PATH: "/usr/bin",
    NODE_ENV: "production",
    SECRET_SVC_DATA_DIR: "/data",
    SECRET_SVC_LISTEN: "0.0.0.0:11337",
    SECRET_SVC_LOG_FORMAT: "json",
  };
  return {
    User: `${user}:${user}`,
    ExposedPorts: { "11337/tcp": {} },
    Env: Object.entries(settings).map(([name, value]) => `${name}=${value}`),
    Entrypoint: ["/usr/bin/node", ...flags, "/app/dist/src/main.js"],
    Cmd: ["serve"],
    Volumes: { "/data": {} },
    WorkingDir: "/app",
    Labels: {
      "org.opencontainers.image.title": "secret-svc",
      "org.opencontainers.image.licenses": "Apache-2.0",
      "org.opencontainers.image.version": version,
      "org.opencontainers.image.revision": commit,
    },
  };
}

function nodeComponent(): Component {
  const version = process.versions.node;
  const purl = `pkg:generic/node@${version}`;
  return { type: "platform", "bom-ref": purl, name: "node", version, purl };
}
