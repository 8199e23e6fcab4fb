import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { defaultQuotas } from "../../src/limits.ts";
import { defaultKey, errorOf, fileWith, folder, keyA, kidOf, rawA, read } from "../support/config/fixture.ts";

describe("settings", () => {
  test("of the audit log: where it is exported, and for how long it is retained", () => {
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
      keyInEnvironment: false,
      host: "127.0.0.1",
      port: 11_337,
      isLoopback: true,
      tls: undefined,
      auditSync: "process",
      accessJournal: "process",
      tlsGroups: "default",
      reflection: true,
      console: "auto",
      ancestorAnswers: false,
      vaultApi: false,
      directory: "everyone",
      mustBeClosed: true,
      deviceLogin: true,
      keys: undefined,
      adminToken: undefined,
      secretFiles: [],
      log: { format: "text", level: "info" },
      nodeOptions: "",
      metricsListen: undefined,
      corsOrigins: [],
      corsHeaders: [],
      traffic: {
        callsPerMinute: 300_000,
        failuresPerMinute: 300,
        connectionsPerAddress: 1_000,
        callMemoryBytes: 32 * 1024 * 1024,
        bodyMemoryBytes: 32 * 1024 * 1024,
      },
      quotas: defaultQuotas,
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

  test.each(["SECRET_SVC_CALL_MEMORY", "SECRET_SVC_BODY_MEMORY"])("%s is a number of MiB", (name) => {
    expect(Object.values(read({ [name]: "100" }).traffic)).toContain(100 * 1024 * 1024);
    for (const text of ["31", "0", "-64", "1.5", "off", "64MiB", "9999999"]) {
      expect(errorOf({ [name]: text })).toBe(`${name} must be a whole number of MiB from 32 to 999999`);
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

  test("fault C9: SECRET_SVC_CORS_HEADERS are names of headers", () => {
    const headers = (text: string) => read({ SECRET_SVC_CORS_HEADERS: text }).corsHeaders;
    expect(headers("X-Trace-Id, x-b3-traceid")).toEqual(["X-Trace-Id", "x-b3-traceid"]);
    for (const text of ["*", "X Y", "x:y", "x\r\ny"]) {
      expect(errorOf({ SECRET_SVC_CORS_HEADERS: text })).toMatch(/^SECRET_SVC_CORS_HEADERS must be names of headers/);
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
    ["SECRET_SVC_AUDIT_SYNC", "Full", /must be one of process, disk, full/],
    ["SECRET_SVC_AUDIT_SYNC", "off", /must be one of process, disk, full/],
    ["SECRET_SVC_AUDIT_RETENTION", "0d", /must be a number of days such as 400d, or 'forever'/],
    ["SECRET_SVC_AUDIT_RETENTION", "12h", /must be a number of days/],
    ["SECRET_SVC_AUDIT_RETENTION", "-1d", /must be a number of days/],
    ["SECRET_SVC_REFLECTION", "yes", /must be one of auto, on, off/],
  ])("%s=%s is refused", (name, value, rule) => {
    expect(errorOf({ [name]: value })).toMatch(new RegExp(`^${name} ${rule.source}`));
  });

  test.each([
    [undefined, "process"],
    ["", "process"],
    ["full", undefined],
    ["process", "process"],
    ["disk", "disk"],
  ])("SECRET_SVC_AUDIT_SYNC=%s makes the journal %s, on both stores", (value, journal) => {
    const key = { OB_ENCRYPTION_KEY: Buffer.alloc(32, 1).toString("base64") };
    const sync = value === undefined ? {} : { SECRET_SVC_AUDIT_SYNC: value };
    expect(read({ SECRET_SVC_STORE: "mongodb://host/secrets", ...key, ...sync }).accessJournal).toBe(journal);
    expect(read(sync).accessJournal).toBe(journal);
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
    expect(read(both).tls).toMatchObject({ cert: readFileSync(cert), key: readFileSync(key) });
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

describe("the address for browsers", () => {
  test.each([
    ["https://secrets.example.com", "https://secrets.example.com"],
    ["https://secrets.example.com:8443/", "https://secrets.example.com:8443"],
    ["http://localhost:11337", "http://localhost:11337"],
    ["", undefined],
  ])("%s is %s", (text, url) => {
    expect(read({ SECRET_SVC_URL: text }).publicUrl).toBe(url);
  });

  test.each(["http://secrets.example.com", "https://a.example/path", "https://u:p@a.example", "a.example"])(
    "%s is refused",
    (text) => expect(errorOf({ SECRET_SVC_URL: text })).toContain("SECRET_SVC_URL must"),
  );
});
