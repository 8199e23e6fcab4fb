/** What every benchmark reads and writes: the same names, values and users in every server. */

export const secretKey = "bench/DATABASE_URL";
export const secretValue = "postgresql://user:a-password-of-usual-length@db.internal.example:5432/application";

/** The ordinary user who makes all calls that are measured: not an admin, and on access lists by a role. */
export const userSlug = "bench-user";
export const userRole = "bench-team";

/** Secrets in addition to the one that is read. */
export const otherSecrets = 999;

/** Each connection writes its own secret: what many writers of one secret cost is a different question. */
export const writtenSecrets = 64;
export function writtenKey(connection: number): string {
  return `bench/WRITTEN_${connection % writtenSecrets}`;
}

/** The namespace that is listed. */
export const listedNamespace = "bench-list";
export const listedSecrets = 500;
/** Secrets in a page with all metadata. */
export const pageSize = 100;

export function listedName(index: number): string {
  return `SETTING_${String(index).padStart(4, "0")}`;
}

export const listedMetadata = { description: "what this setting is for", team: "payments", expires: "2099-12-31" };
