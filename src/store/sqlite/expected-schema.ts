import { DatabaseSync } from "node:sqlite";

/** Made in every file, next to the tables of its schema. */
export const metaTable = "CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID";

interface SchemaEntry {
  readonly type: string;
  readonly name: string;
  readonly table: string;
  /** Empty for an index that SQLite makes by itself. */
  readonly sql: string;
}

/**
 * Returns a function that compares the tables, indexes, triggers and views of a file with those that `schema` makes.
 * Its messages name what differs. Tables, views and plain indexes that someone added are harmless, since the service
 * does not use them. A trigger can undo what the service acknowledges, and a unique index can refuse it.
 */
export function createSchemaCheck(schema: string): SchemaCheck {
  const known = checks.get(schema) ?? makeCheck(schema);
  checks.set(schema, known);
  return known;
}

export type SchemaCheck = (db: DatabaseSync) => readonly string[];

/** Each takes a database in memory to make. */
const checks = new Map<string, SchemaCheck>();

function makeCheck(schema: string): SchemaCheck {
  const sample = new DatabaseSync(":memory:");
  sample.exec(schema);
  sample.exec(metaTable);
  const expected = entriesOf(sample);
  sample.close();
  const byName = new Map(expected.map((entry) => [entry.name, entry]));

  return (db) => {
    const found = new Map(entriesOf(db).map((entry) => [entry.name, entry]));
    const missing = expected.filter(({ name }) => !found.has(name)).map((entry) => `${describe(entry)} is missing`);
    const wrong = [...found.values()].flatMap((entry) => {
      const wanted = byName.get(entry.name);
      if (wanted === undefined) return isHarmless(entry) ? [] : [`${describe(entry)} was added`];
      const isSame = wanted.type === entry.type && wanted.table === entry.table && wanted.sql === entry.sql;
      return isSame ? [] : [`${describe(entry)} was changed`];
    });
    return [...missing, ...wrong];
  };
}

function entriesOf(db: DatabaseSync): readonly SchemaEntry[] {
  // The statistics that ANALYZE makes only influence which index is used.
  return db
    .prepare(
      "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_stat%' ESCAPE '\\' ORDER BY name",
    )
    .all()
    .map(({ type, name, tbl_name, sql }) => ({
      type: String(type),
      name: String(name),
      table: String(tbl_name),
      sql: sql === null ? "" : String(sql).replaceAll(/\s+/g, " ").trim(),
    }));
}

function isHarmless({ type, sql }: SchemaEntry): boolean {
  return type === "table" || type === "view" || (type === "index" && !/^CREATE UNIQUE /i.test(sql));
}

function describe({ type, name, table }: SchemaEntry): string {
  return type === "table" || type === "view" ? `the ${type} ${name}` : `the ${type} ${name} of the table ${table}`;
}
