import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { programPath } from "../support/built-package.ts";
import { runProgram } from "../support/cli/run-process.ts";
import { type CliService, startCliService } from "../support/cli/service.ts";

let service: CliService;
let payment: string;

beforeAll(async () => {
  service = await startCliService();
  payment = await service.addUser("payment-svc", "--role", "backend");
});
afterAll(() => service.stop());

const done = (stdout: string, stderr = "") => ({ code: 0, stdout, stderr });

describe("an admin and a service, from the first secret to the audit log", () => {
  test("the admin saves a bare key", async () => {
    const save = (value: string) => service.admin(["secret", "save", "DATABASE_URL", value]);
    expect(await save("postgresql://user:pass@host:5432/db")).toEqual(done("created DATABASE_URL (version 1)\n"));
    expect(await save("postgresql://user:pass@host:5432/db")).toEqual(done("unchanged DATABASE_URL (version 1)\n"));
    expect(await save("postgresql://other")).toEqual(done("updated DATABASE_URL (version 2): value\n"));
  });

  test("a bare key of a service is in its own namespace, and a hint says so", async () => {
    const hint = "oo: hint: STRIPE_SECRET_KEY means payment-svc/STRIPE_SECRET_KEY\n";
    expect(await service.as(payment, ["secret", "save", "STRIPE_SECRET_KEY", "sk_test_abc123"])).toEqual(
      done("created payment-svc/STRIPE_SECRET_KEY (version 1)\n", hint),
    );
    const foreign = await service.as(payment, ["secret", "save", "other-svc/KEY", "sk_test_abc123"]);
    expect(foreign.code).toBe(1);
    expect(foreign.stderr).toMatch(
      /^oo: error: .*other-svc\/KEY.*\noo: hint: an admin can permit it: oo permit save NAME/,
    );
    expect(foreign.stderr).not.toContain("sk_test");
  });

  test("the table is aligned and masked, with the owner in the third column", async () => {
    const { code, stdout, stderr } = await service.admin(["secret", "list"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const rows = stdout
      .trimEnd()
      .split("\n")
      .map((line) => line.split(/ {2,}/).slice(0, 5));
    expect(rows).toEqual([
      ["KEY", "VALUE", "OWNER", "VERSION", "STATE"],
      ["DATABASE_URL", "********", "admin", "2", "active"],
      ["payment-svc/STRIPE_SECRET_KEY", "********", "payment-svc", "1", "active"],
    ]);
    const starts = stdout
      .trimEnd()
      .split("\n")
      .map((line) => line.search(/(VALUE|\*{8})/));
    expect(new Set(starts).size).toBe(1);
  });

  test("lists can be narrowed", async () => {
    const keys = async (...args: string[]) => {
      const { stdout } = await service.admin(["secret", "list", "--no-header", ...args]);
      return stdout
        .split("\n")
        .map((line) => line.split(" ")[0])
        .filter(Boolean);
    };
    expect(await keys("DATABASE")).toEqual(["DATABASE_URL"]);
    expect(await keys("-n", "payment-svc")).toEqual(["payment-svc/STRIPE_SECRET_KEY"]);
    expect(await keys("*_KEY")).toEqual(["payment-svc/STRIPE_SECRET_KEY"]);
    expect(await keys("--state", "expired")).toEqual([]);
    expect((await service.admin(["secret", "list", "NOTHING"])).stderr).toMatch(
      /^oo: hint: no secret that you can see matches/,
    );
  });

  test("JSON leaves values out unless they are asked for", async () => {
    const masked = JSON.parse((await service.admin(["secret", "list", "-o", "json"])).stdout);
    expect(masked[0]).toMatchObject({ key: "DATABASE_URL", version: 2, owner: "admin", canChangeReaders: [] });
    expect(masked[0]).not.toHaveProperty("value");
    const shown = JSON.parse((await service.admin(["secret", "list", "--show", "-o", "json"])).stdout);
    expect(shown[0]).toHaveProperty("value", "postgresql://other");
  });

  test("threat 30: what --show prints can be saved again, and changes nothing", async () => {
    for (const token of [service.server.adminToken, payment]) {
      const { stdout } = await service.as(token, ["secret", "list", "--show"]);
      expect(stdout).toMatch(/^- id: secr_/);
      expect(stdout).toMatch(/\n {2}readers: \[payment-svc\]\n/);
      writeFileSync(join(service.folder, "backup.yaml"), stdout);
      const again = await service.as(token, ["secret", "save", "backup.yaml"]);
      expect(again.stdout).toMatch(/^(unchanged \S+ \(version \d\)\n)+$/);
      expect(again.code).toBe(0);
    }
  });

  test("who am I, is it secure, what happened", async () => {
    expect((await service.as(payment, ["user", "whoami"])).stdout).toMatch(
      /^tenant: +default\nslug: +payment-svc\nroles: +backend\nadmin: +no\noperator: +no\ntoken: +\S+\nexpires: +\d{4}-/,
    );
    expect(await service.admin(["secret", "is-secure"])).toEqual(done("Service is secure.\n"));
    const { stdout } = await service.admin(["audit", "list", "--key", "DATABASE_URL", "--action", "secret.save"]);
    expect(stdout.split("\n")[0]).toMatch(/^TIME +PRINCIPAL +ACTION +KEY +VERSION +DECISION +RULE +PEER$/);
    expect(stdout).toMatch(/Z +admin +secret\.save +DATABASE_URL +2 +allowed +admin +127\.0\.0\.1\n/);
    const [one, ...others] = JSON.parse((await service.admin(["audit", "list", "--limit", "1", "-o", "json"])).stdout);
    expect(others).toEqual([]);
    expect(one).toMatchObject({ principal: "admin", decision: "allowed" });
    const denied = await service.as(payment, ["audit", "list"]);
    expect(denied).toMatchObject({ code: 1, stdout: "" });
  });

  test("threat 31: remove takes keys or ids, all of them or none", async () => {
    const hint = "oo: hint: `oo secret list` shows what you can see\n";
    const both = await service.admin(["secret", "remove", "--key", "DATABASE_URL", "--key", "NONE"]);
    expect(both).toMatchObject({ code: 1, stdout: "" });
    expect(both.stderr).toMatch(/^oo: error: .*NONE/);
    expect(both.stderr).toContain(hint);
    expect(await service.admin(["secret", "remove", "--key", "DATABASE_URL"])).toEqual(
      done("removed DATABASE_URL (version 3)\n"),
    );
    const [{ id }] = JSON.parse((await service.as(payment, ["secret", "list", "-o", "json"])).stdout);
    expect(await service.as(payment, ["secret", "remove", "--id", id])).toEqual(
      done("removed payment-svc/STRIPE_SECRET_KEY (version 2)\n"),
    );
  });
});

describe("what a key without namespace means to a regular user", () => {
  test("the very secret if they can see it, also when they may not do it", async () => {
    await service.admin(["secret", "save", "SHARED", "v", "--readers", "backend"]);
    const save = await service.as(payment, ["secret", "save", "SHARED", "mine"]);
    expect(save).toMatchObject({ code: 1, stdout: "" });
    expect(save.stderr).toMatch(/^oo: error: .*write SHARED\noo: hint: ask the owner of SHARED .* to its writers\n$/);
    const remove = await service.as(payment, ["secret", "remove", "--key", "SHARED"]);
    expect(remove.stderr).toMatch(/^oo: error: .*SHARED\noo: hint: ask the owner of SHARED .* to its deleters\n$/);
  });

  test("else the one in their namespace, in every command", async () => {
    await service.admin(["secret", "save", "HIDDEN", "v"]);
    expect((await service.as(payment, ["secret", "save", "HIDDEN", "mine"])).stdout).toBe(
      "created payment-svc/HIDDEN (version 1)\n",
    );
    expect(await service.as(payment, ["secret", "remove", "--key", "HIDDEN"])).toEqual(
      done("removed payment-svc/HIDDEN (version 2)\n", "oo: hint: HIDDEN means payment-svc/HIDDEN\n"),
    );
  });

  test("in files keys are what they say", async () => {
    writeFileSync(join(service.folder, "bare.yaml"), "key: BARE\nvalue: sk_live\n");
    const { code, stderr } = await service.as(payment, ["secret", "save", "bare.yaml"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^oo: error: .*BARE.*\(bare\.yaml:1\)\n/);
  });
});

describe("output", () => {
  test("a reader that goes away ends the command quietly", async () => {
    for (let i = 0; i < 3; i++) {
      await service.admin(["secret", "save", `large/${i}`], "x".repeat(65_000));
    }
    const env = { OO_URL: service.server.url, OO_TOKEN: service.server.adminToken };
    const oo = programPath("oo");
    const { code, stdout, stderr } = await runProgram("sh", ["-c", '"$0" secret list --show | head -n 1', oo], { env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^- id: /);
  });

  test("a full disk is an error", async () => {
    const env = { OO_URL: service.server.url, OO_TOKEN: service.server.adminToken };
    const oo = programPath("oo");
    const { code, stderr } = await runProgram("sh", ["-c", '"$0" secret list --show > /dev/full', oo], { env });
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: "oo: error: cannot write to standard output: no space left on device\n",
    });
  });
});
