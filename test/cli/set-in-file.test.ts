import { lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { rewriteFiles } from "../../src/cli/files/rewrite-values.ts";
import { readSecretFile } from "../../src/cli/formats/secret-file.ts";
import { createKeyring } from "../../src/crypto/keyring.ts";
import { parseSealed } from "../../src/crypto/sealed-text.ts";
import { openSealed, type SealingPrivateKey } from "../../src/crypto/sealed-value.ts";
import { deriveSealingKeyPair, importSealingSeed } from "../../src/crypto/sealing-key.ts";
import { formatSealingKeyFile } from "../../src/crypto/sealing-key-file.ts";
import { runOo } from "../support/cli/run-oo.ts";

let folder: string;
let privateKey: SealingPrivateKey;

beforeAll(async () => {
  const pair = await deriveSealingKeyPair(createKeyring(Buffer.alloc(32, 7), []).active);
  privateKey = await importSealingSeed(pair.kid, pair.seed);
  folder = mkdtempSync(join(tmpdir(), "oo-set-"));
  writeFileSync(join(folder, "sealing-key.json"), formatSealingKeyFile({ ...pair, tenant: "acme" }));
});

afterAll(() => rmSync(folder, { recursive: true }));

/** Where nothing listens: with a sealing key, no service is asked. */
const set = (args: string[], input = "") =>
  runOo(["secret", "set", "--sealing-key", "sealing-key.json", ...args], {
    env: { OO_URL: "http://127.0.0.1:9" },
    input,
    cwd: folder,
  });
const write = (text: string) => writeFileSync(join(folder, "prod.yaml"), text);
const read = () => readFileSync(join(folder, "prod.yaml"), "utf8");
const sealedOf = (key: string) =>
  readSecretFile("prod.yaml", read()).find(({ input }) => input.key === key)?.input.value ?? "";
const open = (text: string) => openSealed(privateKey, parseSealed(text));

describe("oo secret set --file", () => {
  test.each([
    ["\n", "a file of several documents"],
    ["\r\n", "line ends of Windows"],
  ])("changes one value and no other line, with line ends %j", async (end) => {
    const text = [
      "# ours, do not sort",
      "- key: 'prod/A'   # first",
      '  value: "one"  # why',
      "  checksum: '0123abcd'",
      "  readers: [ api,  web ]",
      "- {key: prod/B, value: two,   encrypted: false}",
      "---",
      "key: prod/C",
      "value: |  # a block",
      "  three",
      "  lines",
      "metadata: {note: 'it''s'}",
      "",
    ].join(end);
    write(text);
    const sealed = await runOo(
      ["secret", "set", "--sealing-key", "sealing-key.json", "--file", "prod.yaml", "prod/B", "new"],
      {
        env: { OO_URL: "http://127.0.0.1:9" },
        cwd: folder,
      },
    );
    expect(sealed).toMatchObject({ code: 0, stdout: "Set prod/B in prod.yaml.\n" });
    const [before, after] = [text.split(end), read().split(end)];
    expect(after.map((line, i) => (line === before[i] ? "same" : i))).toEqual(
      before.map((_, i) => (i === 5 ? 5 : "same")),
    );
    expect(after[5]).toBe(`- {key: prod/B, value: ${sealedOf("prod/B")},   encrypted: true}`);
    expect(await open(sealedOf("prod/B"))).toBe("new");
    expect(parseSealed(sealedOf("prod/B")).place).toEqual({ tenant: "acme", scope: "key", target: "prod/B" });
  });

  test("again, from standard input, for the key that a namespace makes of it, with a new checksum", async () => {
    write("# top\nkey: A\nvalue: plain # here\nchecksum: deadbeef\n# end");
    expect(await set(["--file", "prod.yaml", "-n", "prod", "A", "-"], "first")).toMatchObject({ code: 0 });
    const first = read();
    expect(await open(sealedOf("A"))).toBe("first");
    expect(parseSealed(sealedOf("A")).place.target).toBe("prod/A");
    expect(await set(["--file", "prod.yaml", "-n", "prod", "prod/A"], "second\nline")).toMatchObject({ code: 0 });
    expect(await open(sealedOf("A"))).toBe("second\nline");
    const changed = read()
      .split("\n")
      .filter((line, i) => line !== first.split("\n")[i]);
    expect(changed.map((line) => line.split(":")[0])).toEqual(["value", "checksum"]);
  });

  test("a file that changed while the value was typed is not written", async () => {
    const text = "key: prod/A\nvalue: plain\n";
    write(text);
    const files = [{ path: "prod.yaml", realPath: join(folder, "prod.yaml"), text: `${text}# earlier\n` }];
    await expect(rewriteFiles(files, undefined, async () => "seal.v1.x")).rejects.toThrow(
      "prod.yaml was changed meanwhile: nothing was written",
    );
    expect(read()).toBe(text);
  });

  test.each([
    [["--file", "prod.yaml", "prod/NONE", "v"], "there is no prod/NONE in prod.yaml", 1],
    [["--file", "prod.yaml", "prod/LISTS", "v"], "prod/LISTS has no value here", 1],
    [["--file", "prod.yaml", "prod/TWICE", "v"], "prod/TWICE is in prod.yaml:5 already", 1],
    [["--file", "prod.yaml", "prod/A", "seal.v1.x"], "the value is sealed already", 1],
    [["--file", "prod.yaml", "prod/A", "v", "--readers", "api"], "--file changes only the value", 2],
    [["--file", "none.yaml", "prod/A", "v"], "there is no file none.yaml", 1],
    [["prod/A", "v"], "--sealing-key and --tenant need --file", 2],
  ])("%j is refused, and nothing is changed", async (args, message, code) => {
    const text =
      "- {key: prod/A, value: same-canary}\n- key: prod/LISTS\n  readers: [api]\n\n- {key: prod/TWICE, value: a}\n- {key: prod/TWICE, value: b}\n";
    write(text);
    const run = await set(args);
    expect(run).toMatchObject({ code, stdout: "" });
    expect(run.stderr).toContain(message);
    expect(run.stderr).not.toContain("canary");
    expect(read()).toBe(text);
  });
});

test("oo secret seal warns of what it leaves out, and writes through a link within the folder", async () => {
  const secrets = join(folder, "secrets");
  mkdirSync(join(secrets, "..data"), { recursive: true });
  mkdirSync(join(secrets, "real"));
  writeFileSync(join(secrets, "real/a.yaml"), "key: prod/A\nvalue: plain\n");
  symlinkSync("real/a.yaml", join(secrets, "0-link.yaml"));
  writeFileSync(join(secrets, "PROD.YAML"), "key: prod/B\nvalue: plain\n");
  symlinkSync(join(folder, "prod.yaml"), join(secrets, "out.yaml"));
  const run = await runOo(["-q", "secret", "seal", "--sealing-key", "sealing-key.json", "secrets"], { cwd: folder });
  expect(run).toEqual({
    code: 0,
    stdout: "Sealed 1 value in 1 file.\n",
    stderr:
      "oo: warning: left out secrets/PROD.YAML: its name does not end in .yaml or .yml in lower case\n" +
      "oo: warning: left out secrets/out.yaml: it is a symbolic link to something outside of secrets\n",
  });
  expect(readFileSync(join(secrets, "real/a.yaml"), "utf8")).toContain("encrypted: true");
  expect(lstatSync(join(secrets, "0-link.yaml")).isSymbolicLink()).toBe(true);
});
