import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { npmProgram, type Program } from "../../support/programs/program.ts";

const here = import.meta.dirname;
export const patience = { timeout: 1_500_000, maxBuffer: 64 * 1024 * 1024 };

/** What a program of others does in one run against a service. It prints `done` at the end. */
export interface Session {
  readonly name: string;
  readonly program: Program;
  /** The command of a session, when the program is in a folder. */
  command(folder: string, service: SessionService): readonly [program: string, ...args: string[]];
  readonly environment?: (folder: string, service: SessionService) => Readonly<Record<string, string>>;
}

export interface SessionService {
  readonly url: string;
  /** Of an admin. */
  readonly token: string;
  /** A user without rights, and a token of it. */
  readonly slug: string;
  readonly userToken: string;
}

const usual = ({ url, token, slug, userToken }: SessionService) => [url, token, slug, userToken];

/** A new version when one of our files changes. */
export function versionWith(version: string, ...files: readonly string[]): string {
  const hash = createHash("sha256");
  for (const file of files) hash.update(readFileSync(join(here, file)));
  return `${version}-${hash.digest("hex").slice(0, 8)}`;
}

/** The same program with the client of Vault, or with that of OpenBao. */
function goSession(name: string, module: string, version: string): Session {
  const source = "go/session.go";
  const install = async (folder: string) => {
    const text = readFileSync(join(here, source), "utf8").replace("github.com/hashicorp/vault/api", module);
    writeFileSync(join(folder, "session.go"), text);
    const go = (...args: string[]) => promisify(execFile)("go", args, { ...patience, cwd: folder });
    await go("mod", "init", "session");
    await go("get", `${module}@${version}`);
    await go("build", "-o", "session", ".");
  };
  const program = { name, version: versionWith(version, source), with: "go", bin: "", install };
  return { name, program, command: (folder, service) => [join(folder, "session"), ...usual(service)] };
}

/** The libraries that a `pom.xml` of ours names. */
function javaLibraries(name: string, pom: string): Program {
  return {
    name,
    version: versionWith("1", pom),
    with: "mvn",
    bin: "lib",
    install: async (folder) => {
      copyFileSync(join(here, pom), join(folder, "pom.xml"));
      const plugin = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies";
      const options = ["--quiet", "--batch-mode", plugin, `-DoutputDirectory=${join(folder, "lib")}`];
      await promisify(execFile)("mvn", options, { ...patience, cwd: folder });
    },
  };
}

export const springCloud = javaLibraries("vault-spring-cloud", "spring-cloud/pom.xml");

const ansible: Program = {
  name: "ansible",
  version: "12.3.0",
  with: "python3",
  bin: "",
  install: async (folder) => {
    const options = ["install", "--quiet", "--disable-pip-version-check", "--no-compile", "--target", folder];
    await promisify(execFile)("python3", ["-m", "pip", ...options, "ansible==12.3.0", "hvac==2.4.0"], patience);
  },
};

export const nodeVault: Session = {
  name: "node-vault",
  program: npmProgram("node-vault", "0.12.0"),
  command: (_folder, service) => [process.execPath, join(here, "node/session.cjs"), ...usual(service)],
  environment: (folder) => ({ NODE_PATH: join(folder, "..") }),
};

export const javaSession: Session = {
  name: "Spring Vault and the Vault Java Driver",
  program: javaLibraries("vault-java", "java/pom.xml"),
  command: (folder, service) => ["java", "-cp", join(folder, "*"), join(here, "java/Session.java"), ...usual(service)],
};

export const ansibleSession: Session = {
  name: "Ansible",
  program: ansible,
  command: () => [
    "sh",
    "-ec",
    `python3 -m ansible playbook "$1" && echo done`,
    "sh",
    join(here, "ansible/session.yaml"),
  ],
  environment: (folder, { url, token }) => ({
    PYTHONPATH: folder,
    ANSIBLE_HASHI_VAULT_ADDR: url,
    ANSIBLE_HASHI_VAULT_TOKEN: token,
    ANSIBLE_HASHI_VAULT_AUTH_METHOD: "token",
    ANSIBLE_LOCALHOST_WARNING: "False",
    LC_ALL: "C.UTF-8",
  }),
};

export const sessions: readonly Session[] = [
  goSession("vault-go-client", "github.com/hashicorp/vault/api", "v1.22.0"),
  goSession("openbao-go-client", "github.com/openbao/openbao/api/v2", "v2.7.1"),
  nodeVault,
  javaSession,
  ansibleSession,
];

/** Runs a session to its end, and answers what it printed last. Throws all that it printed when it fails. */
export async function runSession(session: Session, folder: string, service: SessionService): Promise<string> {
  const [program, ...args] = session.command(folder, service);
  const env = { ...process.env, ...session.environment?.(folder, service) };
  try {
    const { stdout } = await promisify(execFile)(program, args, { ...patience, env });
    return stdout.trim().split("\n").at(-1) ?? "";
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    throw new Error(`${session.name} failed: ${stdout}${stderr}`, { cause: error });
  }
}
