import { limits } from "../limits.ts";
import type { Members } from "./json-text.ts";
import { badRequest } from "./refusal.ts";
import { readBoolean, readNumber } from "./weak-values.ts";

/** Why a setting of Vault cannot be made here. A client must not believe that it has what it has not. */
const reasons: Readonly<Record<string, string>> = {
  max_versions: `${limits.historyVersions} versions of each secret are retained`,
  cas_required: "a writer may send cas, but cannot be made to",
  metadata_cas_required: "a writer may send cas, but cannot be made to",
  delete_version_after: 'versions are not deleted by age; the metadata "expires" says when a value ends',
};

/** Zero in any form: `0`, `"0"`, `"0s"`, `"0.0s"`, `"0h0m0s"`. */
const noDuration = /^(?:0|"(?:0(?:\.0{1,9})?[a-zµ]*)*")$/i;

const isDefault: Readonly<Record<string, (raw: string) => boolean>> = {
  max_versions: (raw) => [0, limits.historyVersions].includes(readNumber(raw) ?? -1),
  cas_required: isNo,
  metadata_cas_required: isNo,
  delete_version_after: (raw) => noDuration.test(raw),
};

function isNo(raw: string): boolean {
  return readBoolean(raw.startsWith('"') ? JSON.parse(raw) : raw) === false;
}

/** Whether a request is about settings at all, if only to leave them as they are. */
export function namesSettings(fields: Members): boolean {
  return Object.keys(reasons).some((name) => fields.has(name));
}

/** Throws for a setting that is not the one that everything has here. */
export function requireDefaults(fields: Members): void {
  for (const [name, reason] of Object.entries(reasons)) {
    const raw = fields.get(name);
    if (raw === undefined || raw === "null" || isDefault[name]?.(raw) === true) continue;
    throw badRequest(`${name} cannot be set here: ${reason}`);
  }
}
