import { type Members, members } from "./json-text.ts";
import { badRequest } from "./refusal.ts";
import { readInteger, readNumber } from "./weak-values.ts";

/** The version that a read asks for; 0 for the newest. Throws `VaultRefusal`. */
export function readVersion(query: URLSearchParams): number {
  const text = parameter(query, "version");
  if (text === "") return 0;
  const version = readInteger(text);
  // A negative one would be the newest in Vault, and here a mistake.
  if (version === undefined || version < 0) throw badRequest("error parsing version parameter");
  return version;
}

/** A parameter of a path; empty when it is absent. Throws `VaultRefusal` when it is there twice. */
export function parameter(query: URLSearchParams, name: string): string {
  const [text = "", ...more] = query.getAll(name);
  if (more.length > 0) throw badRequest(`the parameter ${name} must not be there twice`);
  return text;
}

/** The levels that `subkeys` shows. 0 and less stand for all of them, as in Vault. Throws `VaultRefusal`. */
export function readDepth(query: URLSearchParams): number {
  const depth = readInteger(parameter(query, "depth") || "0");
  if (depth === undefined) throw badRequest("error parsing depth parameter");
  return depth > 0 ? depth : Number.POSITIVE_INFINITY;
}

/** The versions that a request names, which must be some: a list, one, or a text with commas. Throws `VaultRefusal`. */
export function readVersions(fields: Members): readonly number[] {
  const raw = fields.get("versions");
  const value: unknown = JSON.parse(raw ?? "null") ?? [];
  const given =
    typeof value === "string" && value !== "" ? value.split(",") : typeof value === "number" ? [value] : value;
  if (!Array.isArray(given) || given.length === 0) throw badRequest("No version number provided");
  return given.map((each) => {
    const version = each === "" ? undefined : readNumber(JSON.stringify(each));
    if (version === undefined) throw badRequest("error parsing versions parameter");
    return version;
  });
}

/** The option `cas`; undefined when it is absent. A negative one is the number of no version. Throws `VaultRefusal`. */
export function readCas(fields: Members): number | undefined {
  const options = fields.get("options") ?? "null";
  if (options === "null" || options === "[]") return undefined;
  // A client would believe that the version was compared.
  if (!options.startsWith("{")) throw badRequest('error converting input for field "options": expected a map');
  const raw = members(options).get("cas");
  if (raw === undefined) return undefined;
  const cas = readNumber(raw);
  if (cas === undefined) throw badRequest("error parsing check-and-set parameter");
  return cas;
}
