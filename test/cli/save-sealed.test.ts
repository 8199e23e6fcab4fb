import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readSealingKeyFile } from "../../src/cli/sealing-key.ts";
import { sealValue } from "../../src/crypto/sealed-value.ts";
import { type CliService, startCliService } from "./service.ts";

let service: CliService;
beforeAll(async () => {
  service = await startCliService();
  const { stdout } = await service.admin(["secret", "sealing-key"]);
  writeFileSync(join(service.folder, "sealing-key.json"), stdout);
});
afterAll(() => service.stop());

const write = (name: string, text: string) => writeFileSync(join(service.folder, name), text);
const oo = (...args: string[]) => service.admin(["secret", ...args]);
const encrypt = async (...args: string[]) => (await oo("encrypt", ...args)).stdout;

test("what encrypt prints is what lint passes, plan shows, apply creates and the second run leaves alone", async () => {
  write("a.yaml", await encrypt("prod/A", "sk_live"));
  expect(await oo("lint", "--sealing-key", "sealing-key.json", "a.yaml")).toMatchObject({ code: 0, stdout: "" });
  expect(await oo("plan", "a.yaml")).toMatchObject({ code: 2, stderr: "" });
  expect(await oo("apply", "--auto-approve", "a.yaml")).toMatchObject({ code: 0, stderr: "" });
  expect((await oo("list", "prod/A", "--show")).stdout).toContain("value: sk_live\n");
  expect(await oo("plan", "a.yaml")).toMatchObject({ code: 0 });
  expect((await oo("save", "a.yaml")).stdout).toBe("unchanged prod/A (version 1)\n");
});

test("a copied line of output is taken for the sealed text in it, with a warning", async () => {
  const sealed = (await encrypt("prod/COPIED", "sk_live", "-o", "value")).trim();
  write("copied.yaml", `key: prod/COPIED\nvalue: "value: ${sealed}"\nencrypted: true\n`);
  expect(await oo("save", "copied.yaml")).toEqual({
    code: 0,
    stdout: "created prod/COPIED (version 1)\n",
    stderr:
      "oo: hint: copied.yaml:1: the value begins with 'value:', which is left out; " +
      "`oo secret encrypt -o value` prints the sealed text alone\n",
  });
  expect((await oo("list", "prod/COPIED", "--show")).stdout).toContain("value: sk_live\n");
});

test("a value sealed for the key without the namespace is refused with the command that seals it right", async () => {
  write("bare.yaml", await encrypt("BARE", "sk_live"));
  expect(await oo("save", "-n", "staging", "bare.yaml")).toEqual({
    code: 1,
    stdout: "",
    stderr:
      "oo: error: bare.yaml:3:8: the value is sealed for BARE and cannot be saved as staging/BARE\n" +
      "oo: hint: seal it for its place: oo secret encrypt -n staging BARE\n",
  });
  write("bare.yaml", await encrypt("-n", "staging", "BARE", "sk_live"));
  expect((await oo("save", "-n", "staging", "bare.yaml")).stdout).toBe("created staging/BARE (version 1)\n");
});

test("a folder of 200 sealed secrets is one batch, and unchanged the second time", async () => {
  const key = readSealingKeyFile(join(service.folder, "sealing-key.json"));
  for (let folder = 0; folder < 10; folder += 1) {
    mkdirSync(join(service.folder, "many", String(folder)), { recursive: true });
    for (let i = 0; i < 20; i += 1) {
      const target = `many/${folder}-${i}`;
      const sealed = await sealValue(key, { tenant: "default", scope: "key", target }, `value of ${target}`);
      write(`many/${folder}/${i}.yaml`, `key: ${target}\nvalue: ${sealed}\nencrypted: true\n`);
    }
  }
  const [first, second] = [await oo("save", "many"), await oo("save", "many")];
  expect(first).toMatchObject({ code: 0, stderr: "" });
  expect(first.stdout.match(/^created /gm)).toHaveLength(200);
  expect(second.stdout.match(/^unchanged /gm)).toHaveLength(200);
});
