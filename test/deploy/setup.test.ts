import { createHash, generateKeyPairSync } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadAll } from "js-yaml";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { signFile, writeSums } from "../../scripts/release/sums.ts";
import { tarGz } from "../../scripts/release/tar.ts";
import { type Ended, runAction, runComponent } from "../support/deploy/runners.ts";
import { repository } from "../support/docs/markdown.ts";

// What puts `oo` on the path of jobs, with a release of one small program. test/programs/release has a real one.

const deploy = join(repository, "deploy");
const folder = mkdtempSync(join(tmpdir(), "setup-"));
const machine = `${process.platform}-${process.arch}`;
const archive = `oo-1.2.3-${machine}.tar.gz`;
const { privateKey, publicKey } = generateKeyPairSync("ed25519");
const pem = publicKey.export({ type: "spki", format: "pem" }).toString();
const otherPem = generateKeyPairSync("ed25519").publicKey.export({ type: "spki", format: "pem" }).toString();
let files: Map<string, Buffer>;
let server: Server;
let release: string;

beforeAll(async () => {
  const made = join(folder, "release");
  mkdirSync(made);
  const program = Buffer.from('#!/bin/sh\nOO_URL=$OO_URL\n[ "$OO_URL" ] || OO_URL=nowhere\necho "oo $OO_URL"\n');
  writeFileSync(join(made, archive), tarGz([{ path: "oo", kind: "file", mode: 0o755, content: program }], 0));
  writeFileSync(join(folder, "key.pem"), privateKey.export({ type: "pkcs8", format: "pem" }));
  signFile(writeSums(made), join(folder, "key.pem"));
  const names = [archive, "SHA256SUMS", "SHA256SUMS.sig"];
  files = new Map(names.map((name) => [name, readFileSync(join(made, name))]));
  server = createServer((request, response) => {
    const content = files.get(request.url?.slice(1) ?? "");
    response.writeHead(content === undefined ? 404 : 200).end(content);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  release = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

type Inputs = Readonly<Record<string, string>>;

const runners: Readonly<Record<string, (inputs: Inputs) => Promise<Ended>>> = {
  GitHub: (inputs) => inFolder((own, env) => runAction(join(deploy, "github/action.yml"), inputs, "oo", own, env)),
  GitLab: (inputs) =>
    inFolder((own, env) =>
      runComponent(join(deploy, "gitlab/oo.yml"), ".oo", inputs, "oo", { ...env, CI_PROJECT_DIR: own }),
    ),
};

function inFolder(run: (own: string, env: Inputs) => Promise<Ended>): Promise<Ended> {
  return run(mkdtempSync(join(folder, "job-")), { PATH: process.env.PATH ?? "" });
}

/** With other files in the release while it runs. */
async function replaced(changed: Readonly<Record<string, Buffer | undefined>>, run: () => Promise<Ended>) {
  const before = files;
  files = new Map(before);
  for (const [name, content] of Object.entries(changed)) {
    if (content === undefined) files.delete(name);
    else files.set(name, content);
  }
  try {
    return await run();
  } finally {
    files = before;
  }
}

describe.each(Object.entries(runners))("a job of %s", (_, run) => {
  const version = "1.2.3";
  const sha256 = () =>
    createHash("sha256")
      .update(files.get(archive) ?? "")
      .digest("hex");

  test("has oo on its path, and the address of the service", async () => {
    const ended = await run({ version, release, url: "https://secrets.example.com" });
    expect(ended).toMatchObject({ code: 0, stdout: expect.stringMatching(/oo https:\/\/secrets\.example\.com\n$/) });
    expect(await run({ version, release })).toMatchObject({ code: 0, stdout: expect.stringMatching(/oo nowhere\n$/) });
  });

  test("takes the checksum and the key of the release", async () => {
    expect(await run({ version, release, sha256: sha256() })).toMatchObject({ code: 0 });
    expect(await run({ version, release, "release-key": pem })).toMatchObject({ code: 0 });
    expect(await run({ version, release, "release-key": pem.replaceAll("\n", "\\n") })).toMatchObject({ code: 0 });
    expect(await run({ version, release, sha256: sha256(), "release-key": pem })).toMatchObject({ code: 0 });
  });

  test.each<[string, () => Promise<Ended>, string]>([
    ["another archive", () => replaced({ [archive]: Buffer.from("x") }, () => run({ version, release })), "checksum"],
    [
      "another archive than the job names",
      () => run({ version, release, sha256: "0".repeat(64), "release-key": pem }),
      "OO_SHA256 is not the checksum in SHA256SUMS",
    ],
    ["another checksum", () => run({ version, release, sha256: "0".repeat(64) }), "checksum that it should have"],
    ["another key", () => run({ version, release, "release-key": otherPem }), "not signed with the key"],
    [
      "changed checksums",
      () =>
        replaced({ SHA256SUMS: Buffer.from(`${files.get("SHA256SUMS")}\n`) }, () =>
          run({ version, release, "release-key": pem }),
        ),
      "not signed with the key",
    ],
    [
      "no signature",
      () => replaced({ "SHA256SUMS.sig": undefined }, () => run({ version, release, "release-key": pem })),
      "cannot get",
    ],
    ["no such version", () => run({ version: "9.9.9", release }), "SHA256SUMS has no oo-9.9.9"],
    ["a version that is a pattern", () => run({ version: "1.*", release }), "not a version: 1.*"],
    ["an address without TLS", () => run({ version, release: "http://example.com" }), "only https is safe enough"],
  ])("ends without oo: %s", async (_name, tried, message) => {
    const ended = await tried();
    expect(ended.code).not.toBe(0);
    expect(ended.stderr).toContain(message);
    expect(ended.stdout).not.toContain("oo nowhere");
  });

  test("runs nothing that an input says", async () => {
    const hostile = '1"; touch ran; $(touch ran) `touch ran`';
    for (const input of ["version", "release", "sha256", "release-key"]) {
      const ended = await run({ version, release, [input]: hostile });
      expect(ended.code, input).not.toBe(0);
    }
    expect((await run({ version, release, url: hostile })).stdout).toContain(`oo ${hostile}`);
  });
});

test("an address with a line break sets no other variable", async () => {
  const ended = await runners.GitHub?.({ version: "1.2.3", release, url: "https://a.example\nBASH_ENV=/x" });
  expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining("line break") });
});

test("the component has the script of deploy/install-oo", () => {
  const [, body] = loadAll(readFileSync(join(deploy, "gitlab/oo.yml"), "utf8"));
  const { before_script } = (body as Record<string, { readonly before_script: readonly string[] }>)[".oo"] ?? {};
  expect(before_script?.[0]).toBe(`(\n${readFileSync(join(deploy, "install-oo"), "utf8")})\n`);
});
