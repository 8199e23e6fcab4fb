import type { X509Certificate } from "node:crypto";
import { parseCertificates, pemBytes } from "../crypto/certificates.ts";
import { type Authorities, authoritiesOf } from "../crypto/peer-certificate.ts";
import { readRegularFile } from "../files/read-bounded.ts";
import { limits } from "../limits.ts";
import type { AuthorityLocation, ClientEntry } from "./client-entry.ts";
import { IssuerFileError } from "./issuer-fields.ts";
import { loadKeys, whyUnloaded } from "./load-jwks.ts";
import { certificatesOf } from "./spiffe-bundle.ts";

/** The certificate authorities of an entry, which are read again while the service runs. */
export interface ClientAuthorities {
  /** Undefined when those that were last read are too old, or when there were none yet. */
  readonly current: Authorities | undefined;
  /** Reads them again. Returns what puts them in use, undefined when nothing changed. Throws `IssuerFileError`. */
  reload(): Promise<(() => void) | undefined>;
}

/** Between two successful requests to the address of a bundle. Files are looked at each time. */
const fetchMs = 5 * 60_000;

/**
 * Reads the authorities of an entry. Throws `IssuerFileError` for a file that cannot be used. An address may be down
 * now: then no one is let in until it answers.
 */
export async function openClientAuthorities(
  { authorities: location, authoritiesMaxAgeMs }: ClientEntry,
  now: () => number,
): Promise<ClientAuthorities> {
  let current = await readAuthorities(location).catch((error: unknown) => {
    if ("url" in location) return undefined;
    throw error;
  });
  let readAtMs = now();
  const ageMs = () => {
    const passedMs = now() - readAtMs;
    // A clock that was set back must not prolong anything.
    return passedMs >= 0 ? passedMs : Number.POSITIVE_INFINITY;
  };
  return {
    get current() {
      return ageMs() < authoritiesMaxAgeMs ? current : undefined;
    },
    async reload() {
      if ("url" in location && current !== undefined && ageMs() < fetchMs) return undefined;
      const found = await readAuthorities(location);
      readAtMs = now();
      if (found.id === current?.id) return undefined;
      return () => {
        current = found;
      };
    },
  };
}

async function readAuthorities(location: AuthorityLocation): Promise<Authorities> {
  const name = "url" in location ? location.url : location.file;
  const content = await readContent(location).catch((error: unknown) => {
    throw new IssuerFileError(`the certificate authorities of ${name} cannot be read (${whyUnloaded(error)})`);
  });
  try {
    return checked("pem" in content ? parseWholePem(content.pem) : certificatesOf(content.bundle));
  } catch {
    const what = "pem" in content ? "certificates of authorities, as PEM" : "a SPIFFE bundle with x509-svid keys";
    throw new IssuerFileError(
      `${name} must hold ${what}, at most ${limits.clientAuthorities}, one of them self-signed`,
    );
  }
}

async function readContent(location: AuthorityLocation): Promise<{ pem: Buffer } | { bundle: unknown }> {
  if ("url" in location || location.format === "bundle") return { bundle: await loadKeys(location) };
  return { pem: await readRegularFile(location.file, pemBytes) };
}

/** A file that is half-written would silently have fewer authorities. */
function parseWholePem(bytes: Buffer): readonly X509Certificate[] {
  const found = parseCertificates(bytes);
  const begun = bytes.toString("latin1").match(/-----BEGIN /g) ?? [];
  if (begun.length !== found.length) throw new Error("a certificate in it is cut off");
  return found;
}

/** OpenSSL ends a chain at a self-signed certificate only, and anything but an authority could stand for itself. */
function checked(certificates: readonly X509Certificate[]): Authorities {
  const areAuthorities = certificates.every(({ ca }) => ca);
  const hasRoot = certificates.some((each) => each.checkIssued(each) && each.verify(each.publicKey));
  if (!areAuthorities || !hasRoot || certificates.length > limits.clientAuthorities) throw new Error("not authorities");
  return authoritiesOf(certificates);
}
