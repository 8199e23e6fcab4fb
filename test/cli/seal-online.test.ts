import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readSecretFile } from "../../src/cli/formats/secret-file.ts";
import { parseSealed } from "../../src/crypto/sealed-text.ts";
import { parseSealingKeyFile } from "../../src/crypto/sealing-key-file.ts";
import { runOo } from "../support/cli/run-oo.ts";
import { type CliService, startCliService } from "../support/cli/service.ts";

let service: CliService;
let alice: string;

beforeAll(async () => {
  service = await startCliService();
  alice = await service.addUser("alice");
  await service.admin(["secret", "save", "shared/SEEN", "v", "--readers", "alice"]);
});

afterAll(() => service.stop());

const inFolder = (name: string) => join(service.folder, name);
const write = (name: string, text: string) => writeFileSync(inFolder(name), text);
const read = (name: string) => readFileSync(inFolder(name), "utf8");
const only = (text: string) => readSecretFile("file", text)[0]?.input ?? {};

describe("the sealing key", () => {
  test("with the tenant of the caller", async () => {
    const run = await service.admin(["secret", "sealing-key"]);
    expect(parseSealingKeyFile(run.stdout).tenant).toBe("default");
  });

  test("without a token when the tenant is given", async () => {
    const env = { OO_URL: service.server.url };
    const run = await runOo(["secret", "sealing-key", "--tenant", "acme"], { env });
    expect(parseSealingKeyFile(run.stdout).tenant).toBe("acme");
    const denied = await runOo(["secret", "sealing-key"], { env });
    expect(denied).toMatchObject({ code: 1, stdout: "" });
    expect(denied.stderr).toContain("OO_TOKEN is not set");
  });
});

describe("a value that was sealed with the key of the service", () => {
  test("is saved, and saved again without a change", async () => {
    const { stdout } = await service.admin(["secret", "encrypt", "prod/A", "one", "--readers", "alice"]);
    write("a.yaml", stdout);
    expect((await service.admin(["secret", "save", "a.yaml"])).stdout).toContain("created prod/A");
    expect((await service.admin(["secret", "save", "a.yaml"])).stdout).toContain("unchanged prod/A");
    expect(
      JSON.parse((await service.as(alice, ["secret", "list", "-o", "json", "--show", "prod/A"])).stdout)[0].value,
    ).toBe("one");
  });

  test("of a user's bare key is for the own namespace, and oo says so", async () => {
    const run = await service.as(alice, ["secret", "encrypt", "API_KEY", "x"]);
    expect(run.stderr).toContain("oo: hint: API_KEY means alice/API_KEY");
    expect(only(run.stdout).key).toBe("alice/API_KEY");
    write("alice.yaml", run.stdout);
    expect((await service.as(alice, ["secret", "save", "alice.yaml"])).stdout).toContain("created alice/API_KEY");
  });

  test("is printed by decrypt, byte for byte, for admins and readers only", async () => {
    const value = " two\nlines\n";
    const { stdout } = await service.admin(["secret", "encrypt", "shared/SEEN", "-"], value);
    write("seen.yaml", stdout);
    const text = only(stdout).value ?? "";
    expect(await service.admin(["secret", "decrypt", "seen.yaml"])).toMatchObject({ code: 0, stdout: value });
    expect(await service.as(alice, ["secret", "decrypt", text])).toMatchObject({ code: 0, stdout: value });
    expect(await service.as(alice, ["secret", "decrypt"], `${text}\n`)).toMatchObject({ code: 0, stdout: value });
    const stranger = await service.addUser("bob");
    const denied = await service.as(stranger, ["secret", "decrypt", "seen.yaml"]);
    expect(denied).toMatchObject({ code: 1, stdout: "" });
  });

  test.each([
    ["two.yaml", "two.yaml must hold exactly one secret with a value"],
    ["missing.yaml", "there is no file missing.yaml"],
  ])("decrypt %s", async (file, message) => {
    write("two.yaml", "- key: A\n  value: x\n- key: B\n  value: y\n");
    const run = await service.admin(["secret", "decrypt", file]);
    expect(run).toMatchObject({ code: 1, stdout: "" });
    expect(run.stderr).toContain(message);
  });
});

describe("oo secret reseal", () => {
  test("seals a value whose key has a new name for that name, and leaves the others alone", async () => {
    const [first, second] = await Promise.all(
      ["prod/OLD", "prod/SAME"].map((key) => service.admin(["secret", "encrypt", key, key, "-o", "value"])),
    );
    const text = `# ours\n- key: prod/NEW # renamed\n  value: ${first?.stdout.trim()}\n  encrypted: true\n- key: prod/SAME\n  value: ${second?.stdout.trim()}\n  encrypted: true\n- key: prod/PLAIN\n  value: plain\n`;
    write("app.yaml", text);
    const refused = await service.admin(["secret", "save", "app.yaml"]);
    expect(refused).toMatchObject({ code: 1 });
    expect(refused.stderr).toContain("prod/OLD");
    expect(await service.admin(["secret", "reseal", "app.yaml"])).toMatchObject({
      code: 0,
      stdout: "Resealed 1 value in 1 file.\n",
    });
    const values = readSecretFile("app.yaml", read("app.yaml")).map(({ input }) => input.value ?? "");
    expect(parseSealed(values[0] ?? "").place.target).toBe("prod/NEW");
    expect(read("app.yaml").replace(values[0] ?? "", first?.stdout.trim() ?? "")).toBe(text);
    expect((await service.admin(["secret", "save", "app.yaml"])).stdout).toContain("created prod/NEW");
    expect((await service.admin(["secret", "reseal", "app.yaml"])).stdout).toBe("Nothing to reseal.\n");
  });

  test("needs the right to read, and without it leaves the file as it was", async () => {
    const { stdout } = await service.admin(["secret", "encrypt", "prod/OLD", "v"]);
    const text = stdout.replace("prod/OLD", "alice/NEW");
    write("stolen.yaml", text);
    const run = await service.as(alice, ["secret", "reseal", "stolen.yaml"]);
    expect(run).toMatchObject({ code: 1, stdout: "" });
    expect(read("stolen.yaml")).toBe(text);
  });

  test("a malformed sealed value is an error with its place", async () => {
    write("bad.yaml", "key: prod/A\nvalue: seal.v1.x\nencrypted: true\n");
    const run = await service.admin(["secret", "reseal", "bad.yaml"]);
    expect(run.stderr).toContain("oo: error: bad.yaml:2:8: value is not a valid sealed value");
  });
});
