import { execFileSync } from "node:child_process";
import { join } from "node:path";

/** Files of a certificate for localhost that is its own authority. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** Makes one that is valid for some days, as PEM files in `folder`. Needs openssl. */
export function makeCertificate(
  folder: string,
  name: string,
  days = 1,
  names = "DNS:localhost,IP:127.0.0.1",
): Certificate {
  const cert = join(folder, `${name}.pem`);
  const key = join(folder, `${name}-key.pem`);
  const subject = ["-subj", `/CN=${name}`, "-addext", `subjectAltName=${names}`];
  const form = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", String(days)];
  execFileSync("openssl", ["req", "-x509", ...form, ...subject, "-keyout", key, "-out", cert], { stdio: "pipe" });
  return { cert, key };
}
