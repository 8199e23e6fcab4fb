import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { readSecretFile } from "../../src/cli/formats/secret-file.ts";
import { checksumOf } from "../../src/crypto/checksum.ts";
import { createKeyring } from "../../src/crypto/keyring.ts";
import { parseSealed } from "../../src/crypto/sealed-text.ts";
import { openSealed, type SealingPrivateKey } from "../../src/crypto/sealed-value.ts";
import { deriveSealingKeyPair, importSealingSeed } from "../../src/crypto/sealing-key.ts";
import { formatSealingKeyFile } from "../../src/crypto/sealing-key-file.ts";
import { derivedId } from "../../src/rules/secret-key.ts";
import { runOo } from "../support/cli/run-oo.ts";

let folder: string;
let privateKey: SealingPrivateKey;

beforeAll(async () => {
  const keyring = createKeyring(Buffer.alloc(32, 7), []);
  const pair = await deriveSealingKeyPair(keyring.active);
  privateKey = await importSealingSeed(pair.kid, pair.seed);
  folder = mkdtempSync(join(tmpdir(), "oo-seal-"));
  writeFileSync(join(folder, "sealing-key.json"), formatSealingKeyFile({ ...pair, tenant: "acme" }));
});

afterAll(() => rmSync(folder, { recursive: true }));

/** Where nothing listens: a command that asks the service fails. */
const offline = { OO_URL: "http://127.0.0.1:9" };
const oo = (args: string[], input = "") => runOo(args, { env: offline, input, cwd: folder });
const inFolder = (name: string) => join(folder, name);
const open = (text: string) => openSealed(privateKey, parseSealed(text));

describe("oo secret encrypt, without a service and without a token", () => {
  test("prints one YAML document that says all that save needs", async () => {
    const run = await oo(["secret", "encrypt", "--sealing-key", "sealing-key.json", "prod/API_KEY", "s3cret"]);
    expect(run).toMatchObject({ code: 0, stderr: "" });
    const [secret] = readSecretFile("a.yaml", run.stdout);
    const sealed = secret?.input.value ?? "";
    expect(secret?.input).toEqual({
      id: derivedId("acme", "prod/API_KEY"),
      key: "prod/API_KEY",
      value: sealed,
      encrypted: true,
      checksum: checksumOf("CRC32", Buffer.from(sealed)),
      checksumAlgorithm: "CRC32",
    });
    expect(parseSealed(sealed).place).toEqual({ tenant: "acme", scope: "key", target: "prod/API_KEY" });
    expect(await open(sealed)).toBe("s3cret");
    expect(run.stdout).toContain(`value: ${sealed}\n`);
  });

  test("byte for byte from standard input, -o value", async () => {
    const value = " two\nlines \t\u{1f511}\n";
    const run = await oo(["secret", "encrypt", "--sealing-key", "sealing-key.json", "K", "-o", "value"], value);
    expect(await open(run.stdout.trimEnd())).toBe(value);
  });

  test("namespace, access lists, another checksum, JSON", async () => {
    const options = ["--sealing-key", "sealing-key.json", "-n", "prod", "--readers", "api,worker", "--deleters", ""];
    const run = await oo(["secret", "encrypt", ...options, "--checksum-algorithm", "SHA-256", "-o", "json", "K", "v"]);
    const entry = JSON.parse(run.stdout);
    expect(entry).toMatchObject({
      key: "prod/K",
      readers: ["api", "worker"],
      deleters: [],
      checksumAlgorithm: "SHA-256",
    });
    expect(entry.checksum).toBe(checksumOf("SHA-256", Buffer.from(entry.value)));
  });

  test("every value of a dotenv file, for the key of its name", async () => {
    writeFileSync(inFolder(".env"), "# comment\nexport DATABASE_URL='postgres://u:p@h/db'\nPEM=\"a\\nb\"\n");
    const run = await oo([
      "secret",
      "encrypt",
      "--sealing-key",
      "sealing-key.json",
      "--from-dotenv",
      ".env",
      "-n",
      "prod",
    ]);
    const secrets = readSecretFile("prod.yaml", run.stdout).map(({ input }) => input);
    expect(secrets.map(({ key }) => key)).toEqual(["prod/DATABASE_URL", "prod/PEM"]);
    expect(await open(secrets[0]?.value ?? "")).toBe("postgres://u:p@h/db");
    expect(await open(secrets[1]?.value ?? "")).toBe("a\nb");
  });

  test.each([
    [["K", "v", "--sealing-key", "none.json"], "cannot read the sealing key none.json: no such file or folder", 1],
    [
      ["K", "v", "--sealing-key", "sealing-key.json", "--tenant", "other"],
      "--tenant is other, but sealing-key.json is for the tenant acme",
      2,
    ],
    [["K", "", "--sealing-key", "sealing-key.json"], "the value is empty", 1],
    [["a b", "v", "--sealing-key", "sealing-key.json"], "the key may only contain", 2],
    [
      ["K", "v", "--sealing-key", "sealing-key.json", "-n", "a/"],
      "the namespace is written without '/' at its end: a",
      2,
    ],
    [["--sealing-key", "sealing-key.json"], "oo secret encrypt needs either a key or --from-dotenv", 2],
    [["K", "seal.v1.x", "--sealing-key", "sealing-key.json"], "the value is sealed already", 1],
  ])("%j is refused, and nothing is printed", async (args, message, code) => {
    const run = await oo(["secret", "encrypt", ...args]);
    expect(run).toMatchObject({ code, stdout: "" });
    expect(run.stderr).toContain(`oo: error: ${message}`);
  });
});

describe("oo secret seal", () => {
  beforeEach(() => rmSync(inFolder("app.yaml"), { force: true }));

  const seal = (path: string, ...options: string[]) =>
    oo(["secret", "seal", "--sealing-key", "sealing-key.json", path, ...options]);

  test("seals the plain values in place, once, and leaves the rest and the mode as they are", async () => {
    const text =
      "# ours\n- key: prod/A   # first\n  value: 'one'  # why\n  readers: [api]\n- {key: prod/B, value: two}\n";
    writeFileSync(inFolder("app.yaml"), text);
    chmodSync(inFolder("app.yaml"), 0o640);
    expect(await seal("app.yaml")).toMatchObject({ code: 0, stdout: "Sealed 2 values in 1 file.\n", stderr: "" });
    const sealed = readFileSync(inFolder("app.yaml"), "utf8");
    const values = readSecretFile("app.yaml", sealed).map(({ input }) => input.value ?? "");
    expect(await Promise.all(values.map(open))).toEqual(["one", "two"]);
    expect(
      sealed
        .replace(values[0] ?? "", "'one'")
        .replace(values[1] ?? "", "two")
        .replace("\n  encrypted: true", "")
        .replace(", encrypted: true", ""),
    ).toBe(text);
    expect(statSync(inFolder("app.yaml")).mode & 0o777).toBe(0o640);
    expect(await seal("app.yaml")).toMatchObject({ code: 0, stdout: "Nothing to seal.\n" });
    expect(readFileSync(inFolder("app.yaml"), "utf8")).toBe(sealed);
  });

  test("for the keys that 'save -n' will make of them", async () => {
    writeFileSync(inFolder("app.yaml"), "key: A\nvalue: one\n");
    await seal("app.yaml", "-n", "prod");
    const [secret] = readSecretFile("app.yaml", readFileSync(inFolder("app.yaml"), "utf8"));
    expect(secret?.input.key).toBe("A");
    expect(parseSealed(secret?.input.value ?? "").place.target).toBe("prod/A");
  });

  test("an error anywhere leaves every file of a folder as it was", async () => {
    const { mkdirSync } = await import("node:fs");
    mkdirSync(inFolder("two"));
    writeFileSync(inFolder("two/a.yaml"), "key: A\nvalue: one\n");
    writeFileSync(inFolder("two/b.yaml"), "key: B\nvalue: two\nchecksum: 00000000\n");
    const run = await seal("two");
    expect(run).toMatchObject({ code: 1, stdout: "" });
    expect(run.stderr).toContain("two/b.yaml:3:11: the checksum is not that of the value");
    expect(readFileSync(inFolder("two/a.yaml"), "utf8")).toBe("key: A\nvalue: one\n");
  });

  test("through a symbolic link the file itself changes", async () => {
    writeFileSync(inFolder("real.yaml"), "key: A\nvalue: one\n");
    symlinkSync("real.yaml", inFolder("app.yaml"));
    await seal("app.yaml");
    expect(readFileSync(inFolder("real.yaml"), "utf8")).toContain("value: seal.v1.");
  });

  test.each([
    ["key: A\nvalue: seal.v1.x\n", "app.yaml:2:8: the value is sealed already: it lacks 'encrypted: true'"],
    ["id: secr_a\nvalue: x\n", "app.yaml:1:1: needs a key: a value is sealed for a key"],
    [
      "? key\n: A\n? value\n: x\n",
      "app.yaml:1:1: cannot be edited in place: write each of its fields on a line of its own",
    ],
  ])("%j is refused", async (text, message) => {
    writeFileSync(inFolder("app.yaml"), text);
    const run = await seal("app.yaml");
    expect(run).toMatchObject({ code: 1, stdout: "" });
    expect(run.stderr).toContain(message);
    expect(readFileSync(inFolder("app.yaml"), "utf8")).toBe(text);
  });
});
