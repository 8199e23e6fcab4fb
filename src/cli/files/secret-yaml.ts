import type { Secret } from "../../../gen/secret/v1/secret_service_pb.ts";
import { accessListNames } from "../../text/access-list-names.ts";
import { compareBytes } from "../../text/byte-order.ts";
import { type SecretValue, textOf } from "../../text/secret-value.ts";
import { escapeInYaml } from "../print/escape.ts";
import { secretValueOf } from "../print/shown-value.ts";

const plainForm = /^[A-Za-z_][A-Za-z0-9_.+=@/-]*$/;
/** What YAML 1.1 or 1.2 does not take for a string. */
const notText = /^(y|n|yes|no|on|off|true|false|null)$/i;
const toEscape = /[\\"]|[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu;
const shortEscapes: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  '"': '\\"',
  "\n": "\\n",
  "\t": "\\t",
  "\r": "\\r",
};

/**
 * The secrets as a YAML sequence of exactly the fields that `save` takes, so that saving it changes nothing. Each
 * access list is on one line. Every string reads back byte for byte in YAML 1.1 and 1.2.
 */
export function toSecretYaml(secrets: readonly Secret[], withValues: boolean): string {
  if (secrets.length === 0) return "[]\n";
  return secrets.map((secret) => toEntry(secret, withValues)).join("");
}

function toEntry(secret: Secret, withValue: boolean): string {
  const lines = [`id: ${toScalar(secret.id)}`, `key: ${toScalar(secret.key)}`];
  const value = withValue ? secretValueOf(secret) : undefined;
  if (value !== undefined) lines.push(`value: ${toValue(value)}`);
  for (const name of accessListNames) lines.push(`${name}: [${secret[name].map(toScalar).join(", ")}]`);
  const metadata = Object.entries(secret.metadata).sort(([a], [b]) => compareBytes(a, b));
  lines.push(metadata.length === 0 ? "metadata: {}" : "metadata:");
  for (const [name, text] of metadata) lines.push(`  ${toScalar(name)}: ${toScalar(text)}`);
  if (secret.owner !== "") lines.push(`owner: ${toScalar(secret.owner)}`);
  return lines.map((line, i) => `${i === 0 ? "- " : "  "}${line}\n`).join("");
}

/** Bytes are `!!binary`, which YAML has for them. */
export function toValue(value: SecretValue): string {
  return typeof value === "string" ? toScalar(value) : `!!binary "${textOf(value)}"`;
}

/** Without quotes where every reader of YAML takes it for exactly this string, else in double quotes. */
export function toScalar(text: string): string {
  if (plainForm.test(text) && !notText.test(text)) return text;
  return `"${text.replace(toEscape, (char) => shortEscapes[char] ?? escapeInYaml(char.codePointAt(0) ?? 0))}"`;
}
