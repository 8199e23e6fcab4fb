import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createOutput } from "../../src/cli/print/output.ts";
import { printValue, tableValue } from "../../src/cli/print/shown-value.ts";
import { type CliService, startCliService } from "../support/cli/service.ts";

let service: CliService;
const bytes = Buffer.of(0x30, 0x82, 0, 0xff, 0xc3, 0x28, 0x1b, 10);
const base64 = bytes.toString("base64");

beforeAll(async () => {
  service = await startCliService();
  writeFileSync(join(service.folder, "cert.p12"), bytes);
  writeFileSync(join(service.folder, "cert.pem"), "-----BEGIN\n");
});
afterAll(() => service.stop());

const secret = (...args: string[]) => service.admin(["secret", ...args]);
const file = (name: string) => join(service.folder, name);
const shown = async (key: string) => JSON.parse((await secret("get", key, "-o", "json")).stdout);

test("a file that is not text is stored as bytes, and a text as text unless it is asked otherwise", async () => {
  const saved = await secret("save", "bytes/CERT", "--file", file("cert.p12"));
  expect(saved).toMatchObject({ code: 0, stdout: "created bytes/CERT (version 1)\n" });
  expect(saved.stderr).toContain("is not text: its value is stored as bytes");
  expect(await shown("bytes/CERT")).toMatchObject({ valueBytes: base64 });
  await secret("save", "text/PEM", "--file", file("cert.pem"));
  expect(await shown("text/PEM")).toMatchObject({ value: "-----BEGIN\n" });
  await secret("save", "text/PEM", "--file", file("cert.pem"), "--bytes");
  expect(await shown("text/PEM")).toMatchObject({ valueBytes: Buffer.from("-----BEGIN\n").toString("base64") });
  expect((await secret("save", "text/PEM", "v", "--file", file("cert.pem"))).code).toBe(2);
  expect((await secret("save", "text/PEM", "--bytes")).code).toBe(2);
  expect((await secret("save", "text/NONE", "--file", file("none"))).stderr).toContain("cannot read");
});

test("threat 226: bytes reach no environment and no format that would change them", async () => {
  for (const format of ["dotenv", "shell", "docker-env"]) {
    const refused = await secret("export", "-n", "bytes", "--format", format);
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toContain("bytes/CERT: is bytes, which this format cannot carry");
  }
  const json = await secret("export", "-n", "bytes", "--format", "json");
  expect(JSON.parse(json.stdout)).toEqual({ CERT: base64 });
  expect((await secret("export", "-n", "bytes", "--format", "k8s")).stdout).toMatch(/CERT: "?MIIA/);
  expect((await secret("list", "-n", "bytes")).stdout).not.toContain(base64);
  expect((await secret("edit", "bytes/CERT")).stderr).toContain("is bytes, which no editor of text keeps");
});

test("a Kubernetes Secret is imported with its bytes, also into sealed files", async () => {
  const data = { "CERT.p12": base64, TEXT: Buffer.from("text").toString("base64") };
  writeFileSync(
    file("k8s.json"),
    JSON.stringify({ apiVersion: "v1", kind: "Secret", metadata: { name: "web" }, data }),
  );
  const args = ["import", "-q", "--from", "kubernetes", file("k8s.json")];
  expect(await secret(...args, "-n", "k8s")).toMatchObject({ code: 0, stderr: "" });
  expect(await shown("k8s/CERT.p12")).toMatchObject({ valueBytes: base64 });
  expect(await shown("k8s/TEXT")).toMatchObject({ value: "text" });
  expect((await secret(...args, "-n", "k8s")).stdout).toMatch(/^unchanged.*\nunchanged.*\n$/);
  expect(await secret(...args, "-n", "k8s-git", "--seal", file("git.yaml"))).toMatchObject({ code: 0 });
  expect(await secret("save", file("git.yaml"))).toMatchObject({ code: 0 });
  expect(await shown("k8s-git/CERT.p12")).toMatchObject({ valueBytes: base64 });
});

test("resealing for another key keeps the bytes", async () => {
  const { stdout } = await secret("encrypt", "bytes/OLD", "--file", file("cert.p12"));
  writeFileSync(file("renamed.yaml"), stdout.replace("key: bytes/OLD", "key: bytes/NEW").replace(/^id: .*\n/m, ""));
  expect(await secret("reseal", file("renamed.yaml"))).toMatchObject({
    code: 0,
    stdout: "Resealed 1 value in 1 file.\n",
  });
  expect(await secret("save", file("renamed.yaml"))).toMatchObject({ code: 0 });
  expect(await shown("bytes/NEW")).toMatchObject({ valueBytes: base64 });
});

test("YAML has them as !!binary, which reads back as the same bytes", async () => {
  const { stdout } = await secret("list", "-n", "bytes", "--show");
  expect(stdout).toContain(`value: !!binary "${base64}"`);
  writeFileSync(file("all.yaml"), stdout);
  expect((await secret("save", file("all.yaml"))).stdout).toContain("unchanged");
  const block = `key: yaml/BLOCK\nvalue: !!binary |\n  ${base64.slice(0, 4)}\n  ${base64.slice(4)}\nowner: admin\n`;
  writeFileSync(file("block.yaml"), block);
  await secret("save", file("block.yaml"));
  expect(await shown("yaml/BLOCK")).toMatchObject({ valueBytes: base64 });
  for (const [wrong, says] of [
    ["key: yaml/A\nvalue: !!binary '@'\n", "not valid base64"],
    [`key: yaml/A\nvalue: !!binary ${base64}\nencrypted: true\n`, "a sealed value is a text"],
    [`key: yaml/A\nvalue: a\nowner: !!binary ${base64}\n`, "tags (!) are not supported"],
    ["key: yaml/A\nvalue: !!str a\n", "tags (!) are not supported"],
  ] as const) {
    writeFileSync(file("wrong.yaml"), wrong);
    expect((await secret("save", file("wrong.yaml"))).stderr).toContain(says);
  }
  const linted = await secret("lint", file("block.yaml"));
  expect(linted.stdout + linted.stderr).toContain("value is not sealed");
  for (const text of [block, `key: yaml/BLOCK\nvalue: !!binary "${base64}"\n`]) {
    writeFileSync(file("seal.yaml"), text);
    expect((await secret("seal", file("seal.yaml"))).stdout).toContain("Sealed 1 value in 1 file");
    expect((await secret("save", file("seal.yaml"))).code).toBe(0);
    expect(await shown("yaml/BLOCK")).toMatchObject({ valueBytes: base64 });
  }
});

test("a sealed file of bytes is saved and opened as bytes", async () => {
  const sealed = await secret("encrypt", "bytes/SEALED", "--file", file("cert.p12"));
  writeFileSync(file("sealed.yaml"), sealed.stdout);
  expect((await secret("save", file("sealed.yaml"))).code).toBe(0);
  expect(await shown("bytes/SEALED")).toMatchObject({ valueBytes: base64 });
});

test("a terminal gets the size of bytes, and not the bytes", async () => {
  const stdout = Object.assign(new PassThrough(), { isTTY: true });
  const terminal = createOutput({ stdout, stderr: new PassThrough(), exit: () => undefined, mayColour: false });
  for (const [size, shownSize] of [
    [1, "1 byte"],
    [2, "2 bytes"],
  ] as const) {
    const message = `the value of a/B is not text (${shownSize}), and is not shown on a terminal`;
    await expect(printValue(terminal, new Uint8Array(size), "a/B")).rejects.toThrow(message);
    expect(tableValue(new Uint8Array(size))).toBe(`(${shownSize})`);
  }
  expect(stdout.read()).toBeNull();
});
