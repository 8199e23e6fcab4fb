import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import type { ChainedRecord } from "../../src/audit/record.ts";
import { fromRecord } from "../../src/store/mongo/rows/audit-row.ts";
import {
  fromFormer,
  fromIdempotency,
  fromKey,
  fromLogin,
  fromPermit,
  fromSecret,
  fromToken,
  fromUser,
} from "../../src/store/mongo/rows/documents.ts";
import { collections } from "../../src/store/mongo/rows/schema.ts";
import type { StoredSecret } from "../../src/store/secret-rows.ts";
import { openForWriting } from "../../src/store/sqlite/database.ts";
import { secretsSchema } from "../../src/store/sqlite/schema.ts";
import { forAccessLists } from "../../src/text/access-list-names.ts";
import { repository } from "../support/docs/markdown.ts";

const page = readFileSync(join(repository, "docs/encryption-format.md"), "utf8");

/** Names and columns of the rows of a table in the page; a row may have several names. */
function documented(part: string): Map<string, string[]> {
  const text = new RegExp(`<!-- ${part} -->\n([\\s\\S]*?)<!-- /${part} -->`).exec(page)?.[1] ?? "";
  const rows = new Map<string, string[]>();
  for (const line of text.split("\n")) {
    const [, names = "", columns = ""] = line.split("|");
    // What follows the names is about some of them.
    const list = columns.split(/[:;]/)[0] ?? "";
    for (const [, name = ""] of names.matchAll(/`(\w+)`/g)) rows.set(name, namesIn(list, rows));
  }
  return rows;
}

/** "those of `secret` without `row` and `sizes`" stands for the columns of another table. */
function namesIn(list: string, rows: ReadonlyMap<string, string[]>): string[] {
  const reference = /those of `(\w+)`((?: without| and)(?: `\w+`))*/;
  const [whole = "", other = ""] = reference.exec(list.replace(/, and `former`/, "")) ?? [];
  const left = textsIn(whole).slice(1);
  return [...textsIn(list.replace(whole, "")), ...(rows.get(other) ?? []).filter((name) => !left.includes(name))];
}

function textsIn(text: string): string[] {
  return [...text.matchAll(/`(\w+)`/g)].map(([, name = ""]) => name);
}

test("fault C14: docs/encryption-format.md has every table and column of the embedded store", () => {
  const db = openForWriting(":memory:", secretsSchema, "NORMAL");
  try {
    const found = new Map(tablesOf(db));
    const shown = documented("tables");
    expect([...shown.keys()].sort()).toEqual([...found.keys()].sort());
    for (const [table, columns] of found) expect(shown.get(table)?.toSorted(), table).toEqual(columns);
  } finally {
    db.close();
  }
});

function tablesOf(db: DatabaseSync): [string, string[]][] {
  const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").all();
  return tables.map(({ name }) => {
    const columns = db.prepare("SELECT name FROM pragma_table_info(?)").all(String(name));
    return [String(name), columns.map((column) => String(column.name)).sort()];
  });
}

test("fault C14: docs/encryption-format.md has every collection of MongoDB, with its fields", () => {
  const shown = documented("collections");
  expect([...shown.keys()].sort()).toEqual(Object.keys(collections).sort());
  const secret = fromSecret(sample, "operation");
  const written = {
    secrets: { ...secret, sizes: [] },
    history: { ...secret, former: fromFormer(undefined) },
    users: fromUser({
      ...identity,
      slug: "",
      roles: [],
      admin: false,
      operator: false,
      updatedAtMs: 0,
      updatedBy: "",
      removed: false,
      login: { issuer: "", subject: "", displayName: "" },
      passkeys: { handle: "", keys: [] },
    }),
    tokens: fromToken({
      ...identity,
      id: "",
      slug: "",
      hash: bytes,
      description: "",
      grants: [],
      expireAtMs: 0,
      revokedAtMs: 0,
      session: { issuer: "", parent: "", sid: "", client: "", refreshToken: bytes },
    }),
    logins: fromLogin({ endAtMs: 0, sealed: bytes }),
    permits: fromPermit({ tenant: "", name: "", patterns: [], updatedAtMs: 0, updatedBy: "", kid: "", mac: bytes }),
    idempotency: fromIdempotency(
      {
        tenant: "",
        principal: "",
        rpc: "",
        key: "",
        requestMac: bytes,
        answer: "",
        createdAtMs: 0,
        kid: "",
        mac: bytes,
      },
      "operation",
    ),
    keys: fromKey({ kid: "", purpose: "audit", data: bytes, createdAtMs: 0 }),
    changes: fromRecord(record),
    access: fromRecord(record),
  };
  for (const [name, document] of Object.entries(written)) {
    const fields = Object.keys(document).filter((field) => field !== "_id");
    expect(shown.get(name)?.toSorted(), name).toEqual(fields.sort());
  }
});

const bytes = new Uint8Array(0);
const identity = { tenant: "", createdAtMs: 0, createdBy: "", kid: "", mac: bytes };
const sample: StoredSecret = {
  format: 1,
  tenant: "",
  id: "",
  key: "",
  version: 1,
  owner: "",
  lists: forAccessLists(() => []),
  metadata: [],
  createdAtMs: 0,
  createdBy: "",
  updatedAtMs: 0,
  updatedBy: "",
  valueChangedAtMs: 0,
  removed: false,
  kid: "",
  envelope: bytes,
};
const record: ChainedRecord = {
  ...{ timeMs: 0, tenant: "", principal: "", action: "", key: "", version: 0, rule: "" },
  decision: "allowed",
  ...{ requestId: "", peer: "", count: 0, names: [], filter: "", chain: "c", position: 1, mac: bytes },
};
