import type { Db, Document } from "mongodb";
import { LayoutError, otherLayout } from "../../layout-error.ts";
import { type Named, oldestSchemaVersion, schemaVersion } from "../rows/schema.ts";

const known = { current: schemaVersion, oldest: oldestSchemaVersion };

/** What the database says of itself: its schema version, and the one that a migration in progress makes. */
export interface Layout {
  readonly version: unknown;
  readonly migratingTo: unknown;
}

/** Undefined for a database without one. */
export async function readLayout(db: Db, maxTimeMS: number): Promise<Layout | undefined> {
  return layoutOf(await db.collection<Named>("meta").findOne({ _id: { $eq: "schema" } }, { maxTimeMS }));
}

/** The same of the document that was found. */
export function layoutOf(found: Document | null): Layout | undefined {
  return found === null ? undefined : { version: found.version, migratingTo: found.migratingTo };
}

/** Throws `LayoutError` unless the database has the schema version of this program, and keeps it. */
export function requireLayout({ version, migratingTo }: Layout): void {
  const isForeign = migratingTo !== undefined && migratingTo !== schemaVersion;
  if (!isForeign && version === schemaVersion) return;
  if (!isForeign) throw otherLayout("the database", version, known);
  throw new LayoutError(
    `the database is being migrated to the schema version ${shown(migratingTo)}, and this program needs ${schemaVersion}: ` +
      "start the newer version of secret-svc that began the migration; it finishes it (docs/upgrading.md)",
  );
}

/** Whether steps lead from this schema version to the one of this program. */
export function canMigrate({ version, migratingTo }: Layout): boolean {
  const isOlder = typeof version === "number" && version >= known.oldest && version < known.current;
  return isOlder && (migratingTo === undefined || migratingTo === schemaVersion);
}

function shown(version: unknown): string {
  return Number.isSafeInteger(version) ? String(version) : "unknown";
}
