import { describe, expect, test } from "vitest";
import { readTrafficLimits } from "../../src/config/traffic-limits.ts";
import { readWorkers } from "../../src/config/workers.ts";
import { limits } from "../../src/limits.ts";
import { errorOf, read } from "../support/config/fixture.ts";

const onMongo = { mongoUri: "mongodb://host/db", auditExport: undefined };
const mongo = { SECRET_SVC_STORE: "mongodb://host/db", OB_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString("base64") };
const mib = 1024 * 1024;

describe("the number of workers", () => {
  test.each([
    ["", 8, 1],
    ["1", 8, 1],
    ["3", 1, 3],
    ["16", 1, 16],
    ["auto", 6, 6],
    ["auto", 1, 1],
    ["auto", 200, limits.workers],
  ])("'%s' with %i cores is %i", (text, cores, workers) => {
    expect(readWorkers(text, onMongo, cores)).toBe(workers);
  });

  test.each(["0", "17", "100", "-1", "two", "2.5", " 2", "Auto", "off", "1e1"])("'%s' is refused", (text) => {
    expect(() => readWorkers(text, onMongo, 4)).toThrow(
      `SECRET_SVC_WORKERS must be a whole number from 1 to ${limits.workers}, or auto`,
    );
  });

  test("is one with the embedded store: any other is refused, and the error names both settings", () => {
    const embedded = { ...onMongo, mongoUri: undefined };
    expect(readWorkers("auto", embedded, 1)).toBe(1);
    for (const text of ["2", "auto"]) {
      expect(() => readWorkers(text, embedded, 4)).toThrow(/SECRET_SVC_WORKERS.*SECRET_SVC_STORE/);
    }
    expect(errorOf({ SECRET_SVC_WORKERS: "2" })).toContain("SECRET_SVC_STORE is the embedded store");
  });

  test.each(["stdout", "stderr"])("is one with an export of the audit log to %s", (auditExport) => {
    expect(readWorkers("1", { ...onMongo, auditExport })).toBe(1);
    expect(() => readWorkers("2", { ...onMongo, auditExport })).toThrow(/SECRET_SVC_AUDIT_EXPORT.*SECRET_SVC_WORKERS/);
    expect(readWorkers("2", { ...onMongo, auditExport: "/var/log/audit.jsonl" })).toBe(2);
  });
});

describe("threat 327: limits are those of all workers together", () => {
  test.each([2, 3, 7, 16])("each of %i has its share, and all of them have no more than one process", (workers) => {
    const [one, share] = [readTrafficLimits({}), readTrafficLimits({}, workers)];
    for (const name of [
      "callsPerMinute",
      "failuresPerMinute",
      "connectionsPerAddress",
      "loginCallsPerMinute",
    ] as const) {
      expect(share[name]).toBeGreaterThanOrEqual(1);
      expect((share[name] ?? 0) * workers).toBeLessThanOrEqual(one[name] ?? 0);
    }
  });

  test("what is set is divided, and what is too small for all is refused with both names", () => {
    const names = [
      "SECRET_SVC_CALLS_PER_MINUTE",
      "SECRET_SVC_FAILURES_PER_MINUTE",
      "SECRET_SVC_CONNECTIONS_PER_ADDRESS",
    ];
    const set = Object.fromEntries(names.map((name) => [name, "9"]));
    expect(readTrafficLimits(set, 2)).toMatchObject({
      callsPerMinute: 4,
      failuresPerMinute: 4,
      connectionsPerAddress: 4,
    });
    for (const name of names) {
      expect(() => readTrafficLimits({ [name]: "3" }, 4)).toThrow(
        new RegExp(`${name} is 3.*SECRET_SVC_WORKERS.*least 4`),
      );
      expect(readTrafficLimits({ [name]: "off" }, 4)).toBeDefined();
    }
    expect(errorOf({ ...mongo, SECRET_SVC_WORKERS: "4", SECRET_SVC_CALLS_PER_MINUTE: "3" })).toContain("4 workers");
  });

  test("memory that is set is divided, each worker needs the least, and each has the default", () => {
    expect(readTrafficLimits({ SECRET_SVC_CALL_MEMORY: "100" }, 3).callMemoryBytes).toBe(33 * mib);
    expect(() => readTrafficLimits({ SECRET_SVC_CALL_MEMORY: "63" }, 2)).toThrow(
      /SECRET_SVC_CALL_MEMORY is 63 MiB .*SECRET_SVC_WORKERS.*least 64 MiB, 32 for each/,
    );
    expect(() => readTrafficLimits({ SECRET_SVC_BODY_MEMORY: "32" }, 2)).toThrow("SECRET_SVC_BODY_MEMORY");
    expect(readTrafficLimits({}, 4)).toMatchObject({
      callMemoryBytes: limits.callMemoryBytes,
      bodyMemoryBytes: limits.bodyMemoryBytes,
    });
  });

  test("of a process alone they are as they are set", () => {
    expect(read({ SECRET_SVC_CALLS_PER_MINUTE: "9" }).traffic.callsPerMinute).toBe(9);
    expect(read().workers).toBe(1);
    expect(read({ ...mongo, SECRET_SVC_WORKERS: "2" })).toMatchObject({
      workers: 2,
      traffic: { callsPerMinute: 150_000 },
    });
  });
});
