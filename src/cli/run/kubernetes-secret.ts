import { bytesOf, type SecretValue } from "../../text/secret-value.ts";
import { toScalar } from "../files/secret-yaml.ts";
import { CliError, usageError } from "../frame/errors.ts";
import type { ExportFormat } from "./export-formats.ts";

/** The names that the Kubernetes API server accepts for an object, and for an entry. */
const objectName = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const entryName = /^[-._A-Za-z0-9]+$/;
const nameChars = 253;
/** All values of one Secret together. */
const dataBytes = 1024 * 1024;

/**
 * A manifest of a Secret for `kubectl apply`, with the values in base64.
 * @throws CliError when Kubernetes would not accept the name
 */
export function createKubernetesFormat(name: string): ExportFormat {
  if (name.length > nameChars || !objectName.test(name)) {
    throw usageError(`--name must be a-z, 0-9, '-' and '.', at most ${nameChars} characters, as Kubernetes requires`);
  }
  return {
    problem: ({ name: entry }) => {
      if (entry.length <= nameChars && entryName.test(entry) && !entry.startsWith("..") && entry !== ".")
        return undefined;
      return `${entry} is not a valid entry name of a Kubernetes Secret (letters, digits, '-', '_' and '.', not '.' or '..' first); --upper makes most keys valid`;
    },
    write: (variables) => {
      const bytes = variables.reduce((sum, { value }) => sum + bytesOf(value).length, 0);
      if (bytes > dataBytes) {
        const hint = "choose fewer with --only, and give each Secret a --name";
        throw new CliError(`a Kubernetes Secret holds at most ${dataBytes} bytes, and these are ${bytes}`, [hint]);
      }
      // Base64 sometimes needs quotes: three bytes may become `1234` or `true`.
      const data = variables.map((each) => `  ${toScalar(each.name)}: ${toScalar(toBase64(each.value))}\n`);
      return `apiVersion: v1\nkind: Secret\nmetadata:\n  name: ${toScalar(name)}\ntype: Opaque\ndata:\n${data.join("")}`;
    },
  };
}

function toBase64(value: SecretValue): string {
  return Buffer.from(bytesOf(value)).toString("base64");
}
