import { createSecureContext } from "node:tls";
import { parseCertificates, pemBytes } from "../crypto/certificates.ts";
import { readRegularFile } from "../files/read-bounded.ts";
import { ConfigError } from "./config-error.ts";
import { requireClosed } from "./require-closed.ts";
import { cannotRead, readSettingFile } from "./setting-file.ts";

/** The paths of a certificate chain and of its private key. */
export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
  /** A key that every user of the machine may read is refused. */
  readonly mustBeClosed: boolean;
}

/** A certificate chain with its private key, as PEM. */
export interface TlsPair {
  readonly cert: Buffer;
  readonly key: Buffer;
  /** The time in which every certificate of the chain is valid. */
  readonly validFromMs: number;
  readonly expireAtMs: number;
}

const certSetting = "SECRET_SVC_TLS_CERT";
const keySetting = "SECRET_SVC_TLS_KEY";
/**
 * Reads a pair at the start. Both are read again while the service runs, so neither may be a pipe. Throws
 * `ConfigError`.
 */
export function readTlsPair({ certFile, keyFile, mustBeClosed }: TlsFiles): TlsPair {
  const pair = parseTlsPair(
    readSettingFile(certSetting, certFile, { maxBytes: pemBytes }),
    readSettingFile(keySetting, keyFile, { maxBytes: pemBytes }),
  );
  if (mustBeClosed) requireClosed(keySetting, keyFile);
  return pair;
}

/** Reads a pair again. Throws `ConfigError`. */
export async function readTlsPairAgain({ certFile, keyFile, mustBeClosed }: TlsFiles): Promise<TlsPair> {
  const read = (name: string, path: string) =>
    readRegularFile(path, pemBytes).catch((error: unknown) => {
      throw cannotRead(name, path, error);
    });
  const [cert, key] = await Promise.all([read(certSetting, certFile), read(keySetting, keyFile)]);
  const pair = parseTlsPair(cert, key);
  if (mustBeClosed) requireClosed(keySetting, keyFile);
  return pair;
}

/** Checks that the key belongs to the certificate. Throws `ConfigError`, without anything of the key. */
export function parseTlsPair(cert: Buffer, key: Buffer): TlsPair {
  try {
    createSecureContext({ cert, key });
    const chain = parseCertificates(cert);
    return {
      cert,
      key,
      validFromMs: Math.max(...chain.map(({ validFromDate }) => validFromDate.getTime())),
      expireAtMs: Math.min(...chain.map(({ validToDate }) => validToDate.getTime())),
    };
  } catch {
    throw new ConfigError(
      "SECRET_SVC_TLS_CERT and SECRET_SVC_TLS_KEY must be a certificate and its private key, as PEM",
    );
  }
}

export type Standing = "valid" | "expiring" | "expired" | "not-yet-valid";

const dayMs = 24 * 3600 * 1000;
/**
 * Enough to renew by hand. Certificates that live for days are renewed by programs: a quarter of their life is left.
 */
const expiringMs = 14 * dayMs;

/** Whether clients accept a certificate, and for how long. */
export function standingOf({ validFromMs, expireAtMs }: Pick<TlsPair, "validFromMs" | "expireAtMs">, nowMs: number) {
  const leftMs = expireAtMs - nowMs;
  const soonMs = Math.min(expiringMs, (expireAtMs - validFromMs) / 4);
  const standing: Standing =
    leftMs <= 0 ? "expired" : nowMs < validFromMs ? "not-yet-valid" : leftMs < soonMs ? "expiring" : "valid";
  return { standing, days: Math.floor(leftMs / dayMs) };
}
