import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fillTemplate } from "../../src/cli/run/template.ts";
import { type BundledOo, bundleOo } from "../support/cli/bundled-oo.ts";
import { runProgram } from "../support/cli/run-process.ts";
import { type CliService, startCliService } from "../support/cli/service.ts";

let service: CliService;
let program: BundledOo;
const bytes = Buffer.of(0x30, 0, 0xff, 0x1b, 10);

beforeAll(async () => {
  service = await startCliService();
  program = bundleOo();
  writeFileSync(join(service.folder, "cert.p12"), bytes);
  await service.admin(["secret", "save", "tls/CERT", "--file", "cert.p12"]);
  await service.admin(["secret", "save", "app/URL", "postgres://{{ .value }}"]);
  await service.admin(["secret", "save", "app/KEY", "k"]);
});
afterAll(async () => {
  program.remove();
  await service.stop();
});

const env = () => ({ OO_URL: service.server.url, OO_TOKEN: service.server.adminToken });
const oo = (...args: string[]) => runProgram(program.oo, ["secret", ...args], { env: env(), cwd: service.folder });

test("threat 227: a mounted file is private, holds the bytes, and is gone when the command has ended", async () => {
  const script = 'stat -c %a "$CERT" "$(dirname "$CERT")"; cmp "$CERT" cert.p12 && echo "$CERT"; exit 7';
  const run = await oo("run", "--mount", "CERT=tls/CERT:cert.p12", "--", "sh", "-c", script);
  expect(run.code).toBe(7);
  const [mode, folderMode, path = ""] = run.stdout.split("\n");
  expect([mode, folderMode]).toEqual(["600", "700"]);
  expect(path).toMatch(/\/cert\.p12$/);
  expect(existsSync(path)).toBe(false);
});

test("a template is filled, and what a value holds is not part of it", async () => {
  const template = 'url={{ secret "app/URL" }}\n{{ range -}}\n{{ .name }}={{ .value }} ({{ .key }})\n{{ end }}end\n';
  writeFileSync(join(service.folder, "app.tmpl"), template);
  const target = join(service.folder, "app.conf");
  const run = await oo("run", "-n", "app", "--template", `app.tmpl:${target}`, "--", "cat", target);
  expect(run).toMatchObject({ code: 0, stderr: "" });
  const url = "postgres://{{ .value }}";
  expect(run.stdout).toBe(`url=${url}\nKEY=k (app/KEY)\nURL=${url} (app/URL)\nend\n`);
  expect(existsSync(target)).toBe(false);
});

test("threat 227: a file that is there is not replaced, and no path leads out of the private folder", async () => {
  const target = join(service.folder, "taken");
  writeFileSync(target, "mine");
  const taken = await oo("run", "--mount", `CERT=tls/CERT:${target}`, "--", "true");
  expect(taken).toMatchObject({ code: 1, stdout: "" });
  expect(taken.stderr).toContain("exists, and is not replaced");
  expect(readFileSync(target, "utf8")).toBe("mine");
  for (const file of ["../x", "a/b", ".."]) {
    expect((await oo("run", "--mount", `CERT=tls/CERT:${file}`, "--", "true")).code).toBe(2);
  }
  expect((await oo("run", "--watch", "--mount", "CERT=tls/CERT:c", "--", "true")).code).toBe(2);
});

test("a template with a mistake starts nothing, and says where it is", async () => {
  for (const [text, says] of [
    ["\n{{ secret app }}", 'bad.tmpl:2: must be {{ secret "KEY" }}'],
    ["{{ range }}", "bad.tmpl:1: {{ range }} without {{ end }}"],
    ["a\nb {{ secret", "bad.tmpl:2: {{ without }}"],
    ["{{- range -}}{{ .name }}\n{{ end }\n", "bad.tmpl:2: {{ without }}"],
    ["{{ .value }}", "bad.tmpl:1: {{ .value }} outside of {{ range }}"],
    ['{{ secret "app/NONE" }}', "not found, or not readable by you: app/NONE"],
    ['{{ secret "tls/CERT" }}', "bad.tmpl: tls/CERT is bytes"],
  ] as const) {
    writeFileSync(join(service.folder, "bad.tmpl"), text);
    const run = await oo("run", "--template", "bad.tmpl:out", "--", "echo", "started");
    expect(run).toMatchObject({ code: 1, stdout: "" });
    expect(run.stderr).toContain(says);
  }
});

test("threat 226: bytes do not become a variable, and reach a file as they are", async () => {
  const run = await oo("run", "-n", "tls", "--", "true");
  expect(run.code).toBe(1);
  expect(run.stderr).toContain("tls/CERT: is bytes, which no environment can hold");
  const get = `"${program.oo}" secret get tls/CERT > copy.p12 && cmp copy.p12 cert.p12`;
  expect(await runProgram("/bin/sh", ["-c", get], { env: env(), cwd: service.folder })).toMatchObject({ code: 0 });
});

test("a file that cannot be removed is named, and the others are removed", async () => {
  const [nonEmpty, other] = [join(service.folder, "made-folder"), join(service.folder, "other")];
  const script = `rm "$A"; mkdir "$A"; exit 3`;
  const run = await oo(
    "run",
    "--mount",
    `A=app/KEY:${nonEmpty}`,
    "--mount",
    `B=app/KEY:${other}`,
    "--",
    "sh",
    "-c",
    script,
  );
  expect(run).toMatchObject({ code: 3, stderr: expect.stringContaining(`${nonEmpty} cannot be removed`) });
  expect(existsSync(other)).toBe(false);
});

test("a key with / is a whole key in --map, --mount and templates; without, the last namespace is read first", async () => {
  for (const key of ["one/M", "two/M", "one/two/M"]) await service.admin(["secret", "save", key, `of ${key}`]);
  const within = ["-n", "one", "-q", "--mount", "FILE=two/M:m"];
  const whole = await oo("run", ...within, "--map", "A=two/M", "--", "sh", "-c", 'cat "$FILE"; echo ",$A,$M"');
  expect(whole.stdout).toBe("of two/M,of two/M,of one/M\n");
  writeFileSync(join(service.folder, "two.tmpl"), '{{ secret "two/M" }},{{ secret "M" }}');
  const target = join(service.folder, "two.txt");
  const filled = await oo("run", "-n", "one", "-q", "--template", `two.tmpl:${target}`, "--", "cat", target);
  expect(filled.stdout).toBe("of two/M,of one/M");
});

test("a mounted key is a variable also where --map says so, which adds no others", async () => {
  const owner = await service.addUser("owner");
  for (const key of ["owner/A", "owner/B"]) await service.as(owner, ["secret", "save", key, `of ${key}`]);
  const args = ["--mount", "FILE=owner/A:a", "--map", "X=owner/A", "--"];
  const run = await runProgram(program.oo, ["secret", "run", ...args, "sh", "-c", 'cat "$FILE"; echo ",$X,$A,$B"'], {
    env: { ...env(), OO_TOKEN: owner },
    cwd: service.folder,
  });
  expect(run).toMatchObject({ code: 0, stdout: "of owner/A,of owner/A,,\n" });
});

test("a mount reads nothing that the namespaces have read", async () => {
  for (const key of ["hidden/S", "hidden/T", "hiding/S"]) await service.admin(["secret", "save", key, "x"]);
  const mounts = ["--mount", "A=S:a", "--mount", "B=T:b"];
  const run = await oo("run", "-n", "hidden", "-n", "hiding", ...mounts, "--", "true");
  expect(run).toMatchObject({ code: 0 });
  const readsOf = async (key: string) => {
    const { stdout } = await service.admin(["audit", "list", "--action", "secret.read", "--key", key, "-o", "json"]);
    return JSON.parse(stdout).length;
  };
  // For the namespaces; the mounts take what was read.
  expect([await readsOf("hidden/S"), await readsOf("hidden/T"), await readsOf("hiding/S")]).toEqual([1, 1, 1]);
});

test("a name that two mounts have is refused", async () => {
  const run = await oo("run", "--mount", "A=app/KEY:a", "--mount", "A=app/URL:b", "--", "true");
  expect(run).toMatchObject({ code: 2, stderr: expect.stringContaining("--mount has the name A twice") });
});

test("a name that a mount and --map have is refused", async () => {
  const run = await oo("run", "--mount", "A=app/KEY:a", "--map", "A=app/URL", "--", "true");
  expect(run).toMatchObject({ code: 2, stderr: expect.stringContaining("--map and --mount both have the name A") });
});

test("a tag without an end is an error, at once", () => {
  const text = `\n{{${" ".repeat(100_000)}x`;
  expect(() => fillTemplate("t", text, [], () => undefined)).toThrow("t:2: {{ without }}");
});
