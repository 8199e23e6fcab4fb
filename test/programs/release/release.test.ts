import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, globSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { untilReady } from "../../../bench/processes.ts";
import { runOoProcess, runProgram } from "../../support/cli/run-process.ts";
import { runAction, runComponent } from "../../support/deploy/runners.ts";
import { repository } from "../../support/docs/markdown.ts";
import { freePort } from "../../support/mongo/free-port.ts";
import { needDebianProgram } from "../../support/programs/debian-program.ts";
import { lastCommit, makeRelease, type Release, type Start, unpackImage } from "../../support/programs/release.ts";

// Two releases from two clean clones, and then nothing but what is in one of them. Linux on x64.

const work = mkdtempSync(join(tmpdir(), "release-test-"));
/** Where `chroot` is; not everyone has it on their path. */
const pathOfRoot = "/usr/sbin:/sbin";
const inWork = (name: string) => join(work, name);
let release: Release;
let again: Release;

beforeAll(async () => {
  const commit = await lastCommit();
  release = await makeRelease(commit);
  again = await makeRelease(commit);
});
afterAll(() => {
  release[Symbol.dispose]();
  again[Symbol.dispose]();
  rmSync(work, { recursive: true, force: true });
});

/** Runs a program that must succeed, and answers its output. */
async function ran(program: string, args: readonly string[], env: Record<string, string> = {}): Promise<string> {
  const PATH = `${env.PATH ?? process.env.PATH}:${pathOfRoot}`;
  const ended = await runProgram(program, args, { env: { ...env, PATH }, cwd: work });
  expect(ended, `${program} ${args.join(" ")}`).toMatchObject({ code: 0 });
  return ended.stdout;
}

/** What tools that download find of this machine: its registries and certificate authorities. */
const installing = Object.fromEntries(Object.entries(process.env).map(([name, value = ""]) => [name, value]));

describe("the files", () => {
  test("are all in SHA256SUMS, which is signed", async () => {
    const cwd = release.folder;
    expect(await runProgram("sha256sum", ["--check", "--strict", "--quiet", "SHA256SUMS"], { cwd })).toEqual({
      code: 0,
      stdout: "",
      stderr: "",
    });
    const listed = readFileSync(release.file("SHA256SUMS"), "utf8").match(/(?<= {2})\S+$/gm);
    const signature = ["SHA256SUMS", "SHA256SUMS.pub", "SHA256SUMS.sig"];
    expect([...(listed ?? []), ...signature].sort()).toEqual(readdirSync(cwd).sort());
    const verify = ["pkeyutl", "-verify", "-pubin", "-inkey", release.publicKey, "-rawin", "-in", "SHA256SUMS"];
    expect(await runProgram("openssl", [...verify, "-sigfile", "SHA256SUMS.sig"], { cwd })).toMatchObject({ code: 0 });
  });

  test("have the same bytes in every build", () => {
    expect(readFileSync(again.file("SHA256SUMS"), "utf8")).toBe(readFileSync(release.file("SHA256SUMS"), "utf8"));
  });

  test("are those that docs/releasing.md names, each with the licence", async () => {
    const packages = readdirSync(release.folder).filter((name) => /\.(?:tgz|tar\.gz|whl|jar)$/.test(name));
    const { version } = release;
    const machines = ["linux-x64", "linux-arm64", "darwin-arm64", "darwin-x64", "win-x64"];
    expect(packages).toEqual(
      expect.arrayContaining([
        ...machines.map((machine) => `oo-${version}-${machine}.tar.gz`),
        ...["", "-sources", "-javadoc"].map((kind) => `secret-svc-client-${version}${kind}.jar`),
        `secret-svc-${version}.tgz`,
        `secret-svc-client-${version}.tgz`,
        `secret_svc-${version}.tar.gz`,
        `secret_svc-${version}-py3-none-any.whl`,
      ]),
    );
    for (const name of packages) {
      const isZip = /\.(?:whl|jar)$/.test(name);
      const [program, ...args] = isZip ? ["python3", "-m", "zipfile", "-l"] : ["tar", "-tzf"];
      expect(await ran(program ?? "", [...args, release.file(name)]), name).toMatch(/(?:^|\/)LICENSE\b/m);
    }
  });

  test("have the words of the changelog for the tag", () => {
    const words = readFileSync(release.file("tag.txt"), "utf8");
    expect(words.startsWith(`secret-svc ${release.version}\n\n### `)).toBe(true);
    const changelog = readFileSync(join(release.folder, "../../CHANGELOG.md"), "utf8");
    expect(changelog).toContain(words.slice(words.indexOf("###")).trim());
  });
});

describe("from the release alone", () => {
  const image = inWork("image");
  let start: Start;
  let stop: () => Promise<void>;
  let url: string;
  let token: string;

  beforeAll(async () => {
    start = await unpackImage(release.file(`secret-svc-${release.version}.oci.tar`), "amd64", image);
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    const PATH = `${start.env.PATH}:${pathOfRoot}`;
    const env = { ...start.env, PATH, SECRET_SVC_LISTEN: `127.0.0.1:${port}` };
    const child = spawn("chroot", [`--userspec=${start.user}`, image, ...start.command], { env, stdio: "inherit" });
    const ended = once(child, "close");
    stop = async () => {
      child.kill();
      await ended;
    };
    const ready = untilReady(async () => (await fetch(`${url}/healthz`)).ok);
    await Promise.race([ready, ended.then(([code]) => Promise.reject(new Error(`the service ended with ${code}`)))]);
    token = readFileSync(join(image, "data/admin.token"), "utf8").trim();
    await runOoProcess(["secret", "save", "READ", "value"], { env: { OO_URL: url, OO_TOKEN: token } });
  });
  afterAll(() => stop());

  test("a root with oo and the shared libraries that it needs saves the first secret in the image's service", async () => {
    const root = await rootWith("root", image, "linux-x64");
    const oo = (...args: string[]) => ran("chroot", [root, "/oo", ...args], { OO_URL: url, OO_TOKEN: token });
    expect(await oo("secret", "save", "FIRST", "value")).toBe("created FIRST (version 1)\n");
    expect(await oo("secret", "get", "FIRST")).toBe("value");
  });

  test("the same on arm64, as far as an emulator shows", async (context) => {
    const emulator = await needDebianProgram(context, {
      name: "qemu-aarch64-static",
      packages: ["qemu-user-static"],
      file: "usr/bin/qemu-aarch64-static",
    });
    const image64 = inWork("image-arm64");
    await unpackImage(release.file(`secret-svc-${release.version}.oci.tar`), "arm64", image64);
    const root = await rootWith("root-arm64", image64, "linux-arm64");
    cpSync(emulator.path, join(root, "qemu"));
    const env = { OO_URL: url, OO_TOKEN: token };
    const oo = (...args: string[]) => ran("chroot", [root, "/qemu", "/oo", ...args], env);
    expect(await oo("--version")).toBe(`${release.version}\n`);
    expect(await oo("secret", "save", "ARM64", "value")).toBe("created ARM64 (version 1)\n");
  });

  test("there is no shell in the image, and its files belong to root", async () => {
    expect(globSync("**/{sh,bash,busybox,apt,dpkg}", { cwd: image })).toEqual([]);
    const others = await ran("find", [image, "-not", "-user", "root", "-not", "-path", `${image}/data*`]);
    expect(others).toBe("");
    expect(await ran("find", [image, "-perm", "/022", "-not", "-type", "l"])).toBe(`${image}/tmp\n`);
  });

  test("the bill of materials has the packages in the image", () => {
    const installed = globSync("**/node_modules/{*,@*/*}/package.json", { cwd: join(image, "app") })
      .filter((path) => /node_modules\/(?:@[^/]+\/)?[^/@]+\/package\.json$/.test(path))
      .map((path) => JSON.parse(readFileSync(join(image, "app", path), "utf8")))
      .map(({ name, version }) => `${name}@${version}`);
    expect(installed.length).toBeGreaterThan(30);
    const read = (name: string): { name: string; version: string; purl: string }[] =>
      JSON.parse(readFileSync(release.file(`secret-svc-${release.version}${name}`), "utf8")).components;
    const named = (components: ReturnType<typeof read>) =>
      components.filter(({ purl }) => purl.startsWith("pkg:npm/")).map(({ name, version }) => `${name}@${version}`);
    expect(named(read(".cdx.json")).sort()).toEqual(installed.sort());
    expect(named(read(".image.cdx.json")).sort()).toEqual(installed.sort());
    const others = read(".image.cdx.json").filter(({ purl }) => !purl.startsWith("pkg:npm/"));
    expect(others.map(({ purl }) => purl.replace(/@.*?(?=\?|$)/, ""))).toEqual(
      expect.arrayContaining([
        "pkg:generic/node",
        "pkg:deb/debian/libc6?arch=amd64",
        "pkg:deb/debian/libc6?arch=arm64",
      ]),
    );
  });

  test("the npm package has the programs", async () => {
    const prefix = inWork("npm");
    await ran(
      "npm",
      ["install", "--global", "--silent", "--prefix", prefix, release.file(`secret-svc-${release.version}.tgz`)],
      installing,
    );
    expect(await ran(join(prefix, "bin/oo"), ["--version"])).toBe(`${release.version}\n`);
    expect(await ran(join(prefix, "bin/oo"), ["secret", "get", "READ"], { OO_URL: url, OO_TOKEN: token })).toBe(
      "value",
    );
    expect(await ran(join(prefix, "bin/secret-svc"), ["--version"])).toBe(`${release.version}\n`);
  });

  test("the wheel reads a secret", async () => {
    const python = inWork("python");
    await ran("python3", ["-m", "venv", python]);
    const wheel = release.file(`secret_svc-${release.version}-py3-none-any.whl`);
    await ran(join(python, "bin/pip"), ["install", "--quiet", "--disable-pip-version-check", wheel], installing);
    const program = 'from secret_svc import SecretClient\nwith SecretClient() as c: print(c.get("READ").reveal())';
    const env = { OO_URL: url, OO_TOKEN: token };
    expect(await ran(join(python, "bin/python"), ["-c", program], env)).toBe("value\n");
  });

  test("the TypeScript client reads a secret", async () => {
    const folder = inWork("typescript");
    mkdirSync(folder);
    const tarball = release.file(`secret-svc-client-${release.version}.tgz`);
    await ran("npm", ["install", "--silent", "--prefix", folder, tarball], installing);
    const program =
      'import { SecretClient } from "@secret-svc/client"; console.log((await new SecretClient().get("READ")).reveal())';
    const ended = await runProgram("node", ["--input-type=module", "--eval", program], {
      cwd: folder,
      env: { OO_URL: url, OO_TOKEN: token },
    });
    expect(ended).toMatchObject({ code: 0, stdout: "value\n" });
  });

  test("jobs of GitHub and GitLab get oo from it", async () => {
    const server = spawn("python3", ["-m", "http.server", "--bind", "127.0.0.1", "0"], {
      cwd: release.folder,
      env: { ...process.env, PYTHONUNBUFFERED: "1" },
    });
    try {
      const [line] = (await once(server.stdout, "data")) as [Buffer];
      const inputs = {
        version: release.version,
        release: `http://127.0.0.1:${/port (\d+)/.exec(line.toString())?.[1]}`,
        "release-key": readFileSync(release.publicKey, "utf8"),
        url,
      };
      const env = { PATH: process.env.PATH ?? "", OO_TOKEN: token };
      const job = 'test "$(oo secret get READ)" = value && echo read';
      for (const name of ["github", "gitlab"]) mkdirSync(inWork(name));
      const action = join(repository, "deploy/github/action.yml");
      expect(await runAction(action, inputs, job, inWork("github"), env)).toMatchObject({ code: 0, stdout: "read\n" });
      const component = join(repository, "deploy/gitlab/oo.yml");
      const onGitLab = await runComponent(component, ".oo", inputs, job, { ...env, CI_PROJECT_DIR: inWork("gitlab") });
      expect(onGitLab).toMatchObject({ code: 0, stdout: `${release.version}\nread\n` });
    } finally {
      server.kill();
    }
  });

  test("buildah reads the image", async (context) => {
    const found = await needDebianProgram(context, { name: "buildah", packages: ["buildah"], file: "usr/bin/buildah" });
    const storage = ["--root", inWork("storage"), "--runroot", inWork("run"), "--storage-driver", "vfs"];
    const buildah = (...args: string[]) => ran(found.path, [...storage, ...args], { ...found.env, HOME: work });
    const policy = ["--signature-policy", join(found.root, "etc/containers/policy.json")];
    const archive = `oci-archive:${release.file(`secret-svc-${release.version}.oci.tar`)}`;
    const container = (await buildah("from", "--quiet", ...policy, archive)).trim();
    const { OCIv1, Manifest } = JSON.parse(await buildah("inspect", container));
    expect(OCIv1.config).toMatchObject({ User: start.user, Cmd: ["serve"] });
    expect(JSON.parse(Manifest).layers).toHaveLength(2);
  });
});

/** A folder with `oo` from its archive, and the libraries of an image. */
async function rootWith(name: string, image: string, machine: string): Promise<string> {
  const root = inWork(name);
  mkdirSync(root);
  await ran("tar", ["-xzf", release.file(`oo-${release.version}-${machine}.tar.gz`), "-C", root, "oo"]);
  for (const folder of readdirSync(image).filter((entry) => entry.startsWith("lib"))) {
    cpSync(join(image, folder), join(root, folder), { recursive: true });
  }
  return root;
}
