// Encrypted values, as the documentation of the old service shows them: made on the command line, stored in files and
// saved.
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { blake2s } from "@noble/hashes/blake2.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasPseudoTerminals, typeOnTerminal } from "../support/cli/pseudo-terminal.ts";
import { openWorkplace, type Workplace } from "../support/docs/workplace.ts";

let place: Workplace;
beforeAll(async () => {
  place = await openWorkplace();
});
afterAll(() => place.stop());

const storedValue = async (key: string) => {
  const { stdout } = await place.run(`oo secret list --show -o json ${key}`);
  return JSON.parse(stdout)[0]?.value;
};
const oneDocument =
  /^id: secr_\w+\nkey: [\w/]+\nvalue: seal\.v1\.\S+\nencrypted: true\nchecksum: "?[0-9a-f]{8}"?\nchecksumAlgorithm: CRC32\n$/;

describe.runIf(hasPseudoTerminals)("on a terminal", () => {
  const type = (keys: string | string[], commands: string) =>
    typeOnTerminal({
      prompt: "Enter secret value: ",
      keys,
      program: "bash",
      args: ["--norc", "-o", "pipefail", "-c", `cd '${place.folder}'; ${commands}`],
      env: place.env(),
    });

  test("documented 21: encrypt KEY asks for the value and shows none of it", async () => {
    const { stdout, shown } = await type(" super-secret \r", "oo secret encrypt API_KEY");
    expect(stdout).toMatch(oneDocument);
    expect(shown.trim()).toBe("API_KEY: Enter secret value:");
  });

  test("documented 21, 22: what it prints goes into a file for git, and is saved from there", async () => {
    const commands = `mkdir secrets
      oo secret encrypt prod/DATABASE_URL > secrets/prod-database.yaml
      oo secret encrypt prod/API_KEY > secrets/prod-api.yaml
      oo secret save secrets/`;
    const { stdout, shown } = await type(["postgresql://prod\r", "api-key\r"], commands);
    expect(stdout).toBe("created prod/API_KEY (version 1)\ncreated prod/DATABASE_URL (version 1)\n");
    expect(shown).not.toMatch(/postgresql|api-key/);
    expect(await storedValue("prod/DATABASE_URL")).toBe("postgresql://prod");
  });

  test("documented 23: a line of the output inside a file is taken for the sealed text in it, with a warning", async () => {
    const commands = `cat > secrets/prod-complete.yaml << EOF
- key: "prod/DATABASE_URL"
  value: "$(oo secret encrypt prod/DATABASE_URL | grep value:)"
  encrypted: true
  readers: ["api-svc", "worker-svc"]
  writers: ["admin-team"]
  deleters: ["admin-team"]

- key: "prod/MONITORING_KEY"
  value: "$(oo secret encrypt prod/MONITORING_KEY | grep value:)"
  encrypted: true
  readers: ["monitoring-svc"]
  writers: ["sre-team"]
  deleters: ["admin-team"]
EOF

oo secret save secrets/prod-complete.yaml`;
    const { stdout, shown } = await type(["postgresql://new\r", "monitoring\r"], commands);
    expect(stdout).toMatch(/^updated prod\/DATABASE_URL .*value.*\ncreated prod\/MONITORING_KEY \(version 1\)\n$/);
    expect(shown.match(/the value begins with 'value:', which is left out/g)).toHaveLength(2);
    expect(await storedValue("prod/MONITORING_KEY")).toBe("monitoring");
  });
});

describe("in scripts", () => {
  test("documented 21: without a terminal and without input there is nothing to encrypt", async () => {
    const { code, stdout, stderr } = await place.run("oo secret encrypt API_KEY < /dev/null");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^oo: error: the value is empty\noo: hint: /);
  });

  test("documented 22: encrypt KEY VALUE prints one document, and warnings go elsewhere", async () => {
    expect((await place.run('oo secret encrypt STAGING_KEY "staging-value"')).stdout).toMatch(oneDocument);
    const warned = await place.run(`printf 'with a line break\\n' | oo secret encrypt STAGING_KEY`);
    expect(warned.stdout).toMatch(oneDocument);
    expect(warned.stderr).toMatch(/^oo: hint: the value ends with a line break/);
  });

  test("documented 22: the cycle of encrypt, save, show and remove", async () => {
    const { code, stdout } = await place.run(`oo secret encrypt test-key test-value > test.yaml &&
      oo secret save test.yaml && oo secret list test-key --show && oo secret remove --key test-key`);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^created test-key .*\n- id: secr_\w+\n {2}key: test-key\n {2}value: test-value\n/);
    expect(stdout).toMatch(/\nremoved test-key \(version 2\)\n$/);
  });

  test("documented 24: threat 2: a value sealed for another key is refused, and the hint has the right command", async () => {
    const { code, stdout, stderr } = await place.run(`cat > expiring-secret.yaml << EOF
key: "TEMPORARY_API_KEY"
value: "$(oo secret encrypt TEMP_KEY temp-value | grep value:)"
encrypted: true
metadata:
  expires: "2024-12-31"
  rotation_interval: "90d"
  owner: "security-team"
EOF

oo secret save expiring-secret.yaml`);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^oo: error: .*sealed for TEMP_KEY .* cannot be saved as TEMPORARY_API_KEY /m);
    expect(stderr).toMatch(/^oo: hint: .*: oo secret encrypt TEMPORARY_API_KEY$/m);
    expect((await place.run("oo secret list TEMPORARY_API_KEY")).stdout).toBe("");
  });

  test("documented 37: a rotation script", async () => {
    await place.run("oo secret save DATABASE_PASSWORD old");
    const script = `#!/bin/bash
NEW_PASSWORD=$(openssl rand -base64 32)
oo secret encrypt DATABASE_PASSWORD "$NEW_PASSWORD" > temp-secret.yaml
oo secret save temp-secret.yaml
rm temp-secret.yaml
echo "rotated to $NEW_PASSWORD"
printf %s "$NEW_PASSWORD" | oo secret save DATABASE_PASSWORD -
`;
    place.write("rotate-database-password.sh", script);
    const { code, stdout } = await place.run("bash rotate-database-password.sh");
    expect(code).toBe(0);
    const [updated, rotated, unchanged] = stdout.split("\n");
    expect([updated, unchanged]).toEqual([
      "updated DATABASE_PASSWORD (version 2): value",
      "unchanged DATABASE_PASSWORD (version 2)",
    ]);
    expect(rotated).toBe(`rotated to ${await storedValue("DATABASE_PASSWORD")}`);
  });
});

describe("documented 35: checksums", () => {
  const sums: Readonly<Record<string, (text: string) => string>> = {
    CRC32: (text) => crc32(text).toString(16).padStart(8, "0"),
    "SHA-256": (text) => createHash("sha256").update(text).digest("hex"),
    "SHA-512": (text) => createHash("sha512").update(text).digest("hex"),
    BLAKE2s: (text) => Buffer.from(blake2s(Buffer.from(text))).toString("hex"),
  };

  test.each(Object.entries(sums))("%s is printed and accepted, and a wrong one is refused", async (name, sumOf) => {
    const key = `sums/${name}`;
    const { stdout } = await place.run(`oo secret encrypt ${key} v --checksum-algorithm ${name} | tee sum.yaml`);
    const sum = sumOf(/^value: (.*)$/m.exec(stdout)?.[1] ?? "");
    expect(stdout).toMatch(new RegExp(`^checksum: "?${sum}"?\nchecksumAlgorithm: ${name}\n`, "m"));
    expect(await place.run("oo secret save sum.yaml")).toMatchObject({
      code: 0,
      stdout: `created ${key} (version 1)\n`,
    });
    place.write("wrong.yaml", stdout.replace(sum, sumOf("another")));
    const wrong = await place.run("oo secret save wrong.yaml");
    expect(wrong).toMatchObject({ code: 1, stdout: "" });
    expect(wrong.stderr).toContain(`the ${name} checksum given for ${key} does not match the sealed text`);
  });
});

describe("values that the old service encrypted", () => {
  // "example" under the key that old installations have when none was set, with the checksum that belongs to it.
  const file = (key: string, checksum: string) => `# production-api-key.yaml
id: "secr_prod_api_001"
key: "${key}"
value: "a37/KUAr4SOYi6Xw9i9T8qo3QCk8WvnzONo47jHAkwk="
encrypted: true
checksum: "${checksum}"
checksumAlgorithm: "CRC32"

# Access control
readers:
  - "payment-svc"
  - "order-svc"
  - "admin-team"
writers:
  - "admin-team"
  - "devops-team"
deleters:
  - "admin-team"

# Permission management
canChangeReaders:
  - "admin-team"
canChangeWriters:
  - "admin-team"
canChangeDeleters:
  - "admin-team"
`;

  test("documented 5: without the old key they are refused, and the error names the setting", async () => {
    place.write("production-api-key.yaml", file("PRODUCTION_API_KEY", "6eec9b9f"));
    const { code, stdout, stderr } = await place.run("oo secret save production-api-key.yaml");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^oo: error: .*OB_LEGACY_ENCRYPTION_KEY.*PRODUCTION_API_KEY/);
  });

  describe("with the old key", () => {
    let old: Workplace;
    beforeAll(async () => {
      old = await openWorkplace({ serverEnv: { OB_LEGACY_ENCRYPTION_KEY: "changeMeToSomethingSecureForReal" } });
    });
    afterAll(() => old.stop());

    test("documented 7: threat 27: the checksum of the sample belongs to another value, and nothing is stored", async () => {
      old.write("production-api-key.yaml", file("PRODUCTION_API_KEY", "45a3b25f"));
      const { code, stdout, stderr } = await old.run("oo secret save production-api-key.yaml");
      expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
      expect(stderr).toMatch(/^oo: error: the CRC32 checksum given for PRODUCTION_API_KEY does not match /);
      expect((await old.run("oo secret list")).stdout).toBe("");
    });

    test("documented 5: an admin saves them, once", async () => {
      old.write("production-api-key.yaml", file("PRODUCTION_API_KEY", "6eec9b9f"));
      const save = "oo secret save production-api-key.yaml";
      expect(await old.run(save)).toMatchObject({ code: 0, stdout: "created PRODUCTION_API_KEY (version 1)\n" });
      expect(await old.run(save)).toMatchObject({ code: 0, stdout: "unchanged PRODUCTION_API_KEY (version 1)\n" });
      expect((await old.run("oo secret list --show")).stdout).toContain(
        "- id: secr_prod_api_001\n  key: PRODUCTION_API_KEY\n  value: example\n" +
          "  readers: [admin-team, order-svc, payment-svc]\n",
      );
    });

    test("documented 5: threat 1: no one else does", async () => {
      const token = await old.addUser("mallory");
      old.write("stolen.yaml", file("mallory/STOLEN", "6eec9b9f").replace(/^id: .*\n/m, ""));
      const { code, stdout, stderr } = await old.run("oo secret save stolen.yaml", token);
      expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
      expect(stderr).toContain("only an admin may save values in the old format");
    });
  });
});
