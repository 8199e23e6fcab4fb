import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { readConfig } from "../../src/config/config.ts";
import { ConfigError } from "../../src/config/config-error.ts";
import { isHandedOut } from "../../src/files/open-to-others.ts";
import { makeCertificate } from "../support/clients/certificate.ts";
import { startServer } from "../support/server-process.ts";

// Not in memory, as other temporary files are: there, files of root count as handed out.
const cache = fileURLToPath(new URL("../../.cache/", import.meta.url));
mkdirSync(cache, { recursive: true });
const folder = mkdtempSync(join(cache, "open-files-"));
afterAll(() => rmSync(folder, { recursive: true }));

const key = randomBytes(32).toString("base64");
const certificate = makeCertificate(folder, "open-files");
const fileWith = (content: string) => {
  const path = join(folder, randomBytes(6).toString("hex"));
  writeFileSync(path, content);
  return path;
};
const keyFile = fileWith(key);

/** Each setting that names a file with a secret, and what else it needs. */
const settings: readonly (readonly [name: string, path: string, others: Readonly<Record<string, string>>])[] = [
  ["OB_ENCRYPTION_KEY_FILE", keyFile, {}],
  ["OB_PREVIOUS_ENCRYPTION_KEYS_FILE", fileWith(randomBytes(32).toString("base64")), { OB_ENCRYPTION_KEY: key }],
  ["OB_LEGACY_ENCRYPTION_KEY_FILE", fileWith("k".repeat(32)), {}],
  ["OB_ADMIN_TOKEN_FILE", fileWith(`oo_${"t".repeat(43)}`), {}],
  ["SECRET_SVC_STORE_FILE", fileWith("mongodb://u:p@db/secrets?replicaSet=rs0"), { OB_ENCRYPTION_KEY: key }],
  ["SECRET_SVC_TLS_KEY", certificate.key, { SECRET_SVC_TLS_CERT: certificate.cert }],
];

function errorOf(environment: Readonly<Record<string, string>>): string | undefined {
  const none = { store: undefined, dataDir: undefined, listen: undefined, tlsCert: undefined, tlsKey: undefined };
  try {
    readConfig({ ...environment }, { ...none, auditSync: undefined, reflection: undefined });
    return undefined;
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}

describe.each(settings)("threat 85: the file of %s", (name, path, others) => {
  test.each([0o644, 0o604, 0o602, 0o666])("is refused when everyone may read or write it: mode %o", (mode) => {
    chmodSync(path, mode);
    const shown = mode.toString(8).padStart(4, "0");
    expect(errorOf({ ...others, [name]: path })).toBe(
      `${name}: every user of the machine may read or write ${path} (mode ${shown}); run 'chmod go-rwx ${path}', or ` +
        "set SECRET_SVC_OPEN_KEY_FILES=allow if its mode cannot be changed",
    );
    expect(errorOf({ ...others, [name]: path, SECRET_SVC_OPEN_KEY_FILES: "allow" })).toBeUndefined();
  });

  test.each([0o400, 0o600, 0o440, 0o640])("is taken when its owner, or a group, may read it: mode %o", (mode) => {
    chmodSync(path, mode);
    expect(errorOf({ ...others, [name]: path })).toBeUndefined();
  });
});

test("threat 85: what containers are handed in memory, as files of root, is taken", () => {
  const [tmpfs, ramfs, ext4] = [0x01021994, 0x858458f6, 0xef53];
  expect(isHandedOut({ mode: 0o100644, uid: 0 }, tmpfs)).toBe(true);
  expect(isHandedOut({ mode: 0o100444, uid: 0 }, ramfs)).toBe(true);
  expect(isHandedOut({ mode: 0o100644, uid: 1000 }, tmpfs)).toBe(false);
  expect(isHandedOut({ mode: 0o100644, uid: 0 }, ext4)).toBe(false);
  expect(isHandedOut({ mode: 0o100646, uid: 0 }, tmpfs)).toBe(false);
});

test("threat 85: the service does not start with an open key file; when that is allowed, its log says so", async () => {
  chmodSync(keyFile, 0o644);
  const starting = startServer({ env: { OB_ENCRYPTION_KEY_FILE: keyFile } });
  await expect(starting).rejects.toThrow(`every user of the machine may read or write ${keyFile} (mode 0644)`);
  const env = { OB_ENCRYPTION_KEY_FILE: keyFile, SECRET_SVC_OPEN_KEY_FILES: "allow" };
  const server = await startServer({ env });
  try {
    await expect
      .poll(() => server.output())
      .toContain(`secret-svc: info: other users of the machine may read or write ${keyFile}\n`);
  } finally {
    await server.stop();
  }
});

test("the setting is one of two", () => {
  expect(errorOf({ OB_ENCRYPTION_KEY_FILE: keyFile, SECRET_SVC_OPEN_KEY_FILES: "yes" })).toBe(
    "SECRET_SVC_OPEN_KEY_FILES must be one of refuse, allow",
  );
});
