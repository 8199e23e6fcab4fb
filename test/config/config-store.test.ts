import { join } from "node:path";
import { expect, test } from "vitest";
import { readConfig } from "../../src/config/config.ts";
import { errorOf, fileWith, folder, keyA, read } from "../support/config/fixture.ts";
import { noFlags } from "../support/no-flags.ts";

const uri = "mongodb://svc:canary-password@db1:27017,db2/secrets?replicaSet=rs0";
const key = { OB_ENCRYPTION_KEY: keyA };

test("SECRET_SVC_STORE takes an address of MongoDB, and is gone from the environment afterwards", () => {
  const environment: Record<string, string> = { ...key, SECRET_SVC_STORE: uri };
  expect(readConfig(environment, noFlags).mongoUri).toBe(uri);
  expect(JSON.stringify(environment)).not.toContain("canary");
  expect(read({ ...key, SECRET_SVC_STORE: "mongodb+srv://cluster.example/secrets" }).mongoUri).toMatch(/^mongodb\+srv/);
  expect(read({ SECRET_SVC_STORE: "sqlite" }).mongoUri).toBeUndefined();
});

test("SECRET_SVC_STORE_FILE names a file with the address", () => {
  const path = fileWith(`${uri}\n`);
  expect(read({ ...key, SECRET_SVC_STORE_FILE: path }).mongoUri).toBe(uri);
  expect(errorOf({ ...key, SECRET_SVC_STORE_FILE: path, SECRET_SVC_STORE: uri })).toBe(
    "SECRET_SVC_STORE and SECRET_SVC_STORE_FILE must not both be set",
  );
  expect(errorOf({ ...key, SECRET_SVC_STORE_FILE: join(folder, "none") })).toMatch(
    /^SECRET_SVC_STORE_FILE: cannot read/,
  );
});

test("a flag may name a store, but no password", () => {
  expect(read({ ...key, SECRET_SVC_STORE: "sqlite" }, { store: "mongodb://db1/secrets" }).mongoUri).toBe(
    "mongodb://db1/secrets",
  );
  expect(errorOf(key, { store: uri })).toMatch(/^--store must not hold a user and a password; use SECRET_SVC_STORE/);
});

test("threat 107: MongoDB needs a key that is given: none is made for it", () => {
  expect(errorOf({ SECRET_SVC_STORE: uri })).toMatch(/^OB_ENCRYPTION_KEY must be set when the store is MongoDB/);
});

test.each(["mongo", "mongodb:", "mongodb://", "mongodb:///secrets", "http://canary@db1/", "MONGODB://canary@db1"])(
  "SECRET_SVC_STORE=%s is refused without quoting it",
  (store) => {
    const message = errorOf({ ...key, SECRET_SVC_STORE: store });
    expect(message).toMatch(/^SECRET_SVC_STORE must be 'sqlite'.* or the address of MongoDB/);
    expect(message).not.toContain("canary");
  },
);
