import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readConfig } from "../../src/config/config.ts";
import { keysFromText } from "../../src/config/keys.ts";
import { findProblems } from "../../src/secrets/is-secure.ts";
import { saveSecrets } from "../../src/secrets/save-secrets.ts";
import { openCore } from "../../src/service/core.ts";
import { createSecurityFacts } from "../../src/service/security-facts.ts";
import { makeCertificate } from "../support/clients/certificate.ts";
import { noFlags } from "../support/no-flags.ts";
import { callOf, makeDataDir, startCore, type TestCore, testConfig } from "../support/secrets/core.ts";
import { aSaveInput } from "../support/secrets/save-inputs.ts";

const folder = mkdtempSync(join(tmpdir(), "secret-svc-facts-"));
const weak = Buffer.alloc(32, 7).toString("base64");
const random = randomBytes(32).toString("base64");
const text = "some words that someone typed !!";
let core: TestCore;

beforeAll(async () => {
  core = await startCore();
  const saved = { secrets: [aSaveInput("A/B")], remove: [], validateOnly: false, idempotencyKey: "" };
  await saveSecrets(core.context, callOf({ slug: "a", admin: true }), saved);
});
afterAll(async () => {
  await core.close();
  rmSync(folder, { recursive: true });
});

type Environment = Readonly<Record<string, string>>;

/**
 * For each setting the ways to set it, each with what must be found then; a function where that depends on the others.
 */
type Choice = readonly [environment: Environment, found: (all: Environment) => string[]];

const nothing = () => [];
const isOpen = ({ SECRET_SVC_LISTEN = "" }: Environment) => SECRET_SVC_LISTEN.startsWith("0.");

function settings(): readonly (readonly Choice[])[] {
  const { cert, key } = makeCertificate(folder, "facts");
  const fileWith = (mode: number) => {
    const path = join(folder, `key-${mode}`);
    writeFileSync(path, random);
    chmodSync(path, mode);
    return path;
  };
  const fileInDataDirectory = () => {
    const path = join(core.config.dataDir, "given.key");
    writeFileSync(path, random, { mode: 0o600 });
    return path;
  };
  return [
    [
      [{ OB_ENCRYPTION_KEY: random }, () => ["key-in-environment"]],
      [{ OB_ENCRYPTION_KEY: weak }, () => ["key-in-environment", "weak-key"]],
      [{ OB_ENCRYPTION_KEY: "changeMeToSomethingSecureForReal" }, () => ["key-in-environment", "default-key"]],
      [{ OB_ENCRYPTION_KEY: text }, () => ["key-in-environment", "text-key"]],
      [{ OB_ENCRYPTION_KEY_FILE: fileWith(0o600) }, nothing],
      [{ OB_ENCRYPTION_KEY_FILE: fileWith(0o440) }, nothing],
      [{ OB_ENCRYPTION_KEY_FILE: fileWith(0o644), SECRET_SVC_OPEN_KEY_FILES: "allow" }, () => ["open-files"]],
      [{ OB_ENCRYPTION_KEY_FILE: fileInDataDirectory() }, () => ["key-beside-data"]],
      [{}, () => ["key-beside-data"]],
    ],
    [
      [{ SECRET_SVC_LISTEN: "127.0.0.1:0" }, nothing],
      [
        { SECRET_SVC_LISTEN: "0.0.0.0:0" },
        (all) => (all.SECRET_SVC_TLS_CERT === undefined ? ["plaintext-listener"] : []),
      ],
    ],
    [
      [{}, nothing],
      [{ SECRET_SVC_TLS_CERT: cert, SECRET_SVC_TLS_KEY: key }, nothing],
    ],
    [
      [{ SECRET_SVC_REFLECTION: "off" }, nothing],
      [{ SECRET_SVC_REFLECTION: "on" }, () => ["reflection"]],
      [{}, (all) => (isOpen(all) ? [] : ["reflection"])],
    ],
    [
      [{}, nothing],
      [{ SECRET_SVC_METRICS_LISTEN: "127.0.0.1:0" }, nothing],
      [{ SECRET_SVC_METRICS_LISTEN: "[::]:0" }, () => ["open-metrics"]],
    ],
    [
      [{}, nothing],
      [{ NODE_OPTIONS: "--heapsnapshot-signal=SIGUSR2" }, nothing],
    ],
  ];
}

function product(choices: readonly (readonly Choice[])[]): { environment: Environment; found: string[] }[] {
  let all: (readonly Choice[])[] = [[]];
  for (const ways of choices) all = all.flatMap((before) => ways.map((way) => [...before, way]));
  return all.map((chosen) => {
    const environment: Environment = Object.assign({}, ...chosen.map(([each]) => each));
    return { environment, found: chosen.flatMap(([, found]) => found(environment)).sort() };
  });
}

describe("is-secure", () => {
  test("finds what each combination of settings calls for", async () => {
    const combinations = product(settings());
    expect(combinations.length).toBeGreaterThan(500);
    // Of this process: the tests run without bin/secret-svc, and in a container often as root.
    const ofTests = ["debugging", "root", "data-in-memory"];
    for (const { environment, found } of combinations) {
      const config = readConfig({ ...environment, SECRET_SVC_DATA_DIR: core.config.dataDir }, noFlags);
      const keys = config.keys ?? keysFromText("the key of the data directory", random, []);
      // Its documents are under the key of the tests, which is another matter.
      const facts = {
        // The certificate was made today.
        ...(await createSecurityFacts(config, keys, { ...core.context, now: Date.now })()),
        formerRows: 0,
        formerWeakly: false,
      };
      const ids = findProblems(facts).map(({ id }) => id);
      expect({ environment, found: ids.filter((id) => !ofTests.includes(id)).sort() }).toEqual({ environment, found });
      expect(ids).toContain("debugging");
      expect(ids.includes("root")).toBe(process.getuid?.() === 0);
    }
  });

  test("counts what is still under former keys, and says when such a key is easy to guess", async () => {
    const dataDir = makeDataDir();
    const find = async (active: string, previous: readonly string[]) => {
      const keys = keysFromText("OB_ENCRYPTION_KEY", active, previous);
      const config = { ...testConfig(dataDir), keys };
      const opened = await openCore(config, Date.now);
      try {
        const saved = {
          secrets: [aSaveInput(`A/${previous.length}`)],
          remove: [],
          validateOnly: false,
          idempotencyKey: "",
        };
        await saveSecrets(opened.context, callOf({ slug: "a", admin: true }), saved);
        const findings = findProblems(await createSecurityFacts(config, keys, opened.context)());
        return findings.filter(({ id }) => id.endsWith("former-key")).map(({ id, severity }) => `${severity} ${id}`);
      } finally {
        await opened.close();
      }
    };
    const [first, second] = [randomBytes(32).toString("base64"), randomBytes(32).toString("base64")];
    expect(await find(first, [])).toEqual([]);
    expect(await find(weak, [first])).toEqual(["warning former-key"]);
    expect(await find(second, [weak, first])).toEqual(["critical weak-former-key"]);
    rmSync(dataDir, { recursive: true });
  });
});
