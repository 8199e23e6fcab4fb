import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A certificate and its private key, as PEM and in files. */
export interface Made {
  readonly cert: string;
  readonly key: string;
  readonly certFile: string;
  readonly keyFile: string;
}

export interface AuthorityOptions {
  /** The authority that signs it. Default: itself. */
  readonly by?: Made;
  /** Default: the name. */
  readonly subject?: string;
  /** Default: it may sign certificates, through any number of other authorities. */
  readonly basic?: string;
  /** More extensions, as `openssl` reads them. */
  readonly more?: readonly string[];
  /** An existing key, so that two certificates are of one authority. */
  readonly keyOf?: Made;
  readonly days?: number;
}

export interface ClientOptions {
  /** Subject alternative names, such as `URI:spiffe://a.example/x`; or lines of the configuration of `openssl`. */
  readonly names?: string;
  /** Extended key usage; "" for none. */
  readonly purposes?: string;
  readonly subject?: string;
  readonly days?: number;
  readonly isAuthority?: boolean;
  /** What makes its key, for `openssl genpkey`. */
  readonly keyForm?: readonly string[];
  /** The digest of the signature. */
  readonly digest?: string;
}

export type Certificates = ReturnType<typeof makeCertificates>;

const p256 = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"];

/** Makes certificates in a folder of their own, with `openssl`. */
export function makeCertificates() {
  const folder = mkdtempSync(join(tmpdir(), "secret-svc-certificates-"));
  let count = 0;
  const run = (...args: readonly string[]) => execFileSync("openssl", args, { stdio: "pipe" });

  function make(
    subject: string,
    extensions: readonly string[],
    options: { by?: Made | undefined; key?: string; keyForm?: readonly string[]; days?: number; digest?: string },
  ): Made {
    count += 1;
    const file = (kind: string) => join(folder, `${count}.${kind}`);
    const [certFile, keyFile, extFile] = [file("pem"), file("key"), file("ext")];
    if (options.key === undefined) run("genpkey", ...(options.keyForm ?? p256), "-out", keyFile);
    else writeFileSync(keyFile, options.key, { mode: 0o600 });
    run("req", "-new", "-key", keyFile, "-subj", subject, "-out", file("csr"));
    writeFileSync(extFile, `${extensions.join("\n")}\n`);
    const signer = options.by;
    const by = signer === undefined ? ["-signkey", keyFile] : ["-CA", signer.certFile, "-CAkey", signer.keyFile];
    const form = ["-days", String(options.days ?? 1), "-extfile", extFile, `-${options.digest ?? "sha256"}`];
    run("x509", "-req", "-in", file("csr"), ...by, ...form, "-out", certFile);
    return { cert: readFileSync(certFile, "utf8"), key: readFileSync(keyFile, "utf8"), certFile, keyFile };
  }

  return {
    folder,
    authority(name: string, options: AuthorityOptions = {}): Made {
      const { by, subject = `/O=Acme/CN=${name}`, basic = "CA:TRUE", more = [], keyOf, days } = options;
      const extensions = [`basicConstraints=critical,${basic}`, "keyUsage=critical,keyCertSign", ...more];
      return make(subject, extensions, {
        by,
        ...(keyOf === undefined ? {} : { key: keyOf.key }),
        ...(days === undefined ? {} : { days }),
      });
    },
    client(by: Made | undefined, options: ClientOptions = {}): Made {
      const { names, purposes = "clientAuth", subject = "/O=Acme/OU=Payments", isAuthority = false } = options;
      const extensions = [
        `basicConstraints=critical,CA:${isAuthority ? "TRUE" : "FALSE"}`,
        `keyUsage=critical,digitalSignature${isAuthority ? ",keyCertSign" : ""}`,
        ...(purposes === "" ? [] : [`extendedKeyUsage=${purposes}`]),
        ...(names === undefined ? [] : [names.includes("\n") ? names : `subjectAltName=${names}`]),
      ];
      const { keyForm, days, digest } = options;
      return make(subject, extensions, {
        by,
        ...(keyForm === undefined ? {} : { keyForm }),
        ...(days === undefined ? {} : { days }),
        ...(digest === undefined ? {} : { digest }),
      });
    },
    /** The certificate of the service, for `localhost` and 127.0.0.1. */
    server(): Made {
      return make("/CN=localhost", ["subjectAltName=DNS:localhost,IP:127.0.0.1"], {});
    },
    write(name: string, content: string): string {
      const path = join(folder, name);
      writeFileSync(path, content);
      return path;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** The raw bytes of a certificate. */
export function derOf(pem: string): Buffer {
  return Buffer.from(pem.replace(/-----[^-]+-----/g, ""), "base64");
}
