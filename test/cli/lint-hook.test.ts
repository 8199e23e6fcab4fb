import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { createKeyring } from "../../src/crypto/keyring.ts";
import { sealValue } from "../../src/crypto/sealed-value.ts";
import { deriveSealingKeyPair } from "../../src/crypto/sealing-key.ts";
import { formatSealingKeyFile } from "../../src/crypto/sealing-key-file.ts";
import { runOo } from "../support/cli/run-oo.ts";
import { repository } from "../support/docs/markdown.ts";

const folder = mkdtempSync(join(tmpdir(), "oo-hook-"));
const path = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

const pair = await deriveSealingKeyPair(createKeyring(Buffer.alloc(32, 7), []).active);
const seal = (target: string, value: string) => sealValue(pair, { tenant: "acme", scope: "key", target }, value);
const sealedFile = async (value: string) =>
  `key: prod/A\nvalue: ${await seal("prod/A", value)}\nencrypted: true\nreaders: [api]\n`;

/** `oo` of this checkout is first on the path of git, which calls it. */
const env = {
  ...process.env,
  PATH: [join(repository, "bin"), process.env.PATH].join(delimiter),
  GIT_CONFIG_GLOBAL: "/dev/null",
};
const git = (...args: string[]) =>
  execFileSync("git", ["-c", "user.name=me", "-c", "user.email=me@example.com", ...args], {
    cwd: folder,
    encoding: "utf8",
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
const lint = (...args: string[]) => runOo(["secret", "lint", ...args], { cwd: folder });
const errorOf = (work: () => unknown): string => {
  try {
    work();
    return "";
  } catch (error) {
    return String((error as { stderr?: string }).stderr ?? error);
  }
};

beforeEach(() => {
  rmSync(folder, { recursive: true });
  mkdirSync(path("secrets"), { recursive: true });
  git("init", "-q", ".");
  writeFileSync(path("sealing-key.json"), formatSealingKeyFile({ ...pair, tenant: "acme" }));
});

describe("oo secret lint --hook", () => {
  test("checks what is staged, not what is in the folder", async () => {
    writeFileSync(path("secrets/a.yaml"), "key: A\nvalue: canary-plain\n");
    expect(await lint("--hook", "secrets/")).toEqual({ code: 0, stdout: "", stderr: "" });
    git("add", ".");
    writeFileSync(path("secrets/a.yaml"), await sealedFile("one"));
    expect(await lint("--hook", "secrets/")).toMatchObject({
      code: 1,
      stdout: "secrets/a.yaml:2:8: plain-value: value is not sealed; 'oo secret seal' does that\n",
    });
    git("add", ".");
    writeFileSync(path("secrets/a.yaml"), "key: A\nvalue: canary-plain\n");
    expect(await lint("--hook", "--sealing-key", "sealing-key.json", "secrets/")).toMatchObject({
      code: 0,
      stdout: "",
    });
  });

  test("installed, it refuses a commit of plaintext, and git diff shows names, never values", async () => {
    const installed = await lint("--install-hook", "--sealing-key", "sealing-key.json", "secrets/");
    expect(installed).toMatchObject({ code: 0, stdout: `Wrote ${path(".git/hooks/pre-commit")}.\n` });
    expect(await lint("--install-hook", "--sealing-key", "sealing-key.json", "secrets/")).toMatchObject({ code: 0 });
    expect(readFileSync(path(".gitattributes"), "utf8")).toBe(
      "/secrets/**/*.yaml diff=oo-secrets\n/secrets/**/*.yml diff=oo-secrets\n",
    );
    writeFileSync(path("secrets/a.yaml"), "key: prod/A\nvalue: canary-plain\n");
    git("add", ".");
    expect(errorOf(() => git("commit", "-qm", "One"))).not.toContain("canary");
    expect(errorOf(() => git("rev-parse", "--verify", "HEAD"))).not.toBe("");
    writeFileSync(path("secrets/a.yaml"), await sealedFile("one"));
    git("add", ".");
    git("commit", "-qm", "One");
    writeFileSync(path("secrets/a.yaml"), (await sealedFile("two")).replace("api", "web"));
    const sealed = git("diff");
    expect(sealed).toMatch(/ prod\/A\n- {2}value: sealed [0-9a-f]{12}\n- {2}readers: api\n\+ {2}value: sealed/);
    expect(sealed).not.toContain("seal.v1");
  });

  test("another hook is not replaced, and the line for it is shown", async () => {
    mkdirSync(path(".git/hooks"), { recursive: true });
    writeFileSync(path(".git/hooks/pre-commit"), "#!/bin/sh\nexit 0\n");
    const { code, stderr } = await lint("--install-hook", "--allow-plain", "secrets/");
    expect(code).toBe(1);
    expect(stderr).toContain("is another hook, and is not replaced");
    expect(stderr).toContain("add this line to it: oo secret lint --hook --allow-plain -- secrets/");
    expect(readFileSync(path(".git/hooks/pre-commit"), "utf8")).toBe("#!/bin/sh\nexit 0\n");
    expect(existsSync(path(".gitattributes"))).toBe(false);
  });

  test("threat 244: a hook that would be for every repository is not written, and what to do is said", async () => {
    const shared = mkdtempSync(join(tmpdir(), "oo-shared-hooks-"));
    const config = path("gitconfig");
    writeFileSync(config, `[core]\n  hooksPath = ${shared}\n`);
    const asUser = (...args: string[]) =>
      runOo(["secret", "lint", ...args], { cwd: folder, env: { ...env, GIT_CONFIG_GLOBAL: config } });
    const refused = await asUser("--install-hook", "secrets/");
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toContain(`git takes the hooks from ${shared}, which other repositories may use as well`);
    expect(refused.stderr).toContain("only for this repository: oo secret lint --hook -- secrets/");
    expect(readdirSync(shared)).toEqual([]);
    expect(existsSync(path(".gitattributes"))).toBe(false);
    symlinkSync(shared, path(".git/elsewhere"));
    git("config", "--local", "core.hooksPath", ".git/elsewhere");
    expect(await asUser("--install-hook", "secrets/")).toMatchObject({ code: 1 });
    // What the hint says.
    git("config", "--local", "core.hooksPath", path(".git/hooks"));
    expect(await asUser("--install-hook", "secrets/")).toMatchObject({ code: 0 });
    expect(existsSync(path(".git/hooks/pre-commit"))).toBe(true);
    writeFileSync(config, "[core]\n  hooksPath = .githooks\n");
    git("config", "--local", "--unset", "core.hooksPath");
    expect(await asUser("--install-hook", "secrets/")).toMatchObject({ code: 0 });
    expect(existsSync(path(".githooks/pre-commit"))).toBe(true);
    rmSync(shared, { recursive: true });
  });

  test("threat 244: hooks of all repositories stay out also where their folder is in this one", async () => {
    const config = path("gitconfig");
    writeFileSync(config, `[core]\n  hooksPath = ${path(".githooks")}\n`);
    const asUser = { cwd: folder, env: { ...env, GIT_CONFIG_GLOBAL: config } };
    const refused = await runOo(["secret", "lint", "--install-hook", "secrets/"], asUser);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("other repositories may use as well") });
    expect(existsSync(path(".githooks"))).toBe(false);
  });

  test("the advice for shared hooks works from a subfolder and in a linked worktree", async () => {
    const config = path("gitconfig");
    writeFileSync(config, "[core]\n  hooksPath = /nowhere/hooks\n");
    writeFileSync(path("secrets/.keep"), "");
    git("add", "secrets/.keep");
    git("commit", "-qm", "Zero");
    git("worktree", "add", "-q", "linked");
    for (const place of ["secrets", "linked/secrets"]) {
      const asUser = { cwd: path(place), env: { ...env, GIT_CONFIG_GLOBAL: config } };
      const { stderr } = await runOo(["secret", "lint", "--install-hook", "."], asUser);
      const advice = /in place of those: (git .*)/.exec(stderr)?.[1] ?? "exit 9";
      execFileSync("/bin/sh", ["-c", advice], asUser);
      expect(await runOo(["secret", "lint", "--install-hook", "."], asUser)).toMatchObject({
        code: 0,
        stdout: `Wrote ${path(".git/hooks/pre-commit")}.\n`,
      });
      git("config", "--local", "--unset", "core.hooksPath");
    }
  });

  test("from a folder within the repository, and not for a path out of it", async () => {
    const within = (...args: string[]) => runOo(["secret", "lint", ...args], { cwd: path("secrets") });
    expect(await within("--install-hook", ".")).toMatchObject({ code: 0 });
    expect(readFileSync(path(".git/hooks/pre-commit"), "utf8")).toContain("--hook -- secrets");
    expect(await within("--install-hook", "../..")).toMatchObject({ code: 1 });
    expect(await within("--hook", "--textconv", "a.yaml")).toMatchObject({ code: 2 });
  });
});

describe("what a diff shows", () => {
  const shown = async (text: string) => {
    writeFileSync(path("x.yaml"), text);
    return (await lint("--textconv", "x.yaml")).stdout;
  };

  test("threat 223: never a value, a hash that guesses could be tried on, or text of a broken file", async () => {
    const plain = "- {key: A, value: canary-one}\n- {key: B, value: canary-two, deleters: [], metadata: {team: web}}\n";
    expect(await shown(plain)).toBe(
      "A\n  value: not sealed\nB\n  value: not sealed\n  deleters: no one\n  metadata team: web\n",
    );
    await lint("--install-hook", "x.yaml");
    const marked = await shown(plain);
    expect(marked).toMatch(/^A\n {2}value: not sealed [0-9a-f]{12}\nB\n {2}value: not sealed [0-9a-f]{12}\n/);
    expect(await shown(plain.replace("one", "three"))).not.toBe(marked);
    expect(await shown(plain)).toBe(marked);
    writeFileSync(path(".git/oo-diff-key"), "another clone");
    expect(await shown(plain)).not.toBe(marked);
    for (const broken of ["canary: [", "key: A\ncanary-three: x\n", "key: A\nvalue: 'canary\n", "\u0000canary"]) {
      const text = await shown(broken);
      expect(text).toMatch(/^line \d+, column \d+: /);
      expect(text).not.toContain("canary");
    }
  });
});
