import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { formatTable, formatTableOfReasons } from "../../src/cli/print/table.ts";
import { printedOnTerminal } from "../support/cli/printed-on-terminal.ts";
import { type CliService, startCliService } from "../support/cli/service.ts";

let service: CliService;
let alice: string;
let payment: string;

beforeAll(async () => {
  service = await startCliService();
  alice = await service.addUser("alice");
  payment = await service.addUser("payment-svc", "--role", "backend");
  await service.admin([
    "secret",
    "save",
    "prod/DATABASE_URL",
    "v",
    "--readers",
    "backend,gha-deploy",
    "--writers",
    "alice",
  ]);
  await service.as(alice, ["secret", "save", "alice/API_KEY", "v"]);
});
afterAll(() => service.stop());

describe("explain", () => {
  test("says right by right what one may do, and why", async () => {
    expect(await service.as(payment, ["secret", "explain", "prod/DATABASE_URL"])).toEqual({
      code: 0,
      stderr: "",
      stdout: [
        "RIGHT            ALLOWED  RULE            WHY",
        "read             yes      role-listed     readers has backend",
        "write            no       not-listed      writers has neither payment-svc nor its roles",
        "delete           no       not-listed      deleters has neither payment-svc nor its roles",
        "change-readers   no       not-listed      canChangeReaders has neither payment-svc nor its roles",
        "change-writers   no       not-listed      canChangeWriters has neither payment-svc nor its roles",
        "change-deleters  no       not-listed      canChangeDeleters has neither payment-svc nor its roles",
        "create           no       foreign-prefix  it does not start with payment-svc/, and no permit matches it",
        "",
      ].join("\n"),
    });
  });

  test("takes a bare key for the own one", async () => {
    const { stdout, stderr } = await service.as(alice, ["secret", "explain", "API_KEY"]);
    expect(stderr).toBe("oo: hint: API_KEY means alice/API_KEY\n");
    expect(stdout).toMatch(/\nread +yes +slug-listed +readers has alice\n/);
    expect(stdout).toMatch(/\ncreate +yes +own-prefix +keys that start with alice\/ are its own\n$/);
  });

  test("is the same for what is not there as for what is not one's business", async () => {
    const there = await service.as(alice, ["secret", "explain", "prod/DATABASE_URL", "--as", "payment-svc"]);
    const absent = await service.as(alice, ["secret", "explain", "prod/ABSENT", "--as", "payment-svc"]);
    expect(there).toEqual(absent);
    expect(there.stderr).toMatch(/^oo: error: only an admin may ask about the access of others/);
    await service.admin(["secret", "save", "prod/HIDDEN", "v"]);
    const hidden = await service.as(alice, ["secret", "explain", "prod/HIDDEN"]);
    expect(hidden).toEqual(await service.as(alice, ["secret", "explain", "prod/ABSENT"]));
    expect(hidden.stdout).toMatch(/\nread +no +missing +there is no such secret, or you may not see it\n/);
  });

  test("for someone else, and with what a token is granted", async () => {
    const other = await service.admin(["secret", "explain", "prod/DATABASE_URL", "--as", "alice", "-o", "json"]);
    const { principal, rights } = JSON.parse(other.stdout);
    expect(principal).toBe("alice");
    expect(rights[1]).toEqual({
      right: "write",
      allowed: true,
      rule: "slug-listed",
      list: "writers",
      entries: ["alice"],
      grant: "",
    });
    const made = await service.admin(["token", "create", "--can", "save-value:prod/*"]);
    const narrowed = await service.as(made.stdout.trim(), ["secret", "explain", "prod/DATABASE_URL"]);
    expect(narrowed.stdout).toMatch(/\nread +no +not-granted +the user may, but the token is not granted it\n/);
    expect(narrowed.stdout).toMatch(
      /\nwrite +yes +admin +admins have every right; the token is granted save-value:prod\/\*\n/,
    );
    expect((await service.admin(["secret", "explain", "A", "--as", "ghost"])).stderr).toMatch(
      /^oo: error: there is no user ghost/,
    );
  });
});

describe("explain on a terminal", () => {
  const header = ["RIGHT", "RULE", "WHY"];
  const long = "it does not start with payment-svc/, and no permit matches it";
  const rows = [
    ["create", "foreign-prefix", long],
    ["read", "admin", "short"],
  ];
  const wordsOf = (text: string) => text.split(/\s+/).filter((word) => word !== "");

  test.each([40, 48, 50, 60, 72, 80, 120])("nothing of a reason is cut in %i columns", (width) => {
    const shown = formatTableOfReasons(header, rows, width);
    expect(shown).not.toContain("…");
    for (const line of shown.split("\n")) expect(line.length).toBeLessThanOrEqual(width);
    expect(wordsOf(shown)).toEqual(expect.arrayContaining([...wordsOf(long), "foreign-prefix", "short"]));
  });

  test("a reason goes on in its column, or below its row where that is too narrow", () => {
    expect(formatTableOfReasons(header, rows, 60).split("\n").slice(1, 4)).toEqual([
      "create  foreign-prefix  it does not start with payment-svc/,",
      "                        and no permit matches it",
      "read    admin           short",
    ]);
    expect(formatTableOfReasons(header, rows, 40).split("\n").slice(0, 3)).toEqual([
      "RIGHT   RULE",
      "create  foreign-prefix",
      "  it does not start with payment-svc/,",
    ]);
    const key = "k".repeat(90);
    expect(formatTableOfReasons(header, [["read", "permit", `the permit ${key} allows it`]], 80)).toContain(key);
    expect(formatTableOfReasons(header, rows, undefined)).toBe(formatTable(header, rows));
  });

  test("and the command uses it", async () => {
    const shown = await printedOnTerminal(service, 80, "secret", "explain", "A", "--as", "payment-svc");
    expect(shown).toMatch(/you may\n +not see it\n/);
  });
});

describe("who-can", () => {
  test("lists users and rules, and names in the list that no user has", async () => {
    expect(await service.admin(["secret", "who-can", "read", "prod/DATABASE_URL"])).toEqual({
      code: 0,
      stdout: [
        "SLUG         RULE         LISTED AS",
        "admin        admin        -",
        "payment-svc  role-listed  backend",
        "",
      ].join("\n"),
      stderr:
        "oo: hint: also listed, but not the name of any user or role: gha-deploy (from a token issuer, or unused)\n",
    });
    const { stdout } = await service.admin(["secret", "who-can", "write", "prod/DATABASE_URL", "-o", "yaml"]);
    expect(stdout).toContain("  - slug: alice\n    rule: slug-listed\n    entries:\n      - alice\n");
    expect((await service.admin(["secret", "who-can", "create", "alice/NEW"])).stdout).toMatch(
      /\nalice +own-prefix +-\n$/,
    );
  });

  test("is for admins, of secrets that exist", async () => {
    expect((await service.as(alice, ["secret", "who-can", "read", "alice/API_KEY"])).stderr).toMatch(/only an admin/);
    const absent = await service.admin(["secret", "who-can", "read", "prod/ABSENT"]);
    expect(absent).toMatchObject({ code: 1, stdout: "" });
    expect(absent.stderr).toMatch(/^oo: error: there is no secret prod\/ABSENT/);
    expect((await service.admin(["secret", "who-can", "fly", "prod/A"])).code).toBe(2);
  });
});
