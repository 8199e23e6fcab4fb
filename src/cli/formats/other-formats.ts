import { fieldNames } from "./secret-fields.ts";
import type { YamlMap } from "./yaml.ts";

/**
 * Which format of another tool an entry is in, worded for an error; undefined for one that may be ours. It quotes
 * nothing of the file.
 */
export function otherFormat({ fields }: YamlMap): string | undefined {
  const names = new Set(fields.map(({ name }) => name));
  if (names.has("apiVersion") && names.has("kind")) {
    return "is a manifest of Kubernetes: `oo secret import --from kubernetes` takes it";
  }
  if (names.has("sops")) return "is a file of SOPS: `oo secret import --from sops` takes what `sops decrypt` prints";
  const isFlat =
    fields.length > 0 && fields.every(({ name, value }) => value.kind === "text" && !fieldNames.includes(name));
  if (!isFlat) return undefined;
  const similar = fields.some(({ name }) => fieldNames.some((field) => field.toLowerCase() === name.toLowerCase()));
  if (similar || (fields.length === 1 && !/^[A-Za-z0-9_.-]+$/.test(fields[0]?.name ?? ""))) return undefined;
  return "is a flat list of names and values: `oo secret import` takes it; a secret here is an entry such as {key: NAME, value: TEXT}";
}
