import { describe, expect, test } from "vitest";
import { describeSecurity, findProblems } from "../../src/secrets/is-secure.ts";
import type { SecurityFacts } from "../../src/secrets/security-facts.ts";
import type { ServerFacts } from "../../src/store/server-facts.ts";
import { numbersOf } from "../mutants/choose.ts";

/** For each fact the values that it may have, the safe one first, and what each of the others must be found as. */
type Choices = {
  readonly [Fact in keyof SecurityFacts]: readonly (readonly [value: SecurityFacts[Fact], id?: string])[];
};

const safeServer: ServerFacts = {
  version: "8.0.99",
  vulnerabilities: [],
  authenticates: true,
  encrypted: true,
  isLocal: false,
  acknowledgedByMajority: true,
  majorityIsDurable: true,
};

const choices: Choices = {
  key: [["random"], ["text", "text-key"], ["weak", "weak-key"], ["default", "default-key"]],
  keyInDataDirectory: [[false], [true, "key-beside-data"]],
  keyInEnvironment: [[false], [true, "key-in-environment"]],
  formerRows: [[0], [3, "former-key"]],
  formerWeakly: [[false], [true]],
  beyondLoopback: [[false], [true]],
  tls: [[true], [false]],
  certificate: [
    [{ standing: "valid", days: 60 }],
    [{ standing: "expiring", days: 3 }, "certificate-expiring"],
    [{ standing: "expired", days: -1 }, "certificate-expired"],
    [{ standing: "not-yet-valid", days: 90 }, "certificate-not-yet-valid"],
  ],
  notReloaded: [[[]], [["TLS certificate: it is not PEM"], "not-reloaded"]],
  auditFailing: [[false], [true, "audit-failing"]],
  reflection: [[false], [true, "reflection"]],
  metricsBeyondLoopback: [[false], [true, "open-metrics"]],
  vaultApi: [[false], [true, "vault-api"]],
  root: [[false], [true, "root"]],
  debugOptions: [[[]], [["--inspect"], "debugging"]],
  openFiles: [[[]], [["/data/encryption.key"], "open-files"]],
  inMemory: [
    [undefined],
    [{ folder: "/data", holds: "everything" }, "data-in-memory"],
    [{ folder: "/data/access-journal", holds: "journal" }, "journal-in-memory"],
  ],
  consoleWithoutTls: [[false], [true, "console-without-tls"]],
  endlessAdminToken: [[false], [true, "endless-admin-token"]],
  space: [[{ freeBytes: 100, sizeBytes: 1000 }], [undefined], [{ freeBytes: 99, sizeBytes: 1000 }, "disk-nearly-full"]],
  nearQuota: [[{ users: 0, tenants: 0 }], [{ users: 1, tenants: 0 }, "near-quota"]],
  damaged: [[[]], [["the secret a/A of the tenant default does not verify"], "stored-data"]],
  server: [
    [undefined],
    [safeServer],
    [{ ...safeServer, encrypted: false, isLocal: true }],
    [{ ...safeServer, authenticates: false }, "database-without-authentication"],
    [{ ...safeServer, encrypted: false }, "database-without-tls"],
    [{ ...safeServer, acknowledgedByMajority: false }, "database-writes"],
    [{ ...safeServer, majorityIsDurable: false }, "database-writes"],
    [{ ...safeServer, vulnerabilities: ["CVE-2025-14847, which shows its memory"] }, "database-version"],
  ],
};

const names = Object.keys(choices) as (keyof SecurityFacts)[];

/** Which of its values each fact has. */
type Chosen = Readonly<Record<string, number>>;

const allSafe: Chosen = Object.fromEntries(names.map((name) => [name, 0]));
const allUnsafe: Chosen = Object.fromEntries(names.map((name) => [name, choices[name].length - 1]));

/**
 * Each pair of facts with each pair of values, with everything else safe and with everything else unsafe: no rule takes
 * more than two facts. Then some of the millions of others.
 */
function* configurations(): Iterable<Chosen> {
  for (const others of [allSafe, allUnsafe]) {
    for (const [at, first] of names.entries()) {
      for (const second of names.slice(at + 1)) {
        for (const one of choices[first].keys()) {
          for (const two of choices[second].keys()) yield { ...others, [first]: one, [second]: two };
        }
      }
    }
  }
  const random = numbersOf(1);
  for (let sample = 0; sample < 5000; sample += 1) {
    yield Object.fromEntries(names.map((name) => [name, Math.floor(random() * choices[name].length)]));
  }
}

/** The configuration, and what must be found in it. */
function configuration(chosen: Chosen = allSafe): { facts: SecurityFacts; ids: Set<string> } {
  const facts: Record<string, unknown> = {};
  const ids = new Set<string>();
  for (const name of names) {
    const choice = choices[name][chosen[name] ?? 0];
    facts[name] = choice?.[0];
    if (choice?.[1] !== undefined) ids.add(choice[1]);
  }
  const made = facts as unknown as SecurityFacts;
  // The two rules that take more than one fact.
  if (made.beyondLoopback && !made.tls) ids.add("plaintext-listener");
  if (made.formerWeakly && ids.delete("former-key")) ids.add("weak-former-key");
  return { facts: made, ids };
}

const insecure = [
  "stored-data",
  "default-key",
  "weak-key",
  "weak-former-key",
  "plaintext-listener",
  "certificate-expired",
  "certificate-not-yet-valid",
  "audit-failing",
];
const caller = { tenant: "default", slug: "a", roles: [], admin: true, operator: true, grants: [] };

describe("is-secure", () => {
  test("in each configuration finds what is there, and is false for what defeats the service", () => {
    for (const chosen of configurations()) {
      const { facts, ids } = configuration(chosen);
      const { isSecure, reasons, findings } = describeSecurity(facts, caller);
      const found = findings.map(({ id }) => id);
      const expected = insecure.filter((id) => ids.has(id));
      // Compared by hand: thousands of expectations would take longer than everything else here.
      const fits =
        found.length === ids.size &&
        found.every((id) => ids.has(id)) &&
        isSecure === (expected.length === 0) &&
        reasons.length === expected.length &&
        found.slice(0, expected.length).every((id) => expected.includes(id));
      if (!fits) expect({ facts, isSecure, reasons, found }).toEqual({ facts, ids });
    }
  });

  test("threat 89: callers who are not operators learn nothing but yes or no, whatever is found", () => {
    for (const name of names) {
      for (const value of choices[name].keys()) {
        const { facts, ids } = configuration({ ...allSafe, [name]: value });
        const isSecure = !insecure.some((id) => ids.has(id));
        expect(describeSecurity(facts, { ...caller, operator: false })).toEqual({
          isSecure,
          reasons: [],
          findings: [],
        });
      }
    }
  });

  test("fault A3: a disk that fills, and quotas that are nearly used, are found while there is still room", () => {
    const { facts } = configuration();
    const mib = 1024 ** 2;
    const found = (change: Partial<SecurityFacts>) =>
      findProblems({ ...facts, ...change }).map(({ id, severity, summary }) => [id, severity, summary]);
    expect(found({ space: undefined })).toEqual([]);
    expect(found({ space: { freeBytes: 100 * mib, sizeBytes: 1000 * mib } })).toEqual([]);
    const text = "the disk of the store has 99 MiB of 1000 MiB left; once it is full, nothing can be read or changed";
    expect(found({ space: { freeBytes: 99 * mib, sizeBytes: 1000 * mib } })).toEqual([
      ["disk-nearly-full", "warning", text],
    ]);
    expect(found({ nearQuota: { users: 1, tenants: 0 } })).toEqual([
      ["near-quota", "notice", "1 user and 0 tenants use more than nine tenths of a quota"],
    ]);
    expect(found({ nearQuota: { users: 0, tenants: 2 } })).toEqual([
      ["near-quota", "notice", "0 users and 2 tenants use more than nine tenths of a quota"],
    ]);
  });

  test("reflection is a warning beyond loopback, and a notice on it", () => {
    const { facts } = configuration();
    const severity = (beyondLoopback: boolean) =>
      findProblems({ ...facts, reflection: true, beyondLoopback }).map((finding) => finding.severity);
    expect(severity(false)).toEqual(["notice"]);
    expect(severity(true)).toEqual(["warning"]);
  });

  test("names files, vulnerabilities and numbers, and for each finding a repair", () => {
    const server = { ...safeServer, vulnerabilities: ["CVE-1, which leaks", "CVE-2, which runs"] };
    const facts = { ...configuration().facts, openFiles: ["/a", "/b"], formerRows: 1, server };
    expect(findProblems(facts).map(({ summary }) => summary)).toEqual([
      "1 document is still under a former encryption key",
      "other users of the machine can read or write /a, /b",
      "MongoDB 8.0.99 has CVE-1, which leaks; and CVE-2, which runs",
    ]);
  });
});
