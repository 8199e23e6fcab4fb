import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readSealingKeyFile } from "../../src/cli/files/sealer.ts";
import { sealValue } from "../../src/crypto/sealed-value.ts";
import { type CliService, startCliService } from "../support/cli/service.ts";

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

test("CI's token, which reads nothing, plans, applies, plans again and prunes what it may", async () => {
  await oo("save", "ci/OLD", "sk_live");
  await service.admin(["user", "save", "ci", "--admin"]);
  const grants = ["create:ci/*", "save-value:ci/*", "save-lists:ci/*"];
  const tokenFor = async (...can: string[]) =>
    (await service.admin(["token", "create", "ci", ...can.flatMap((grant) => ["--can", grant])])).stdout.trim();
  const [ci, pruning] = [await tokenFor(...grants), await tokenFor(...grants, "remove:ci/*")];
  write("ci.yaml", `${await encrypt("ci/A", "sk_live")}---\n${await encrypt("ci/B", "sk_live")}`);
  const as = (token: string, ...args: string[]) => service.as(token, ["secret", ...args]);
  expect((await as(ci, "apply", "--auto-approve", "ci.yaml")).stdout).toContain(
    "created ci/A (version 1)\ncreated ci/B (version 1)\n",
  );
  expect(await as(ci, "plan", "ci.yaml")).toMatchObject({ code: 0 });
  write("ci.yaml", `${await encrypt("ci/A", "sk_live")}---\n${await encrypt("ci/B", "sk_live")}readers: [app]\n`);
  expect((await as(ci, "plan", "ci.yaml")).stdout).toContain("update  ci/B  1 -> 2   value, readers +app\n");
  const forbidden = await as(ci, "apply", "--auto-approve", "--prune", "-n", "ci", "ci.yaml");
  expect(forbidden).toMatchObject({ code: 1 });
  expect(forbidden.stdout).toContain("forbidden  ci/OLD  -        you lack the right delete\n");
  const pruned = await as(pruning, "apply", "--auto-approve", "--prune", "-n", "ci", "ci.yaml");
  expect(pruned).toMatchObject({ code: 0, stderr: "" });
  expect(pruned.stdout).toContain("removed ci/OLD (version 2)\n");
  expect((await as(pruning, "list", "--show")).stdout).toBe("[]\n");
});
