import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { repository } from "../../support/docs/markdown.ts";
import type { Program } from "../../support/programs/program.ts";
import { vaultCaller } from "../../support/vault/vault-call.ts";
import { patience, versionWith } from "./sessions.ts";

const module = "github.com/external-secrets/external-secrets";
const version = "v0.20.4";
const sources = join(import.meta.dirname, "external-secrets");
const files = readdirSync(sources).filter((name) => name.endsWith(".go"));

/**
 * The code of the External Secrets Operator for stores, in a program that reads our manifests. The versions that the
 * operator is built with, and their checksums, come from its own module.
 */
export const externalSecrets: Program = {
  name: "external-secrets",
  version: versionWith(version, ...files.map((name) => `external-secrets/${name}`)),
  with: "go",
  bin: "",
  install: async (folder) => {
    const go = (...args: string[]) => promisify(execFile)("go", args, { ...patience, cwd: folder });
    for (const name of files) copyFileSync(join(sources, name), join(folder, name));
    const { Dir } = JSON.parse((await go("mod", "download", "-json", `${module}@${version}`)).stdout);
    for (const name of ["go.mod", "go.sum"]) copy(join(Dir, name), join(folder, name));
    await go("mod", "edit", "-module", "manifests", "-require", `${module}@${version}`);
    await go("mod", "tidy");
    await go("build", "-o", "manifests", ".");
    mkdirSync(join(folder, "crds"));
    for (const kind of ["secretstores", "externalsecrets", "pushsecrets"]) {
      const name = `external-secrets.io_${kind}.yaml`;
      copy(join(Dir, "config/crds/bases", name), join(folder, "crds", name));
    }
  },
};

/** The files of a module are read-only, and so would be a copy. */
function copy(from: string, to: string): void {
  writeFileSync(to, readFileSync(from));
}

/** Makes what the manifests name, and runs them. `token` is that of an admin, `userToken` that of the user `eso`. */
export async function runManifests(
  folder: string,
  { url, token, userToken }: { readonly url: string; readonly token: string; readonly userToken: string },
): Promise<string> {
  const value = (key: string, text: string, readers: readonly string[] = ["eso"]) => ({ key, value: text, readers });
  const secrets = [
    { ...value("app/db", '{"user":"u1","password":"p1"}'), metadata: { team: "shop" } },
    value("app/stripe", "sk_1"),
    value("app/hidden", "hidden", []),
    value("prod/web/URL", "https://web"),
    value("prod/web/PASSWORD", 'p=1 "q"'),
  ];
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const body = JSON.stringify({ secrets });
  const saved = await fetch(`${url}/secret-svc/secrets`, { method: "PUT", headers, body });
  if (!saved.ok) throw new Error(await saved.text());
  const args = [join(repository, "deploy/external-secrets"), join(folder, "crds"), url, userToken];
  const env = { ...process.env, KUBECONFIG: join(sources, "no-cluster.yaml") };
  try {
    const { stdout } = await promisify(execFile)(join(folder, "manifests"), args, { ...patience, env });
    const hidden = await vaultCaller({ url }, token)("GET", "secret/data/app/hidden");
    if (hidden.json?.data?.data === undefined) throw new Error(`app/hidden is gone: ${hidden.text}`);
    return stdout.trim();
  } catch (error) {
    const { stdout = "", stderr = "", message } = error as { stdout?: string; stderr?: string; message: string };
    throw new Error(`the manifests failed: ${stdout}${stderr || message}`, { cause: error });
  }
}
