import { X509Certificate } from "node:crypto";
import { parseCertificates, pemBytes } from "../crypto/certificates.ts";
import { type Authorities, authoritiesOf } from "../crypto/peer-certificate.ts";
import { readRegularFile, whyUnreadable } from "../files/read-bounded.ts";
import { limits } from "../limits.ts";
import type { AuthorityLocation, ClientEntry } from "./client-entry.ts";
import { IssuerFileError } from "./issuer-fields.ts";

/** The certificate authorities of an entry, which are read again while the service runs. */
export interface ClientAuthorities {
  /** Undefined when those that were last read are too old. */
  readonly current: Authorities | undefined;
  /** Reads them again. Returns what puts them in use, undefined when nothing changed. Throws `IssuerFileError`. */
  reload(): Promise<(() => void) | undefined>;
}

/** Reads the authorities of an entry. Throws `IssuerFileError`: without them, no one could connect. */
export async function openClientAuthorities(
  { authorities: location, authoritiesMaxAgeMs }: ClientEntry,
  now: () => number,
): Promise<ClientAuthorities> {
  let current = await readAuthorities(location);
  let readAtMs = now();
  return {
    get current() {
      const ageMs = now() - readAtMs;
      // A clock that was set back must not prolong anything.
      return ageMs >= 0 && ageMs < authoritiesMaxAgeMs ? current : undefined;
    },
    async reload() {
      const found = await readAuthorities(location);
      readAtMs = now();
      if (found.id === current.id) return undefined;
      return () => {
        current = found;
      };
    },
  };
}

async function readAuthorities({ file, format }: AuthorityLocation): Promise<Authorities> {
  const bytes = await readRegularFile(file, pemBytes).catch((error: unknown) => {
    throw new IssuerFileError(`the certificate authorities in ${file} cannot be read (${whyUnreadable(error)})`);
  });
  try {
    return checked(format === "pem" ? parseWholePem(bytes) : readBundle(bytes));
  } catch {
    const what = format === "pem" ? "certificates of authorities, as PEM" : "a SPIFFE bundle with x509-svid keys";
    throw new IssuerFileError(
      `${file} must hold ${what}, at most ${limits.clientAuthorities}, one of them self-signed`,
    );
  }
}

/** A file that is half written would silently have fewer authorities. */
function parseWholePem(bytes: Buffer): readonly X509Certificate[] {
  const found = parseCertificates(bytes);
  const begun = bytes.toString("latin1").match(/-----BEGIN /g) ?? [];
  if (begun.length !== found.length) throw new Error("a certificate in it is cut off");
  return found;
}

/** The keys of use `x509-svid`. Each has one certificate in `x5c`. */
function readBundle(bytes: Buffer): readonly X509Certificate[] {
  const bundle: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  const { keys } = bundle as { keys: readonly { use?: unknown; x5c?: unknown }[] };
  return keys
    .filter(({ use }) => use === "x509-svid")
    .map(({ x5c }) => {
      const [certificate, ...others] = x5c as readonly string[];
      if (others.length > 0) throw new Error("a key has several certificates");
      return new X509Certificate(Buffer.from(certificate ?? "", "base64"));
    });
}

/** OpenSSL ends a chain at a self-signed certificate only, and anything but an authority could stand for itself. */
function checked(certificates: readonly X509Certificate[]): Authorities {
  const areAuthorities = certificates.every(({ ca }) => ca);
  const hasRoot = certificates.some((each) => each.checkIssued(each) && each.verify(each.publicKey));
  if (!areAuthorities || !hasRoot || certificates.length > limits.clientAuthorities) throw new Error("not authorities");
  return authoritiesOf(certificates);
}
