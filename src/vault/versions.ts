import { readNumber } from "./body.ts";
import { type Members, members } from "./json-text.ts";
import { badRequest } from "./refusal.ts";

/** The version that a read asks for; 0 for the newest. Throws `VaultRefusal`. */
export function readVersion(query: URLSearchParams): number {
  const text = query.get("version") ?? "";
  if (text === "") return 0;
  const version = /^\d+$/.test(text) ? readNumber(text) : undefined;
  if (version === undefined) throw badRequest("error parsing version parameter");
  return version;
}

/** The versions that a request names, which must be some. Throws `VaultRefusal`. */
export function readVersions(fields: Members): readonly number[] {
  const raw = fields.get("versions");
  const given: unknown = raw === undefined ? [] : JSON.parse(raw);
  if (!Array.isArray(given) || given.length === 0) throw badRequest("No version number provided");
  return given.map((each) => {
    const version = readNumber(JSON.stringify(each));
    if (version === undefined) throw badRequest("error parsing versions parameter");
    return version;
  });
}

/** As Vault has it, no error of the form: it is the number of no version. */
const negative = /^"?-[1-9]\d*"?$/;
const noVersion = -1;

/** The option `cas`; undefined when it is absent. Throws `VaultRefusal`. */
export function readCas(fields: Members): number | undefined {
  const options = fields.get("options");
  if (options === undefined || !options.startsWith("{")) return undefined;
  const raw = members(options).get("cas");
  if (raw === undefined || raw === "null") return undefined;
  const cas = negative.test(raw) ? noVersion : readNumber(raw);
  if (cas === undefined) throw badRequest("error parsing check-and-set parameter");
  return cas;
}
