import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CliService, startCliService } from "../support/cli/service.ts";

let service: CliService;
let ci: string;
const run = (...args: string[]) => service.as(ci, args);
const grants = ["create:prod/*", "save-value:prod/*", "save-lists:prod/*"];

beforeAll(async () => {
  service = await startCliService();
  await service.admin(["user", "save", "ci", "--admin"]);
  await service.admin(["secret", "save", "dev/OTHER", "canary-other"]);
  const made = await service.admin(["token", "create", "ci", ...grants.flatMap((grant) => ["--can", grant])]);
  expect(made.stderr).toMatch(
    / of ci, valid until \S+, narrowed to create:prod\/\* save-value:prod\/\* save-lists:prod\/\*; /,
  );
  ci = made.stdout.trim();
  writeFileSync(
    join(service.folder, "prod.yaml"),
    "- key: prod/DATABASE_URL\n  value: canary-value\n  readers: [payment-svc]\n- key: prod/EMPTY\n  value: canary-2\n",
  );
});
afterAll(() => service.stop());

describe("a token of CI", () => {
  test("deploys, twice", async () => {
    expect(await run("secret", "save", "prod.yaml")).toMatchObject({
      code: 0,
      stdout: "created prod/DATABASE_URL (version 1)\ncreated prod/EMPTY (version 1)\n",
    });
    // A plain value always counts as changed for who may not read; metadata and lists do not.
    expect(await run("secret", "save", "prod.yaml")).toMatchObject({
      code: 0,
      stdout: "updated prod/DATABASE_URL (version 2): value\nupdated prod/EMPTY (version 2): value\n",
    });
    const lists = await run("secret", "save", "prod/DATABASE_URL", "--keep-value", "--readers", "payment-svc");
    expect(lists).toMatchObject({ code: 0, stdout: "unchanged prod/DATABASE_URL (version 2)\n" });
  });

  test("deploys sealed values, the second time without a new version, and cannot open them", async () => {
    const sealed = await run("secret", "encrypt", "prod/SEALED", "canary-sealed");
    expect(sealed.stdout).toContain("seal.v1.");
    writeFileSync(join(service.folder, "sealed.yaml"), sealed.stdout);
    expect((await run("secret", "save", "sealed.yaml")).stdout).toBe("created prod/SEALED (version 1)\n");
    expect((await run("secret", "save", "sealed.yaml")).stdout).toBe("unchanged prod/SEALED (version 1)\n");
    const opened = await run("secret", "decrypt", "sealed.yaml");
    expect(opened).toMatchObject({ code: 1, stdout: "" });
    expect(opened.stderr).toMatch(/^oo: error: the token is not granted read on prod\/SEALED/);
    expect((await service.admin(["secret", "list", "--show", "prod/SEALED"])).stdout).toContain("canary-sealed");
  });

  test("threat 1: reads nothing", async () => {
    const seen: string[] = [];
    for (const args of [
      ["secret", "list", "--show"],
      ["secret", "list", "--show", "-n", "prod"],
      ["secret", "list", "-o", "json"],
      ["secret", "list"],
      ["audit", "list"],
      ["user", "list"],
      ["token", "list"],
      ["token", "create"],
    ]) {
      const { stdout, stderr } = await run(...args);
      seen.push(stdout, stderr);
    }
    expect(seen.join("\n")).not.toContain("canary");
    expect(seen.join("\n")).not.toContain("dev/OTHER");
    expect((await run("secret", "list", "--show")).stdout).toBe("[]\n");
    const refused = await run("audit", "list");
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toBe(
      "oo: error: a token that is narrowed by grants may not do this; use one that is not\n" +
        "oo: hint: the token is narrowed: `oo user whoami` shows its grants\n",
    );
  });

  test("does nothing else, and says what it lacks", async () => {
    const removal = await run("secret", "remove", "--key", "prod/EMPTY");
    expect(removal).toMatchObject({ code: 1, stdout: "" });
    expect(removal.stderr).toMatch(/^oo: error: the token is not granted remove on prod\/EMPTY/);
    const outside = await run("secret", "save", "dev/OTHER", "x");
    expect(outside.stderr).toMatch(/^oo: error: the token is not granted create on dev\/OTHER/);
    const absent = await run("secret", "save", "dev/THERE", "x");
    expect(absent.stderr.replace("dev/THERE", "dev/OTHER")).toBe(outside.stderr);
  });
});

describe("what a token is narrowed to", () => {
  test("is shown by whoami", async () => {
    expect((await run("user", "whoami")).stdout).toMatch(
      /\nadmin: +yes\noperator: +no\n(.*\n)*can only: +create:prod\/\*, save-value:prod\/\*, save-lists:prod\/\*\n/,
    );
    const { grants: json } = JSON.parse((await run("user", "whoami", "-o", "json")).stdout);
    expect(json).toEqual(grants.map((grant) => ({ action: grant.split(":")[0], keyPatterns: ["prod/*"] })));
    expect((await run("user", "whoami", "-o", "yaml")).stdout).toContain(
      "grants:\n  - action: create\n    keyPatterns:\n      - prod/*\n",
    );
  });

  test("is shown by token list", async () => {
    expect((await service.admin(["token", "list", "ci"])).stdout).toMatch(
      / ci +valid .* create:prod\/\*,save-value:prod\/\*,save-lists:prod\/\* +-\n$/,
    );
    expect((await service.admin(["token", "list", "admin"])).stdout).toMatch(/ never +all +made on the host\n$/);
    const [token] = JSON.parse((await service.admin(["token", "list", "ci", "-o", "json"])).stdout);
    expect(token.grants).toContainEqual({ action: "save-lists", keyPatterns: ["prod/*"] });
    expect((await service.admin(["token", "list", "ci", "-o", "yaml"])).stdout).toMatch(/^- id: tok_/);
  });

  test.each([
    ["prod/*", 2, /--can must be an action, ':' and a key pattern/],
    ["read:", 2, /--can must be an action, ':' and a key pattern/],
    ["write:prod/*", 1, /action must be one of read, create, save-value, save-lists, remove/],
    ["read:prod /x", 1, /keyPatterns may only contain characters of a key and '\*'/],
  ])("is checked: %s", async (grant, code, message) => {
    const made = await service.admin(["token", "create", "ci", "--can", grant]);
    expect(made).toMatchObject({ code, stdout: "" });
    expect(made.stderr).toMatch(message);
  });
});
