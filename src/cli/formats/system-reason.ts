import { getSystemErrorMap } from "node:util";
import { UnreadableFileError } from "../../files/read-bounded.ts";

/** Where the system's own words say too little, and for codes that are not the system's. */
const words: Readonly<Record<string, string>> = {
  ENOENT: "no such file or folder",
  ENOTDIR: "a part of the path is not a folder",
  EISDIR: "it is a folder",
  ELOOP: "it is a symbolic link, or its links lead in a circle",
  EEXIST: "it exists",
  EROFS: "the file system can only be read",
  ECONNRESET: "the connection broke",
  EPIPE: "the connection broke",
  EPROTO: "it does not speak TLS as it should",
  ERR_SSL_WRONG_VERSION_NUMBER: "it does not speak TLS",
  ERR_SSL_PACKET_LENGTH_TOO_LONG: "it does not speak TLS",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another host name",
  CERT_HAS_EXPIRED: "its certificate has expired",
  CERT_NOT_YET_VALID: "its certificate is not valid yet",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is self-signed, and not trusted here",
  SELF_SIGNED_CERT_IN_CHAIN: "the authority of its certificate is not trusted here",
  UNABLE_TO_GET_ISSUER_CERT: "the authority of its certificate is not trusted here",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "the authority of its certificate is not trusted here",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "the authority of its certificate is not trusted here",
};

/** The code of a failed system call, such as `ENOENT`; undefined for anything else. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = (error as NodeJS.ErrnoException).code;
  return typeof code === "string" ? code : systemCode(error.cause);
}

/** What a code of the system means. One without words stays as it is: it can be looked up. */
export function wordsOf(code: string): string {
  if (Object.hasOwn(words, code)) return words[code] ?? code;
  return [...getSystemErrorMap().values()].find(([name]) => name === code)?.[1] ?? code;
}

/** Why a file was not read or written, or a host not reached, to follow "cannot …: ". */
export function systemReason(error: unknown): string {
  if (error instanceof UnreadableFileError) return wordsOf(error.message);
  const code = systemCode(error);
  return code === undefined ? "unknown error" : wordsOf(code);
}
