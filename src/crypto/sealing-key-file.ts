import { type SealingPublicKey, sealingPublicKeyBytes, sealingSuite } from "./sealed-value.ts";

/** A sealing key as a file, so that values can be sealed without the service. Public: it may be in git. */
export interface SealingKeyFile extends SealingPublicKey {
  /** The tenant whose secrets are sealed with the key; undefined when the file does not name one. */
  readonly tenant: string | undefined;
}

/** A sealing-key file that cannot be used. The message follows the name of the file. */
export class SealingKeyFileError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "SealingKeyFileError";
  }
}

const kidForm = /^[0-9a-f]{16}$/;
const tenantForm = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const fields = ["kid", "suite", "publicKey", "tenant"];

/** The file's JSON: what GetSealingKey returns, and the tenant. Ends with a line break. */
export function formatSealingKeyFile({ kid, publicKey, tenant }: SealingKeyFile): string {
  const content = { kid, suite: sealingSuite, publicKey: Buffer.from(publicKey).toString("base64"), tenant };
  return `${JSON.stringify(content, undefined, 2)}\n`;
}

/** Reads a sealing-key file. Throws SealingKeyFileError. */
export function parseSealingKeyFile(text: string): SealingKeyFile {
  const content = parseJson(text);
  const unknown = Object.keys(content).find((field) => !fields.includes(field));
  if (unknown !== undefined) throw new SealingKeyFileError(`has an unknown field; the fields are ${fields.join(", ")}`);
  const { kid, suite, publicKey: keyText, tenant } = content;
  if (suite !== sealingSuite) throw new SealingKeyFileError(`is for a suite other than ${sealingSuite}`);
  if (typeof kid !== "string" || !kidForm.test(kid))
    throw new SealingKeyFileError("has a kid that is not 16 hex digits");
  const publicKey = Buffer.from(typeof keyText === "string" ? keyText : "", "base64");
  if (publicKey.length !== sealingPublicKeyBytes || publicKey.toString("base64") !== keyText) {
    throw new SealingKeyFileError(`has a publicKey that is not ${sealingPublicKeyBytes} bytes in base64`);
  }
  if (tenant !== undefined && (typeof tenant !== "string" || !tenantForm.test(tenant))) {
    throw new SealingKeyFileError("has a tenant that is not a-z and 0-9, in groups joined by single '-'");
  }
  return { kid, publicKey, tenant };
}

function parseJson(text: string): Record<string, unknown> {
  try {
    const content: unknown = JSON.parse(text);
    if (typeof content === "object" && content !== null && !Array.isArray(content)) return { ...content };
  } catch {
    // Falls through: the parser's message would quote the file.
  }
  throw new SealingKeyFileError("is not a sealing key: 'oo secret sealing-key' prints one, as a JSON object");
}
