import { spawnSync } from "node:child_process";
import type { Command } from "commander";
import { describe, expect, test } from "vitest";
import { manPages } from "../../scripts/man/page.ts";
import { helpTopics } from "../../src/cli/frame/help-topics.ts";
import { nearestName } from "../../src/cli/frame/nearest.ts";
import { findPeerCommand, peerWordings } from "../../src/cli/frame/peer-commands.ts";
import { createOutput } from "../../src/cli/print/output.ts";
import { createProgram } from "../../src/cli/program.ts";
import { runOo } from "../support/cli/run-oo.ts";

const { stdout, stderr } = process;
const output = createOutput({ stdout, stderr, exit: () => undefined, mayColour: false });
const program = createProgram({ args: [], output, stdin: () => process.stdin, env: {}, now: Date.now });

function find(path: string): Command | undefined {
  let command: Command | undefined = program;
  for (const word of path.split(" ")) {
    command = command?.commands.find((each) => each.name() === word || each.aliases().includes(word));
  }
  return command;
}

describe("fault D15: what other tools call things", () => {
  test("at least 60 wordings lead to a command that exists", () => {
    expect(peerWordings.length).toBeGreaterThanOrEqual(60);
    expect(new Set(peerWordings).size).toBe(peerWordings.length);
    for (const wording of peerWordings) {
      const command = findPeerCommand(wording.split(" "))?.command ?? "";
      expect(find(command), `${wording} -> ${command}`).toBeDefined();
      // A wording that is a command already would never be suggested.
      expect(find(wording), wording).toBeUndefined();
    }
  });

  test("each of them is suggested when it is typed", async () => {
    const typed = await Promise.all(
      peerWordings.map(async (wording) => {
        const run = await runOo([...wording.split(" "), "sk_live"]);
        expect(run.stderr, wording).not.toContain("sk_live");
        return [wording, run.code, /did you mean: oo ([a-z -]+)\?/.exec(run.stderr)?.[1]];
      }),
    );
    const expected = peerWordings.map((wording) => [wording, 2, findPeerCommand(wording.split(" "))?.command]);
    expect(typed).toEqual(expected);
  });

  test.each([
    [["secrets"], "unknown command 'secrets', did you mean secret?"],
    [["secret", "gett"], "unknown command 'gett', did you mean get?"],
    [["secret", "lst"], "unknown command 'lst', did you mean list?"],
    [["secret", "histroy"], "unknown command 'histroy', did you mean history?"],
    [["export"], "unknown command 'export', did you mean: oo secret export?"],
    [["secret", "frobnicate"], "unknown command 'frobnicate'"],
    [["secret", "SK_live_1"], "unknown command"],
  ])("%j", async (args, message) => {
    expect((await runOo(args)).stderr.split("\n")[0]).toBe(`oo: error: ${message}`);
  });

  test("a guess that is far off is not made", () => {
    expect(nearestName("set", ["seal"])).toBeUndefined();
    expect(nearestName("import", ["export"])).toBeUndefined();
    expect(nearestName("history", ["restore"])).toBeUndefined();
    expect(nearestName("secret.reed", ["secret.read", "secret.list"])).toBe("secret.read");
  });
});

describe("help", () => {
  test("oo alone shows every command in groups", async () => {
    const { code, stdout, stderr } = await runOo([]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const secrets = program.commands.find((each) => each.name() === "secret")?.commands ?? [];
    const groups = program.commands.filter(
      (each) => !each.name().startsWith("__") && !["secret", "help"].includes(each.name()),
    );
    const paths = [...secrets.map((each) => `secret ${each.name()}`), ...groups.map((each) => each.name())];
    for (const path of paths)
      expect(
        stdout.split("\n").filter((line) => line.startsWith(`  oo ${path} `)),
        path,
      ).toHaveLength(1);
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
    expect((await runOo(["help"])).stdout).toBe(stdout);
  });

  test("fault D15: help of a command of a command is its own", async () => {
    const { stdout } = await runOo(["help", "secret", "save"]);
    expect(stdout).toBe((await runOo(["secret", "save", "--help"])).stdout);
    expect((await runOo(["help", "secret", "reader", "add"])).stdout).toContain("Usage: oo secret reader add");
    expect((await runOo(["help", "secret", "ls"])).stdout).toContain("Usage: oo secret list");
  });

  test("topics", async () => {
    for (const topic of Object.keys(helpTopics)) {
      const { code, stdout } = await runOo(["help", ...topic.split("-")]);
      expect({ code, stdout }).toEqual({ code: 0, stdout: helpTopics[topic]?.text });
      for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(90);
    }
    const unknown = await runOo(["help", "acess"]);
    expect(unknown).toMatchObject({ code: 2, stdout: "" });
    expect(unknown.stderr).toContain("did you mean access?");
  });
});

describe("the manual", () => {
  const pages = manPages(program, "1.2.3");

  test("has a page for every command, with its options and examples", () => {
    const save = pages.find(({ file }) => file === "oo-secret-save.1")?.text;
    expect(save).toMatch(/^\.TH OO-SECRET-SAVE 1 "" "oo 1\.2\.3" "oo manual"\n\.SH NAME\noo\\-secret\\-save \\- /);
    expect(save).toContain(".B \\-\\-readers <names>\n");
    expect(save).toContain(".SH EXAMPLES\n");
    const files = pages.map(({ file }) => file);
    expect(files).toContain("oo.1");
    expect(files).toContain("oo-secret-can-change-readers-add.1");
    expect(new Set(files).size).toBe(files.length);
  });

  const hasMan = spawnSync("man", ["--version"]).status === 0;
  test.runIf(hasMan)("man accepts the pages without a warning", () => {
    for (const { text } of pages.slice(0, 5)) {
      const shown = spawnSync("man", ["--warnings", "-l", "-"], { input: text, encoding: "utf8" });
      expect({ status: shown.status, stderr: shown.stderr }).toEqual({ status: 0, stderr: "" });
    }
  });
});
