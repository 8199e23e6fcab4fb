import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { readBlocks } from "../../support/docs/markdown.ts";
import { needToolchain, type Program, pathWith } from "../../support/programs/program.ts";
import { vaultCaller } from "../../support/vault/vault-call.ts";
import { withService } from "./service.ts";
import { patience, versionWith } from "./sessions.ts";

const sources = join(import.meta.dirname, "terraform");
const version = "1.9.0";

/** The newest version that is a Go module. Later ones have a form that Go cannot fetch. */
const provider: Program = {
  name: "terraform-provider-vault",
  version: versionWith(version, "terraform/main.go"),
  with: "go",
  bin: "",
  install: async (folder) => {
    const go = (...args: string[]) => promisify(execFile)("go", args, { ...patience, cwd: folder });
    copyFileSync(join(sources, "main.go"), join(folder, "main.go"));
    await go("mod", "init", "provider");
    const modules = [`github.com/terraform-providers/terraform-provider-vault@v${version}`];
    for (const module of [...modules, "github.com/hashicorp/terraform@v0.12.31"]) {
      await go("mod", "edit", "-require", module);
    }
    await go("build", "-mod=mod", "-o", `terraform-provider-vault_v${version}`, ".");
  },
};

const secrets = [
  { key: "app/db", value: '{"password":"p1","user":"u1"}' },
  { key: "prod/web/URL", value: "https://web" },
];

test("Terraform reads both mounts, and writes and removes a secret", async (context) => {
  await needToolchain(context, "terraform", "version");
  const [built = ""] = (await pathWith(context, provider)).split(delimiter);
  const folder = mkdtempSync(join(tmpdir(), "vault-terraform-"));
  try {
    const machine = `linux_${process.arch === "arm64" ? "arm64" : "amd64"}`;
    const plugins = join(folder, "plugins/registry.terraform.io/hashicorp/vault", version, machine);
    mkdirSync(plugins, { recursive: true });
    const name = `terraform-provider-vault_v${version}`;
    copyFileSync(join(built, name), join(plugins, name));
    copyFileSync(join(sources, "main.tf"), join(folder, "main.tf"));
    const mirror = `provider_installation { filesystem_mirror { path = ${JSON.stringify(join(folder, "plugins"))} } }`;
    writeFileSync(join(folder, "terraform.rc"), mirror.replaceAll(/([{}])/g, "\n$1\n").replaceAll("\n{", " {"));
    await withService("tf", (service) => apply(folder, service), secrets);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("the block of docs/vault.md is in the form of Terraform", async (context) => {
  await needToolchain(context, "terraform", "version");
  const block = readBlocks("docs/vault.md").find(({ marks }) => marks.includes("program terraform"));
  const folder = mkdtempSync(join(tmpdir(), "vault-terraform-"));
  try {
    writeFileSync(join(folder, "main.tf"), `${block?.text.trim()}\n`);
    // Prints what is not, and fails for what cannot be parsed.
    const env = { ...process.env, HOME: folder, TF_CLI_CONFIG_FILE: "/dev/null", CHECKPOINT_DISABLE: "1" };
    const { stdout } = await promisify(execFile)("terraform", ["fmt", "-check", "-diff"], { cwd: folder, env });
    expect(stdout).toBe("");
    expect(block?.text).toContain("vault_kv_secret_v2");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

async function apply(folder: string, { url, token }: { readonly url: string; readonly token: string }): Promise<void> {
  const env = {
    ...process.env,
    HOME: folder,
    TF_CLI_CONFIG_FILE: join(folder, "terraform.rc"),
    TF_VAR_address: url,
    CHECKPOINT_DISABLE: "1",
    VAULT_TOKEN: token,
  };
  const terraform = async (...args: string[]) =>
    (await promisify(execFile)("terraform", args, { ...patience, cwd: folder, env })).stdout;
  const vault = vaultCaller({ url }, token);
  const written = async () => (await vault("GET", "secret/data/tf/written")).json?.data?.data;
  await terraform("init", "-no-color");
  await terraform("apply", "-auto-approve", "-no-color");
  expect(await terraform("output", "-raw", "password")).toBe("p1");
  expect(await terraform("output", "-raw", "url")).toBe("https://web");
  expect(await written()).toEqual({ password: "p1", user: "u1" });
  // Exits with 2 when something would change.
  await terraform("plan", "-detailed-exitcode", "-no-color");
  await terraform("destroy", "-auto-approve", "-no-color");
  expect(await written()).toBeNull();
}
