import { createSecureContext, type SecureContext } from "node:tls";
import type { MongoClientOptions, MongoOptions } from "mongodb";
import { parseCertificates, pemBytes } from "../../../crypto/certificates.ts";
import type { Follower } from "../../../files/follow-files.ts";
import { readRegularFile, whyUnreadable } from "../../../files/read-bounded.ts";
import { StoreError } from "../../store-error.ts";

/** What files an address names: authorities, revoked certificates, and the certificate of the service with its key. */
const fileOptions = ["tlsCAFile", "tlsCRLFile", "tlsCertificateKeyFile"] as const;

type FileOption = (typeof fileOptions)[number];
type Contents = Partial<Record<FileOption, Buffer>>;

/**
 * Options that have the driver connect with the files that the address names; undefined when it names none. Each new
 * connection uses the files as they were last read and found good: the driver itself reads them once. Throws
 * `StoreError`.
 */
export async function openTls(
  options: Readonly<MongoOptions>,
  follower: Follower | undefined,
): Promise<MongoClientOptions | undefined> {
  if (!options.tls || fileOptions.every((name) => typeof options[name] !== "string")) return undefined;
  let contents = await readAll(options);
  let current = createContext(contents, options);
  follower?.add({
    name: "TLS files of the connection to MongoDB",
    when: "change",
    load: async () => {
      const found = await readAll(options);
      if (fileOptions.every((name) => isSame(found[name], contents[name]))) return undefined;
      const context = createContext(found, options);
      return () => {
        contents = found;
        current = context;
      };
    },
  });
  // Node takes the `context` of this object for each connection.
  const secureContext: SecureContext = {
    get context() {
      return current.context;
    },
  };
  const { tlsCAFile: ca, tlsCRLFile: crl, tlsCertificateKeyFile: pair } = contents;
  return {
    secureContext,
    // Given as well, so that the driver does not read the files: it would wait for a pipe.
    ...(ca === undefined ? {} : { ca }),
    ...(crl === undefined ? {} : { crl }),
    ...(pair === undefined ? {} : { cert: pair, key: pair }),
  };
}

async function readAll(options: Readonly<MongoOptions>): Promise<Contents> {
  const contents: Contents = {};
  for (const name of fileOptions) {
    const path: unknown = options[name];
    if (typeof path === "string") contents[name] = await read(name, path);
  }
  return contents;
}

async function read(name: FileOption, path: string): Promise<Buffer> {
  try {
    return await readRegularFile(path, pemBytes);
  } catch (error) {
    const message = `the file that ${name} names in the MongoDB address, ${path}, cannot be read (${whyUnreadable(error)})`;
    throw new StoreError("unavailable", message);
  }
}

/** Node accepts a text without any certificate, and then trusts none. */
function createContext(contents: Contents, { passphrase }: Readonly<MongoOptions>): SecureContext {
  const { tlsCAFile: ca, tlsCRLFile: crl, tlsCertificateKeyFile: pair } = contents;
  checking("tlsCAFile", "certificates of authorities", () => ca && parseCertificates(ca));
  checking("tlsCertificateKeyFile", "a certificate and its private key, not encrypted or with the right password", () =>
    createSecureContext({ ...(pair && { cert: pair, key: pair }), ...(passphrase !== undefined && { passphrase }) }),
  );
  return checking("tlsCRLFile", "revoked certificates", () =>
    createSecureContext({
      ...(ca && { ca }),
      ...(crl && { crl }),
      ...(pair && { cert: pair, key: pair }),
      ...(passphrase !== undefined && { passphrase }),
    }),
  );
}

function checking<T>(name: FileOption, rule: string, check: () => T): T {
  try {
    return check();
  } catch {
    throw new StoreError("unavailable", `the file that ${name} names in the MongoDB address must hold ${rule}, as PEM`);
  }
}

function isSame(one: Buffer | undefined, other: Buffer | undefined): boolean {
  return one === undefined || other === undefined ? one === other : one.equals(other);
}
