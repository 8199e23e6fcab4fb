import { execFileSync, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readConfig } from "../../src/config/config.ts";
import { readLineFile } from "../../src/service/data-directory.ts";
import { prepareFile } from "../../src/store/sqlite/database.ts";
import { openSqliteSnapshot } from "../../src/store/sqlite/open-snapshot.ts";
import { makeCertificate } from "../support/clients/certificate.ts";
import { errorOf, fileWith, folder, keyA, kidOf, rawA, read } from "../support/config/fixture.ts";
import { noFlags } from "../support/no-flags.ts";

const pipe = (name: string) => {
  const path = join(folder, name);
  execFileSync("mkfifo", ["-m", "600", path]);
  return path;
};
const secretFiles = [
  "OB_ENCRYPTION_KEY_FILE",
  "OB_PREVIOUS_ENCRYPTION_KEYS_FILE",
  "OB_LEGACY_ENCRYPTION_KEY_FILE",
  "OB_ADMIN_TOKEN_FILE",
  "SECRET_SVC_STORE_FILE",
];

describe("fault A7: a file of the settings cannot hang the start", () => {
  test.each(secretFiles)("%s is not a device, and not huge", (name) => {
    expect(errorOf({ [name]: "/dev/zero" })).toBe(`${name}: cannot read /dev/zero (it is not a regular file)`);
    const huge = fileWith("x".repeat(65_537));
    expect(errorOf({ [name]: huge })).toBe(`${name}: cannot read ${huge} (it is larger than 65536 bytes)`);
  });

  test("a key may come from a pipe, such as a process substitution of the shell", () => {
    const path = pipe("key-pipe");
    spawn("sh", ["-c", `printf '%s\\n' ${keyA} > "$0"`, path], { stdio: "ignore" });
    expect(read({ OB_ENCRYPTION_KEY_FILE: path }).keys?.keyring.active.kid).toBe(kidOf(rawA));
  });

  test("a certificate and its key may not: they are read again", () => {
    const { cert, key } = makeCertificate(folder, "pipes");
    const [certPipe, keyPipe] = [pipe("cert-pipe"), pipe("tls-key-pipe")];
    const refusal = (path: string) => `cannot read ${path} (it is not a regular file)`;
    expect(errorOf({ SECRET_SVC_TLS_CERT: certPipe, SECRET_SVC_TLS_KEY: key })).toContain(refusal(certPipe));
    expect(errorOf({ SECRET_SVC_TLS_CERT: cert, SECRET_SVC_TLS_KEY: keyPipe })).toContain(refusal(keyPipe));
    expect(errorOf({ SECRET_SVC_TLS_CERT: "/dev/zero", SECRET_SVC_TLS_KEY: key })).toContain(refusal("/dev/zero"));
  });

  test("a file of the data directory may not", () => {
    const path = pipe("admin.token");
    expect(() => readLineFile(path)).toThrow(`cannot read ${path} (it is not a regular file)`);
    expect(() => prepareFile(path)).toThrow(`${path} is not a regular file`);
  });

  test("a database may not, also where it is only read", async () => {
    const path = pipe("secrets.db");
    writeFileSync(join(folder, "audit.db"), " ");
    await expect(openSqliteSnapshot(folder)).rejects.toThrow(`${path} is not a regular file`);
  });
});

describe("fault C12: SECRET_SVC_AUDIT_EXPORT", () => {
  const target = (text: string) => read({ SECRET_SVC_AUDIT_EXPORT: text }).auditExport;

  test.each([
    ["stdout", "stdout"],
    ["/dev/stdout", "stdout"],
    ["stderr", "stderr"],
    ["/dev/stderr", "stderr"],
    ["/proc/self/fd/2", "stderr"],
    ["/var/log/audit.jsonl", "/var/log/audit.jsonl"],
    ["./stderr", join(process.cwd(), "stderr")],
    ["audit.jsonl", join(process.cwd(), "audit.jsonl")],
  ])("%s is %s", (text, expected) => {
    expect(target(text)).toBe(expected);
  });

  test.each(["STDERR", "Stdout", "syslog", "off", "none", "true", "-", "1", "logs/", "stderr "])(
    "the word %s is not taken for a file of that name",
    (word) => {
      expect(errorOf({ SECRET_SVC_AUDIT_EXPORT: word })).toMatch(
        /^SECRET_SVC_AUDIT_EXPORT must be stdout, stderr or the path of a file, such as \.\/.*; got '/,
      );
    },
  );
});

test("fault B10: a certificate and a key that do not belong together are refused", () => {
  const [one, other] = [makeCertificate(folder, "one"), makeCertificate(folder, "other")];
  const notCertificate = fileWith("no PEM");
  for (const [cert, key] of [
    [one.cert, other.key],
    [one.key, one.key],
    [notCertificate, one.key],
    [one.cert, notCertificate],
  ]) {
    expect(errorOf({ SECRET_SVC_TLS_CERT: cert ?? "", SECRET_SVC_TLS_KEY: key ?? "" })).toBe(
      "SECRET_SVC_TLS_CERT and SECRET_SVC_TLS_KEY must be a certificate and its private key, as PEM",
    );
  }
});

test("fault B10: of a chain, the certificate counts that expires first", () => {
  const [leaf, other] = [makeCertificate(folder, "leaf", 30), makeCertificate(folder, "authority", 2)];
  const chain = join(folder, "chain.pem");
  writeFileSync(chain, execFileSync("cat", [leaf.cert, other.cert]));
  const { tls } = readConfig({ SECRET_SVC_TLS_CERT: chain, SECRET_SVC_TLS_KEY: leaf.key }, noFlags);
  const days = ((tls?.expireAtMs ?? 0) - Date.now()) / 86_400_000;
  expect(days).toBeGreaterThan(1);
  expect(days).toBeLessThan(3);
});
