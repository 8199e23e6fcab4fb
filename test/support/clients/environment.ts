import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { clientEntry, issuersFile } from "../certificates/entries.ts";
import { makeCertificates } from "../certificates/make-certificates.ts";
import { runOoProcess } from "../cli/run-process.ts";
import { startServer } from "../server-process.ts";
import { type Certificate, makeCertificate } from "./certificate.ts";
import { startFaultyProxy } from "./faulty-proxy.ts";

/** Services to test a client against, as clients/testdata/README.md describes them. */
export interface Surroundings {
  /** What the tests of a client find in their environment. */
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/**
 * A data folder with the users and secrets of the suite, and certificates, from which any number of services starts.
 */
export interface Template {
  /** Starts services on copies of the data: what one client leaves behind, no other sees. */
  start(): Promise<Surroundings>;
  remove(): void;
}

export async function makeTemplate(): Promise<Template> {
  const folder = mkdtempSync(join(tmpdir(), "secret-svc-clients-"));
  const certificate = makeCertificate(folder, "authority");
  const stranger = makeCertificate(folder, "stranger");
  const callers = makeCallers();
  const dataDir = join(folder, "data");
  const sealingKeyFile = join(folder, "sealing-key.json");
  const tokens = await fill(dataDir, sealingKeyFile);
  let started = 0;
  return {
    start: () => {
      started += 1;
      const copies = join(folder, `copy-${started}`);
      return start({ dataDir, copies, tokens, certificate, stranger, callers, sealingKeyFile });
    },
    remove: () => {
      callers.remove();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Certificates of two callers, and the file of issuers that lets them in. */
function makeCallers() {
  const certificates = makeCertificates();
  const authority = certificates.authority("clients");
  const of = (name: string) => certificates.client(authority, { names: `URI:spiffe://a.example/ns/apps/sa/${name}` });
  const entry = clientEntry({ clientCa: authority.certFile });
  const issuersFilePath = certificates.write("issuers.yaml", issuersFile(entry));
  return { first: of("first"), second: of("second"), issuersFile: issuersFilePath, remove: certificates.remove };
}

interface Tokens {
  readonly admin: string;
  readonly app: string;
  readonly other: string;
}

/**
 * Makes the users `app` and `other`, the secrets that the samples and cases find, and the file of the sealing key. One
 * secret is changed behind the back of the service.
 */
async function fill(dataDir: string, sealingKeyFile: string): Promise<Tokens> {
  const tokens = await fillByService(dataDir, sealingKeyFile);
  const database = new DatabaseSync(join(dataDir, "secrets.db"));
  database.prepare("UPDATE secret SET owner = 'other' WHERE key = ?").run("app/damaged/B");
  database.close();
  return tokens;
}

async function fillByService(dataDir: string, sealingKeyFile: string): Promise<Tokens> {
  const server = await startServer({ dataDir });
  try {
    const oo = async (args: readonly string[], input = "") => {
      const run = await runOoProcess(args, { env: { OO_URL: server.url, OO_TOKEN: server.adminToken }, input });
      if (run.code !== 0) throw new Error(`oo ${args.join(" ")}: ${run.stderr}`);
      return run.stdout.trim();
    };
    const token = async (slug: string, ...options: string[]) => {
      await oo(["user", "save", slug, ...options]);
      return oo(["token", "create", slug]);
    };
    const tokens = {
      admin: server.adminToken,
      app: await token("app", "--role", "backend"),
      other: await token("other"),
    };
    for (const [key, value] of Object.entries(secrets)) {
      await oo(["secret", "save", key, "-", "--readers", "app"], value);
    }
    writeFileSync(sealingKeyFile, `${await oo(["secret", "sealing-key"])}\n`);
    return tokens;
  } finally {
    await server.stop();
  }
}

const secrets = {
  DATABASE_URL: "postgresql://app:s3cret@db:5432/app",
  REDIS_URL: "redis://localhost:6379",
  API_KEY: "key-4711",
  "app/damaged/A": "whole",
  "app/damaged/B": "damaged",
  "app/damaged/C": "whole",
};

interface Parts {
  readonly dataDir: string;
  readonly copies: string;
  readonly tokens: Tokens;
  readonly certificate: Certificate;
  readonly stranger: Certificate;
  readonly callers: ReturnType<typeof makeCallers>;
  readonly sealingKeyFile: string;
}

async function start(parts: Parts): Promise<Surroundings> {
  const { dataDir, copies, tokens, certificate, stranger, callers, sealingKeyFile } = parts;
  const copy = (name: string) => {
    cpSync(dataDir, join(copies, name), { recursive: true });
    return join(copies, name);
  };
  await using started = new AsyncDisposableStack();
  started.defer(() => rmSync(copies, { recursive: true, force: true }));
  const plain = started.adopt(await startServer({ dataDir: copy("plain") }), (server) => server.stop());
  const tlsFlags = ["--tls-cert", certificate.cert, "--tls-key", certificate.key];
  const env = { SECRET_SVC_ISSUERS: callers.issuersFile };
  const tls = started.adopt(await startServer({ dataDir: copy("tls"), args: tlsFlags, env }), (server) =>
    server.stop(),
  );
  const faulty = started.adopt(await startFaultyProxy(plain.url, tokens.admin), (proxy) => proxy.close());
  const running = started.move();
  return {
    env: {
      SECRET_URL: plain.url,
      SECRET_TLS_URL: tls.url,
      SECRET_CA_FILE: certificate.cert,
      SECRET_OTHER_CA_FILE: stranger.cert,
      SECRET_CLIENT_CERT: callers.first.certFile,
      SECRET_CLIENT_KEY: callers.first.keyFile,
      SECRET_NEXT_CLIENT_CERT: callers.second.certFile,
      SECRET_NEXT_CLIENT_KEY: callers.second.keyFile,
      SECRET_SEALING_KEY_FILE: sealingKeyFile,
      SECRET_FAULTY_URL: faulty.url,
      SECRET_FAULTY_CONTROL_URL: faulty.controlUrl,
      SECRET_TOKEN_ADMIN: tokens.admin,
      SECRET_TOKEN_APP: tokens.app,
      SECRET_TOKEN_OTHER: tokens.other,
    },
    stop: () => running.disposeAsync(),
  };
}
