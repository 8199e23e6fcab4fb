/** What every benchmark reads. */
export const secretKey = "bench/DATABASE_URL";
export const secretValue = "postgresql://user:a-password-of-usual-length@db.internal.example:5432/application";
/** The ordinary user who reads it: not an admin, listed by a role. */
export const readerSlug = "bench-reader";
export const readerRole = "bench-readers";
