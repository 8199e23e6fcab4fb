import { StoreError } from "./store-error.ts";

/**
 * A store whose schema version is not the one of this program. A process that finds a newer one on its own store while
 * it runs must not touch the store any more.
 */
export class LayoutError extends StoreError {
  /** A start of this program migrates the store. */
  readonly canMigrate: boolean;
  constructor(message: string, canMigrate = false) {
    super("unavailable", message);
    this.name = "LayoutError";
    this.canMigrate = canMigrate;
  }
}

/** The schema version that a program needs, and the oldest one that it can migrate. */
export interface KnownLayouts {
  readonly current: number;
  readonly oldest: number;
}

/** The error for a store with another schema version. `place` is the file or the database that has it. */
export function otherLayout(place: string, found: unknown, { current, oldest }: KnownLayouts): LayoutError {
  if (typeof found !== "number" || !Number.isSafeInteger(found)) {
    return new LayoutError(
      `${place} has no schema version that can be read; this program needs ${current}: ${restore}`,
    );
  }
  const versions = `${place} has schema version ${found}; this program needs ${current}`;
  if (found > current) {
    return new LayoutError(
      `${versions}: a newer version of secret-svc wrote it; start that version, or restore a backup that this version ` +
        "made into a new store (docs/upgrading.md)",
    );
  }
  if (found < oldest) return new LayoutError(`${versions}, and can migrate ${oldest} or newer: ${restore}`);
  return new LayoutError(
    `${versions}: stop the service of the older version, and start 'secret-svc serve' of this version, which migrates the ` +
      "store; until then use the commands of the older version (docs/upgrading.md)",
    true,
  );
}

const restore = "restore a backup into a new store (docs/upgrading.md)";
