import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { readConfig, type Settings } from "../src/config.ts";
import { ConfigError } from "../src/config-error.ts";
import { createKeyring } from "../src/crypto/keyring.ts";

const folder = mkdtempSync(join(tmpdir(), "secret-svc-config-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A file that holds `text`, and nothing of whose name hints at it. */
let files = 0;
function fileWith(text: string): string {
  files += 1;
  const path = join(folder, `file-${files}`);
  writeFileSync(path, text);
  return path;
}

const noFlags: Settings = {
  store: undefined,
  dataDir: undefined,
  listen: undefined,
  tlsCert: undefined,
  tlsKey: undefined,
  auditSync: undefined,
  reflection: undefined,
};

type Environment = Record<string, string>;
const read = (environment: Environment = {}, flags: Partial<Settings> = {}) =>
  readConfig({ ...environment }, { ...noFlags, ...flags });

function errorOf(environment: Environment, flags: Partial<Settings> = {}): string {
  try {
    read(environment, flags);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error("the settings were taken");
}

const rawA = Buffer.alloc(32, 0xa1);
const rawB = Buffer.alloc(32, 0xb2);
const keyA = rawA.toString("base64");
const keyB = rawB.toString("base64");
const kidOf = (raw: Uint8Array) => createKeyring(raw, []).active.kid;
const defaultKey = "changeMeToSomethingSecureForReal";
const token = `oo_${"t".repeat(43)}`;

describe("settings", () => {
  test("of the audit log: where it is exported, and for how long it is kept", () => {
    expect(read({ SECRET_SVC_AUDIT_EXPORT: "stdout", SECRET_SVC_AUDIT_RETENTION: "400d" })).toMatchObject({
      auditExport: "stdout",
      auditRetentionMs: 400 * 24 * 3600 * 1000,
    });
    expect(read({ SECRET_SVC_AUDIT_EXPORT: "log/audit.jsonl", SECRET_SVC_AUDIT_RETENTION: "forever" })).toMatchObject({
      auditExport: resolve("log/audit.jsonl"),
      auditRetentionMs: undefined,
    });
  });

  test("have defaults that are safe on one machine", () => {
    expect(read()).toEqual({
      dataDir: resolve("data"),
      host: "127.0.0.1",
      port: 11_337,
      isLoopback: true,
      tls: undefined,
      auditSync: "process",
      reflection: true,
      keys: undefined,
      adminToken: undefined,
      secretFiles: [],
      log: { format: "text", level: "info" },
      nodeOptions: "",
      metricsListen: undefined,
      corsOrigins: [],
      traffic: { callsPerMinute: 300_000, failuresPerMinute: 300, connectionsPerAddress: 1_000 },
    });
  });

  const trafficSettings = [
    "SECRET_SVC_CALLS_PER_MINUTE",
    "SECRET_SVC_FAILURES_PER_MINUTE",
    "SECRET_SVC_CONNECTIONS_PER_ADDRESS",
  ];
  test.each(trafficSettings)("%s is a number or off", (name) => {
    const traffic = (text: string) => Object.values(read({ [name]: text }).traffic);
    expect(traffic("42")).toContain(42);
    expect(traffic("off")).toContain(undefined);
    for (const text of ["0", "-1", "1.5", "1e3", "many", "9999999999"]) {
      expect(errorOf({ [name]: text })).toBe(`${name} must be a whole number from 1 to 999999999, or off`);
    }
  });

  test("threat 35: SECRET_SVC_CORS_ORIGINS are named one by one, as browsers send them", () => {
    const origins = (text: string) => read({ SECRET_SVC_CORS_ORIGINS: text }).corsOrigins;
    expect(origins("")).toEqual([]);
    expect(origins("https://a.example, http://localhost:3000")).toEqual(["https://a.example", "http://localhost:3000"]);
    const refused = (text: string) => errorOf({ SECRET_SVC_CORS_ORIGINS: text });
    expect(refused("*")).toBe("SECRET_SVC_CORS_ORIGINS must name each origin: * is not accepted");
    expect(refused("https://*.example.com")).toContain("* is not accepted");
    for (const text of ["null", "a.example", "https://", "chrome-extension://abc"]) {
      expect(refused(text)).toMatch(/^SECRET_SVC_CORS_ORIGINS must be origins such as/);
    }
    for (const text of ["https://a.example/", "https://A.example", "https://a.example:443", "https://u@a.example"]) {
      expect(refused(text)).toContain("which no browser sends as an origin: use https://a.example");
    }
  });

  test("SECRET_SVC_METRICS_LISTEN is an address of its own, or nothing", () => {
    const metrics = (text: string) => read({ SECRET_SVC_METRICS_LISTEN: text }).metricsListen;
    expect(metrics("")).toBeUndefined();
    expect(metrics("127.0.0.1:9464")).toEqual({ host: "127.0.0.1", port: 9464, isLoopback: true });
    expect(metrics("0.0.0.0:9464")).toEqual({ host: "0.0.0.0", port: 9464, isLoopback: false });
    expect(errorOf({ SECRET_SVC_METRICS_LISTEN: "9464" })).toMatch(/^SECRET_SVC_METRICS_LISTEN must be an address/);
  });

  test("knows the files that hold its secrets", () => {
    const OB_ENCRYPTION_KEY_FILE = fileWith(keyA);
    expect(read({ OB_ENCRYPTION_KEY_FILE, OB_LEGACY_ENCRYPTION_KEY: defaultKey }).secretFiles).toEqual([
      OB_ENCRYPTION_KEY_FILE,
    ]);
  });

  test("knows which of its keys are easy to guess", () => {
    const random = randomBytes(32);
    const weak = (active: string, previous: string) =>
      [...(read({ OB_ENCRYPTION_KEY: active, OB_PREVIOUS_ENCRYPTION_KEYS: previous }).keys?.weakKids ?? [])].sort();
    expect(weak(random.toString("base64"), keyA)).toEqual([kidOf(rawA)]);
    expect(weak(defaultKey, random.toString("hex"))).toEqual([kidOf(Buffer.from(defaultKey))]);
    expect(weak(random.toString("base64"), randomBytes(32).toString("base64"))).toEqual([]);
  });

  test("SECRET_SVC_ISSUERS names a file, and so does the flag, which wins", () => {
    expect(read({ SECRET_SVC_ISSUERS: "a.yaml" }).issuersFile).toBe("a.yaml");
    expect(read({ SECRET_SVC_ISSUERS: "a.yaml" }, { issuers: "b.yaml" }).issuersFile).toBe("b.yaml");
  });

  test.each<[string, Partial<ReturnType<typeof read>>]>([
    ["127.0.0.1:0", { host: "127.0.0.1", port: 0, isLoopback: true, reflection: true }],
    ["127.8.9.1:65535", { host: "127.8.9.1", port: 65_535, isLoopback: true }],
    ["localhost:1", { host: "localhost", isLoopback: true }],
    ["[::1]:11337", { host: "::1", isLoopback: true }],
    ["0.0.0.0:11337", { host: "0.0.0.0", isLoopback: false, reflection: false }],
    ["[::]:11337", { host: "::", isLoopback: false, reflection: false }],
    ["192.0.2.1:80", { host: "192.0.2.1", isLoopback: false }],
  ])("SECRET_SVC_LISTEN %s", (listen, config) => {
    expect(read({ SECRET_SVC_LISTEN: listen })).toMatchObject(config);
    expect(read({}, { listen })).toMatchObject(config);
  });

  test.each([
    "11337",
    ":11337",
    "127.0.0.1",
    "127.0.0.1:",
    "127.0.0.1:65536",
    "127.0.0.1:-1",
    "127.0.0.1:1e3",
    "::1:11337",
    "[::1]",
    "example.com:80",
    "127.0.0.1.evil.example:80",
    "127.0.0.1:80\n",
    "http://127.0.0.1:80",
    " 127.0.0.1:80",
  ])("SECRET_SVC_LISTEN %j is refused", (listen) => {
    expect(errorOf({ SECRET_SVC_LISTEN: listen })).toMatch(/^SECRET_SVC_LISTEN must be/);
  });

  test.each([
    ["SECRET_SVC_STORE", "mongo", /must be 'sqlite'/],
    ["SECRET_SVC_AUDIT_SYNC", "Full", /must be one of process, full/],
    ["SECRET_SVC_AUDIT_SYNC", "off", /must be one of process, full/],
    ["SECRET_SVC_AUDIT_RETENTION", "0d", /must be a number of days such as 400d, or 'forever'/],
    ["SECRET_SVC_AUDIT_RETENTION", "12h", /must be a number of days/],
    ["SECRET_SVC_AUDIT_RETENTION", "-1d", /must be a number of days/],
    ["SECRET_SVC_REFLECTION", "yes", /must be one of auto, on, off/],
  ])("%s=%s is refused", (name, value, rule) => {
    expect(errorOf({ [name]: value })).toMatch(new RegExp(`^${name} ${rule.source}`));
  });

  test("each can be set, and a flag wins over the environment", () => {
    const environment = {
      SECRET_SVC_STORE: "sqlite",
      SECRET_SVC_DATA_DIR: "/srv/a",
      SECRET_SVC_AUDIT_SYNC: "full",
      SECRET_SVC_REFLECTION: "off",
    };
    expect(read(environment)).toMatchObject({ dataDir: "/srv/a", auditSync: "full", reflection: false });
    const flags = { dataDir: "/srv/b", auditSync: "process", reflection: "on", listen: "0.0.0.0:1" };
    expect(read({ ...environment, SECRET_SVC_LISTEN: "nonsense" }, flags)).toMatchObject({
      dataDir: "/srv/b",
      auditSync: "process",
      reflection: true,
      port: 1,
    });
    expect(read({ SECRET_SVC_DATA_DIR: "", SECRET_SVC_LISTEN: "", SECRET_SVC_STORE: "" })).toEqual(read());
  });

  test("TLS needs a certificate and its key, in files that can be read", () => {
    const [cert, key] = makeCertificate("a");
    const [, otherKey] = makeCertificate("b");
    const both = { SECRET_SVC_TLS_CERT: cert, SECRET_SVC_TLS_KEY: key };
    expect(read(both).tls).toEqual({ cert: readFileSync(cert), key: readFileSync(key) });
    expect(errorOf({ SECRET_SVC_TLS_CERT: cert })).toMatch(/must be set together/);
    expect(errorOf({}, { tlsKey: key })).toMatch(/must be set together/);
    expect(errorOf({ ...both, SECRET_SVC_TLS_KEY: join(folder, "none") })).toMatch(/^SECRET_SVC_TLS_KEY: .*ENOENT/);
    for (const wrong of [otherKey, cert, fileWith("canary")]) {
      expect(errorOf({ ...both, SECRET_SVC_TLS_KEY: wrong })).toMatch(
        /must be a certificate and its private key, as PEM$/,
      );
    }
  });
});

/** Paths of a self-signed certificate and its key. */
function makeCertificate(name: string): [cert: string, key: string] {
  const cert = join(folder, `${name}.cert`);
  const key = join(folder, `${name}.key`);
  const subject = ["-subj", "/CN=localhost", "-days", "1", "-nodes"];
  const algorithm = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];
  execFileSync("openssl", ["req", "-x509", ...algorithm, ...subject, "-keyout", key, "-out", cert], { stdio: "pipe" });
  return [cert, key];
}

describe("encryption keys", () => {
  test.each([
    ["base64", keyA, rawA],
    ["hex", rawA.toString("hex"), rawA],
    ["characters", defaultKey, Buffer.from(defaultKey)],
  ])("threat 28: as %s", (form, text, raw) => {
    for (const environment of [{ OB_ENCRYPTION_KEY: text }, { OB_ENCRYPTION_KEY_FILE: fileWith(`${text}\n`) }]) {
      const { keys } = read(environment as Environment);
      expect(keys?.keyring.active.kid).toBe(kidOf(raw));
      expect(keys?.activeForm).toBe(form);
      expect(keys?.activeIsDefault).toBe(text === defaultKey);
    }
  });

  test("a file may end in CRLF, and only one line break is taken off", () => {
    const environment = { OB_ENCRYPTION_KEY_FILE: fileWith(`${keyA}\r\n`) };
    expect(read(environment).keys?.keyring.active.kid).toBe(kidOf(rawA));
    expect(errorOf({ OB_ENCRYPTION_KEY_FILE: fileWith(`${keyA}\n\n`) })).toMatch(/line break at the end/);
  });

  test.each([
    ["a truncated key", keyA.slice(0, -1), /43 characters/],
    ["a key of 16 bytes", Buffer.alloc(16, 1).toString("base64"), /24 characters/],
    ["one character too many", `${keyA}A`, /45 characters/],
    ["a key in the URL-safe alphabet", `${"-_".repeat(21)}A=`, /URL-safe/],
    ["nothing", "", /nothing/],
    ["white space", `${keyA} `, /white space/],
    ["half a key in hex", rawA.toString("hex").slice(1), /63 characters, all hex/],
    ["33 characters", `${defaultKey}x`, /33 characters/],
  ])("threats 28, 107: %s is refused by its shape, without being quoted", (_name, text, shape) => {
    for (const environment of [{ OB_ENCRYPTION_KEY: text }, { OB_ENCRYPTION_KEY_FILE: fileWith(text) }]) {
      const message = errorOf(environment as Environment);
      expect(message).toMatch(/^OB_ENCRYPTION_KEY: an encryption key must be 44 characters of base64/);
      expect(message).toMatch(shape);
      if (text.length > 8) expect(message).not.toContain(text.slice(0, 8));
    }
  });

  test("previous ones follow the active one: by comma, or one a line in a file", () => {
    const kids = [kidOf(rawA), kidOf(rawB), kidOf(Buffer.from(defaultKey))];
    const direct = { OB_ENCRYPTION_KEY: keyA, OB_PREVIOUS_ENCRYPTION_KEYS: `${keyB},${defaultKey}` };
    const file = fileWith(`${keyB}\r\n${defaultKey}\n`);
    for (const environment of [direct, { OB_ENCRYPTION_KEY: keyA, OB_PREVIOUS_ENCRYPTION_KEYS_FILE: file }]) {
      expect(read(environment as Environment).keys?.keyring.keys.map(({ kid }) => kid)).toEqual(kids);
    }
  });

  test("in a file a key of characters may have a comma", () => {
    const text = "an old key, of 32 characters: ,,";
    const environment = { OB_ENCRYPTION_KEY: keyA, OB_PREVIOUS_ENCRYPTION_KEYS_FILE: fileWith(`${text}\n`) };
    expect(read(environment).keys?.keyring.keys[1]?.kid).toBe(kidOf(Buffer.from(text)));
  });

  test("a bad previous one is named by its place", () => {
    const environment = { OB_ENCRYPTION_KEY: keyA, OB_PREVIOUS_ENCRYPTION_KEYS: `${keyB},short` };
    expect(errorOf(environment)).toMatch(/^previous encryption key 2: .* got 5 characters/);
  });

  test.each([
    ["active and previous", { OB_ENCRYPTION_KEY: keyA, OB_PREVIOUS_ENCRYPTION_KEYS: rawA.toString("hex") }, rawA],
    ["two previous ones", { OB_ENCRYPTION_KEY: keyA, OB_PREVIOUS_ENCRYPTION_KEYS: `${keyB},${keyB}` }, rawB],
  ])("threat 107: the same key twice is refused by its fingerprint: %s", (_name, environment, raw) => {
    expect(errorOf(environment)).toBe(`the encryption key ${kidOf(raw)} is given twice`);
  });

  test.each(["OB_ENCRYPTION_KEY", "OB_PREVIOUS_ENCRYPTION_KEYS"])("%s and its file exclude each other", (name) => {
    const both = { OB_ENCRYPTION_KEY: keyA, [name]: keyB, [`${name}_FILE`]: fileWith(keyB) };
    expect(errorOf(both)).toBe(`${name} and ${name}_FILE must not both be set`);
  });

  test("previous keys alone are refused, and so is a file that is not there", () => {
    expect(errorOf({ OB_PREVIOUS_ENCRYPTION_KEYS: keyB })).toMatch(/OB_ENCRYPTION_KEY is not/);
    expect(errorOf({ OB_ENCRYPTION_KEY_FILE: join(folder, "none") })).toMatch(/^OB_ENCRYPTION_KEY_FILE: .*ENOENT/);
  });

  test("threat 85: keys are taken out of the environment, also when they are refused", () => {
    for (const key of [keyA, "short"]) {
      const environment: Record<string, string | undefined> = {
        OB_ENCRYPTION_KEY: key,
        OB_PREVIOUS_ENCRYPTION_KEYS: keyB,
        OB_LEGACY_ENCRYPTION_KEY: defaultKey,
        OTHER: "kept",
      };
      try {
        readConfig(environment, noFlags);
      } catch (error) {
        expect(error).toBeInstanceOf(ConfigError);
      }
      expect(environment).toEqual({ OTHER: "kept" });
    }
  });
});

describe("OB_ADMIN_TOKEN_FILE", () => {
  test("holds a token", () => {
    expect(read({ OB_ADMIN_TOKEN_FILE: fileWith(`${token}\n`) }).adminToken).toBe(token);
  });

  test.each(["", "oo_short", `${token}x`, ` ${token}`, `${token}\n\n`, token.slice(3)])(
    "with %j is refused without being quoted",
    (text) => {
      const message = errorOf({ OB_ADMIN_TOKEN_FILE: fileWith(text) });
      expect(message).toMatch(/^OB_ADMIN_TOKEN_FILE must hold 'oo_' and 43 characters/);
      expect(message).not.toContain("tttt");
    },
  );

  test("that is not there is refused", () => {
    expect(errorOf({ OB_ADMIN_TOKEN_FILE: join(folder, "none") })).toMatch(/^OB_ADMIN_TOKEN_FILE: .*ENOENT/);
  });
});

describe("OB_LEGACY_ENCRYPTION_KEY", () => {
  test("is the 32 characters of an old installation, from the environment or a file", () => {
    for (const environment of [
      { OB_LEGACY_ENCRYPTION_KEY: defaultKey },
      { OB_LEGACY_ENCRYPTION_KEY_FILE: fileWith(`${defaultKey}\n`) },
    ]) {
      const { legacyKey } = read(environment);
      expect(legacyKey?.export().toString()).toBe(defaultKey);
    }
    expect(read({}).legacyKey).toBeUndefined();
  });

  test.each(["", "short", keyA, `${defaultKey}x`])("threat 28: %j is refused without being quoted", (text) => {
    const message = errorOf({ OB_LEGACY_ENCRYPTION_KEY: text });
    expect(message).toMatch(/^OB_LEGACY_ENCRYPTION_KEY must be the 32 characters/);
    expect(message).toContain(`got ${text.length}`);
    expect(message).not.toContain("short");
  });
});
