import { execFile, spawn } from "node:child_process";
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { untilReady } from "../../../bench/processes.ts";
import { freePort } from "../../support/mongo/free-port.ts";
import { follow, followedIn, makeFolder, recipeNames } from "../../support/programs/custody.ts";
import { type DebianProgram, needDebianProgram } from "../../support/programs/debian-program.ts";
import { needOpenBao, startOpenBao } from "../../support/programs/open-bao.ts";
import { pathWith, pythonProgram } from "../../support/programs/program.ts";

const run = promisify(execFile);

const age: DebianProgram = { name: "age", packages: ["age"], file: "usr/bin/age" };
const softHsm: DebianProgram = { name: "softhsm2", packages: ["softhsm2", "opensc"], file: "usr/bin/softhsm2-util" };
const tpm: DebianProgram = {
  name: "swtpm",
  packages: ["swtpm", "tpm2-tools", "libtss2-tcti-swtpm0"],
  file: "usr/bin/swtpm",
};
const awsCli = pythonProgram("awscli", "1.46.3", "awscli.clidriver:main");
const moto = pythonProgram("moto", "5.2.5", "moto.server:main", { extras: "server" });

test("every recipe of the page is one of these", () => {
  expect([...new Set(followedIn(import.meta.filename))].sort()).toEqual([...recipeNames()].sort());
});

test("age: each of two holders unwraps the key, and a third one does not", async (context) => {
  const { path, env } = await needDebianProgram(context, age);
  using followed = await follow("age", { bin: dirname(path), env });
  expect(await followed.fingerprint()).toBe(followed.kid);
  const identity = join(followed.folder, "age.id");
  renameSync(join(followed.folder, "offline.id"), identity);
  expect(await followed.fingerprint()).toBe(followed.kid);
  rmSync(identity);
  await run(join(dirname(path), "age-keygen"), ["-o", identity], { env: { ...process.env, ...env } });
  expect(await followed.check()).toMatchObject({
    code: 75,
    stdout: "",
    stderr: expect.stringContaining("it wrote: age:"),
  });
});

test("OpenBao: transit with a key that was made before, with a data key, and key-value", async (context) => {
  const binary = await needOpenBao(context);
  const bao = await startOpenBao(binary);
  try {
    const tools = { bin: dirname(binary), env: bao.env };
    using wrapped = await follow("transit", tools);
    expect(await wrapped.fingerprint()).toBe(wrapped.kid);
    using dataKey = await follow("transit-datakey", tools);
    const kid = await dataKey.fingerprint();
    expect(await dataKey.fingerprint()).toBe(kid);
    expect(kid).not.toBe(wrapped.kid);
    using stored = await follow("kv", tools);
    expect(await stored.fingerprint()).toBe(stored.kid);
    const denied = await stored.check({ BAO_TOKEN: "canary-token" });
    expect(denied).toMatchObject({ code: 75, stdout: "", stderr: expect.stringContaining("permission denied") });
    bao.stop();
    expect(await wrapped.check()).toMatchObject({ code: 75, stdout: "", stderr: expect.stringContaining("refused") });
  } finally {
    bao.stop();
  }
});

test("AWS: the key management, the Secrets Manager and the Parameter Store of an emulator", async (context) => {
  const path = await pathWith(context, awsCli, moto);
  const port = await freePort();
  const [aws = "", server = ""] = path.split(":");
  const emulator = spawn(join(server, "moto"), ["-p", String(port)], { stdio: "ignore" });
  try {
    await untilReady(async () => (await fetch(`http://127.0.0.1:${port}/moto-api/`)).ok);
    const bin = makeFolder();
    writeFileSync(join(bin, "aws"), `#!/bin/sh\nexec ${join(aws, "awscli")} "$@"\n`, { mode: 0o755 });
    const env = {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_DEFAULT_REGION: "eu-central-1",
    };
    const call = (...args: string[]) => run(join(bin, "aws"), args, { env: { ...process.env, ...env } });
    const created = await call("kms", "create-key", "--query", "KeyMetadata.KeyId", "--output", "text");
    const alias = ["--alias-name", "alias/secret-svc", "--target-key-id", created.stdout.trim()];
    await call("kms", "create-alias", ...alias);
    using kms = await follow("aws-kms", { bin, env });
    expect(await kms.fingerprint()).toBe(await kms.fingerprint());
    for (const stored of [await follow("aws-secrets", { bin, env }), await follow("aws-parameter", { bin, env })]) {
      using followed = stored;
      expect(await followed.fingerprint()).toBe(followed.kid);
    }
    // Debugging prints the key to standard error, in the answer of the service.
    const failing = join(bin, "failing");
    writeFileSync(failing, `#!/bin/sh\n${join(bin, "aws")} --debug "$@"\nexit 1\n`, { mode: 0o755 });
    const words = `kms decrypt --key-id alias/secret-svc --ciphertext-blob fileb://${kms.folder}/key.kms --query Plaintext`;
    const { stdout: key } = await call(...words.split(" "), "--output", "text");
    const leaky = await kms.check({ OB_ENCRYPTION_KEY_COMMAND: `${failing} ${words} --output text` });
    expect(leaky).toMatchObject({ code: 75, stdout: "", stderr: expect.stringContaining("[masked]") });
    expect(leaky.stderr).not.toContain(key.trim());
    expect(leaky.stderr).not.toContain(key.slice(0, 12));
    rmSync(bin, { recursive: true });
  } finally {
    emulator.kill();
  }
});

test("PKCS#11: a key that SoftHSM unwraps, and a wrong PIN", async (context) => {
  const { path, root, env: libraries } = await needDebianProgram(context, softHsm);
  const folder = makeFolder();
  mkdirSync(join(folder, "tokens"));
  writeFileSync(join(folder, "softhsm2.conf"), `directories.tokendir = ${join(folder, "tokens")}\n`);
  const env = { ...libraries, SOFTHSM2_CONF: join(folder, "softhsm2.conf"), HSM_PIN: "1234" };
  const library = join(root, "usr/lib/softhsm/libsofthsm2.so");
  const token = ["--init-token", "--free", "--label", "secret-svc", "--pin", "1234", "--so-pin", "5678"];
  await run(path, ["--module", library, ...token], { env: { ...process.env, ...env } });
  using followed = await follow("pkcs11", {
    bin: dirname(path),
    env,
    paths: { "/usr/lib/softhsm/libsofthsm2.so": library },
  });
  expect(await followed.fingerprint()).toBe(followed.kid);
  expect(await followed.check({ HSM_PIN: "4321" })).toMatchObject({ code: 75, stdout: "" });
  rmSync(folder, { recursive: true });
});

test("a TPM: the key is unsealed as long as its registers are the same", async (context) => {
  const { path, root, env: libraries } = await needDebianProgram(context, tpm);
  const folder = makeFolder();
  // Its own libraries are in a folder below the others.
  const folders = (libraries.LD_LIBRARY_PATH ?? "").split(":").flatMap((each) => [each, join(each, basename(path))]);
  const env = { ...libraries, ...(root === "/" ? {} : { LD_LIBRARY_PATH: folders.join(":") }) };
  const port = await freePort();
  const args = ["--tpm2", "--tpmstate", `dir=${folder}`, "--flags", "not-need-init,startup-clear"];
  const ports = ["--server", `type=tcp,port=${port}`, "--ctrl", `type=tcp,port=${port + 1}`];
  const chip = spawn(path, ["socket", ...args, ...ports], { stdio: "ignore", env: { ...process.env, ...env } });
  try {
    const tools = { ...env, TPM2TOOLS_TCTI: `swtpm:host=127.0.0.1,port=${port}` };
    const tool = (name: string, ...words: string[]) =>
      run(join(dirname(path), name), words, { env: { ...process.env, ...tools } });
    await untilReady(async () => (await tool("tpm2_getrandom", "-Q", "4")) !== undefined);
    using followed = await follow("tpm", { bin: dirname(path), env: tools });
    await tool("tpm2_flushcontext", "-t");
    expect(await followed.fingerprint()).toBe(followed.kid);
    await tool("tpm2_pcrextend", `7:sha256=${"ab".repeat(32)}`);
    expect(await followed.check()).toMatchObject({
      code: 75,
      stdout: "",
      stderr: expect.stringContaining("tpm2_unseal"),
    });
  } finally {
    chip.kill();
    rmSync(folder, { recursive: true, force: true });
  }
});
