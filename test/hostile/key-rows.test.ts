import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Config, readConfig } from "../../src/config/config.ts";
import { addAdminToken } from "../../src/identity/first-start.ts";
import { KeysInUseError } from "../../src/keys/keys-in-use.ts";
import { createTokenSecret } from "../../src/rules/token.ts";
import { openCore } from "../../src/service/core.ts";
import { startServer } from "../../src/service/server.ts";
import { noFlags } from "../support/no-flags.ts";

let dataDir: string;

const now = () => Date.UTC(2031, 4, 6);
const keyText = Buffer.alloc(32, 7).toString("base64");
const otherKeyText = Buffer.alloc(32, 8).toString("base64");

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "secret-svc-keys-"));
  const server = await startServer(configWith(keyText), now);
  await server.close();
});

afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

function configWith(active: string, previous?: string): Config {
  const more = previous === undefined ? {} : { OB_PREVIOUS_ENCRYPTION_KEYS: previous };
  return readConfig({ OB_ENCRYPTION_KEY: active, ...more }, { ...noFlags, dataDir, listen: "127.0.0.1:0" });
}

function edit(sql: string, ...values: SQLInputValue[]): void {
  const db = new DatabaseSync(join(dataDir, "secrets.db"));
  expect(db.prepare(sql).run(...values).changes).toBe(1);
  db.close();
}

function dataOf(purpose: string): Buffer {
  const db = new DatabaseSync(join(dataDir, "secrets.db"), { readOnly: true });
  const row = db.prepare("SELECT data FROM keys WHERE purpose = ?").get(purpose);
  db.close();
  if (!(row?.data instanceof Uint8Array)) throw new Error("a key is not a blob");
  return Buffer.from(row.data);
}

/** It does not start, and says why without a key. */
async function expectNoStart(config: Config, text: RegExp): Promise<void> {
  const error = await startServer(config, now).then(
    () => new Error("it started"),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof KeysInUseError)) throw error;
  expect(error.message).toMatch(text);
  for (const key of [keyText, otherKeyText]) {
    expect(error.message).not.toContain(key);
    expect(error.message).not.toContain(Buffer.from(key, "base64").toString("hex"));
  }
}

describe("the fingerprint of a key", () => {
  it("threat 107: another key than the store was written with does not start", async () => {
    await expectNoStart(configWith(otherKeyText), /needs the encryption key with the fingerprint [0-9a-f]{16}/);
    const core = await openCore(configWith(otherKeyText, keyText), now);
    await core.close();
  });

  it("threats 107, 110: a key with the kid of the one in use, and another check, does not start", async () => {
    const check = dataOf("keyring");
    for (const at of [0, 7, 8, 31]) {
      const flipped = Buffer.from(check);
      flipped.writeUInt8(flipped.readUInt8(at) ^ 1, at);
      edit("UPDATE keys SET data = ? WHERE purpose = 'keyring'", flipped);
      await expectNoStart(configWith(keyText), /is not the one that the store was written with/);
    }
    for (const data of [check.subarray(0, 31), Buffer.alloc(0), Buffer.alloc(64)]) {
      edit("UPDATE keys SET data = ? WHERE purpose = 'keyring'", data);
      await expectNoStart(configWith(keyText), /is not the one that the store was written with/);
    }
  });

  it("threat 107: renamed, it is one that is not there", async () => {
    edit("UPDATE keys SET kid = '0011223344556677' WHERE purpose = 'keyring'");
    await expectNoStart(configWith(keyText), /needs the encryption key with the fingerprint 0011223344556677/);
  });

  it("threat 107: deleted, a wrong key still does not start, because the audit key does not open", async () => {
    edit("DELETE FROM keys WHERE purpose = 'keyring'");
    await expectNoStart(configWith(otherKeyText), /needs the encryption key with the fingerprint/);
  });
});

describe("the audit key in the store", () => {
  it("threats 102, 111: with a bit flipped, cut short, extended or exchanged does not start", async () => {
    const original = dataOf("audit");
    const flipped = [0, 1, 5, 12, 40, 60, 72, 90, original.length - 1].map((at) => {
      const copy = Buffer.from(original);
      copy.writeUInt8(copy.readUInt8(at) ^ 1, at);
      return copy;
    });
    const others = [original.subarray(1), original.subarray(0, -1), Buffer.concat([original, original])];
    for (const data of [...flipped, ...others, Buffer.alloc(0), Buffer.alloc(32), dataOf("keyring")]) {
      edit("UPDATE keys SET data = ? WHERE purpose = 'audit'", data);
      await expectNoStart(configWith(keyText), /the audit key in the store does not verify/);
    }
    edit("UPDATE keys SET data = ? WHERE purpose = 'audit'", original);
    const core = await openCore(configWith(keyText), now);
    await core.close();
  });
});

describe("the admin that the host gets back", () => {
  it.each(["roles = '[\"team\"]'", "created_by = 'mallory'", "created_at_ms = -1", "mac = x''"])(
    "threat 104: keeps nothing of a row with %s",
    async (assignment) => {
      edit(`UPDATE users SET ${assignment} WHERE slug = 'admin'`);
      const core = await openCore(configWith(keyText), now);
      await addAdminToken(core.context, createTokenSecret());
      const stored = await core.context.store.findUser("default", "admin");
      await core.close();
      expect(stored).toMatchObject({ roles: [], createdBy: "admin", createdAtMs: now(), admin: true });
    },
  );
});
