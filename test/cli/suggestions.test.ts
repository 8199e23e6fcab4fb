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
      const words = command.split(" ");
      const options = words.filter((word) => word.startsWith("--"));
      const path = words.filter((word) => !options.includes(word)).join(" ");
      const suggested = path === "" ? program : find(path);
      expect(suggested, `${wording} -> ${command}`).toBeDefined();
      for (const option of options)
        expect(
          suggested?.options.some(({ long }) => long === option),
          command,
        ).toBe(true);
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
    [["vault", "kv", "get", "-mount=secret", "x"], "unknown command 'vault', did you mean: oo secret get?"],
    [["doppler", "run", "--", "x"], "unknown command 'doppler', did you mean: oo secret run?"],
    [["doppler", "secrets"], "unknown command 'doppler', did you mean: oo secret list?"],
    [["bao", "token", "create"], "unknown command 'bao', did you mean: oo token create?"],
    [["chamber", "history", "web", "KEY"], "unknown command 'chamber', did you mean: oo secret history?"],
    [["fly", "secrets", "import"], "unknown command 'fly', did you mean: oo secret import?"],
    [["sops", "x.yaml"], "unknown command 'sops'"],
    [["secrets", "describe", "x"], "unknown command 'secrets', did you mean: oo secret get?"],
    [["secrets", "versions", "list"], "unknown command 'secrets versions list', did you mean: oo secret history?"],
    [["server"], "unknown command 'server', did you mean: secret-svc serve?"],
    [["secret", "token", "create"], "unknown command 'token', did you mean: oo token?"],
    [["user", "export"], "unknown command 'export'"],
    [["secret", "frobnicate"], "unknown command 'frobnicate'"],
    [["secret", "SK_live_1"], "unknown command"],
  ])("%j", async (args, message) => {
    expect((await runOo(args)).stderr.split("\n")[0]).toBe(`oo: error: ${message}`);
  });

  test.each([
    ["secret get A --env prod", "unknown option --env, did you mean --namespace?"],
    ["secret get A --plain", "unknown option --plain, did you mean --output?"],
    ["secret apply -y x", "unknown option -y, did you mean --auto-approve?"],
    ["user list --state=active", "unknown option --state"],
    ["secret find --oner x", "unknown option, did you mean --owner?"],
    ["secret list --oner x", "unknown option"],
    ["secret save A --hunter-two", "unknown option"],
    ["-v", "unknown option -v, did you mean --version?"],
  ])("oo %s", async (line, message) => {
    const { code, stderr } = await runOo(line.split(" "));
    expect({ code, error: stderr.split("\n")[0] }).toEqual({ code: 2, error: `oo: error: ${message}` });
    // What may be a value gets the advice for values.
    expect(stderr.includes("a value that starts with '-'")).toBe(/^unknown option(,|$)/.test(message));
  });

  test("the command of `run` goes after a separator", async () => {
    const { stderr } = await runOo(["secret", "run", "-n", "prod", "sh", "-c", "true"]);
    expect(stderr).toContain("the command goes after '--': oo secret run -n prod/web -- node server.js");
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

  test("no first sentence in the overview is cut, and each begins with a small letter", async () => {
    for (const line of (await runOo([])).stdout.split("\n").filter((each) => each.startsWith("  oo "))) {
      expect(line).toMatch(/ {2,}[a-z][^…]*(, …)?$/);
    }
  });

  test("options and commands are wrapped on a narrow terminal", () => {
    const reader = find("secret reader");
    for (const width of [50, 60, 80]) {
      const help = reader?.createHelp();
      if (help === undefined || reader === undefined) throw new Error("there is no command");
      help.helpWidth = width;
      for (const line of help.formatHelp(reader, help).split("\n")) expect(line.length).toBeLessThanOrEqual(width);
    }
  });

  test("topics", async () => {
    for (const topic of Object.keys(helpTopics)) {
      const { code, stdout } = await runOo(["help", ...topic.split("-")]);
      expect({ code, stdout }).toEqual({ code: 0, stdout: helpTopics[topic]?.text });
      for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
    }
    const unknown = await runOo(["help", "acess"]);
    expect(unknown).toMatchObject({ code: 2, stdout: "" });
    expect(unknown.stderr).toContain("there is no command or topic 'acess', did you mean access?");
    expect((await runOo(["help", "SK_live_1"])).stderr).toContain("there is no command or topic of that name\n");
    const { stdout } = await runOo(["help", "topics"]);
    for (const [topic, { about }] of Object.entries(helpTopics)) {
      expect(stdout).toMatch(new RegExp(`^  oo help ${topic} +${about}$`, "m"));
    }
  });
});

describe("the manual", () => {
  const pages = manPages(program, "1.2.3");

  test("has a page for every command, with its options and examples", () => {
    const save = pages.find(({ file }) => file === "oo-secret-save.1")?.text;
    expect(save).toMatch(/^\.TH OO-SECRET-SAVE 1 "" "oo 1\.2\.3" "oo manual"\n\.SH NAME\noo\\-secret\\-save \\- /);
    expect(save).toContain(".B \\-\\-readers <names>\n");
    expect(save).toContain(".SH EXAMPLES\n");
    expect(save).toContain("\\- Create or change secrets: one by key, or all those of a YAML file or folder\n.SH");
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
