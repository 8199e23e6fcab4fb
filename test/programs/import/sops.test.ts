import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, type TestContext, test } from "vitest";
import { runOo } from "../../support/cli/run-oo.ts";
import { type CliService, startCliService } from "../../support/cli/service.ts";
import { findGoProgram, type GoProgram, yq } from "../../support/docs/go-program.ts";
import { makeAgeKey } from "./age-key.ts";

const run = promisify(execFile);

const sops: GoProgram = { name: "sops", source: "github.com/getsops/sops/v3/cmd/sops@v3.13.3", says: /^sops / };

let service: CliService;
let folder: string;
const found = new Map<string, string>();
let missing = "";

beforeAll(async () => {
  service = await startCliService();
  folder = mkdtempSync(join(tmpdir(), "oo-sops-"));
  for (const program of [sops, yq]) {
    const where = await findGoProgram(program, 1_500_000);
    if ("folder" in where) found.set(program.name, join(where.folder, program.name));
    else missing = where.missing;
  }
});
afterAll(async () => {
  await service.stop();
  rmSync(folder, { recursive: true });
});

function need(context: TestContext, ...programs: readonly GoProgram[]): void {
  if (programs.every(({ name }) => found.has(name))) return;
  if (process.env.PROGRAMS_ALL || process.env.CI) throw new Error(missing);
  context.skip(missing);
}

const path = (name: string) => join(folder, name);
const importing = (input: string, ...args: string[]) =>
  runOo(["secret", "import", "-", ...args], {
    env: { OO_URL: service.server.url, OO_TOKEN: service.server.adminToken },
    input,
  });
const stored = async (key: string) => (await service.admin(["secret", "get", key])).stdout;

const values = {
  PLAIN: "value",
  QUOTED: `it's "$(x)" # no comment`,
  LINES: "-----BEGIN KEY-----\nabc\n-----END KEY-----\n",
  NUMBER: "0123",
  EMPTY_LOOKING: "null",
  UMLAUT: "grün ✓",
};

test("what sops decrypts moves byte for byte, in each of its formats, and a file that is still encrypted is refused", async (context) => {
  need(context, sops);
  const { identity, recipient } = makeAgeKey();
  const env = { ...process.env, SOPS_AGE_KEY: identity, SOPS_DISABLE_VERSION_CHECK: "1", HOME: folder };
  const nested = { ...values, database: { main: { PASSWORD: "p w" } } };
  for (const format of ["yaml", "json"]) {
    // JSON is YAML: sops writes it anew in the style of the format.
    writeFileSync(path(`plain.${format}`), JSON.stringify(nested));
    const { stdout: encrypted } = await run(
      found.get("sops") ?? "",
      ["encrypt", "--age", recipient, path(`plain.${format}`)],
      { env, cwd: folder },
    );
    writeFileSync(path(`secret.${format}`), encrypted);
    const refused = await importing(encrypted, "--from", "sops", "-n", format);
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toContain("the file is encrypted");
    const { stdout: decrypted } = await run(found.get("sops") ?? "", ["decrypt", path(`secret.${format}`)], { env });
    expect(await importing(decrypted, "--from", "sops", "-n", format)).toMatchObject({ code: 0, stderr: "" });
    for (const [name, value] of Object.entries(values)) expect(await stored(`${format}/${name}`)).toBe(value);
    expect(await stored(`${format}/database/main/PASSWORD`)).toBe("p w");
  }
  writeFileSync(path("plain.env"), "A=one\nB=two words\n");
  const { stdout: encrypted } = await run(found.get("sops") ?? "", ["encrypt", "--age", recipient, path("plain.env")], {
    env,
    cwd: folder,
  });
  writeFileSync(path("secret.env"), encrypted);
  const { stdout } = await run(found.get("sops") ?? "", ["decrypt", path("secret.env")], { env });
  expect(await importing(stdout, "--from", "dotenv", "-n", "env")).toMatchObject({ code: 0 });
  expect([await stored("env/A"), await stored("env/B")]).toEqual(["one", "two words"]);
});

test("what yq writes is read as it is meant, and yq reads what export writes", async (context) => {
  need(context, yq);
  writeFileSync(path("values.json"), JSON.stringify(values));
  for (const format of ["yaml", "json"]) {
    const { stdout } = await run(found.get("yq") ?? "", [`-o=${format}`, ".", path("values.json")]);
    expect(await importing(stdout, "-n", `yq-${format}`)).toMatchObject({ code: 0 });
    for (const [name, value] of Object.entries(values)) expect(await stored(`yq-${format}/${name}`)).toBe(value);
  }
  for (const format of ["yaml", "json"]) {
    const exported = await service.admin(["secret", "export", "-n", "yq-yaml", "--format", format]);
    writeFileSync(path(`exported.${format}`), exported.stdout);
    const { stdout } = await run(found.get("yq") ?? "", ["-o=json", ".", path(`exported.${format}`)]);
    expect(JSON.parse(stdout)).toEqual(values);
  }
});
