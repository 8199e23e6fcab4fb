import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type BundledOo, bundleOo } from "../support/cli/bundled-oo.ts";
import { hasPseudoTerminals, typeOnTerminal } from "../support/cli/pseudo-terminal.ts";
import { runOo } from "../support/cli/run-oo.ts";
import { runProgram } from "../support/cli/run-process.ts";
import { type CliService, startCliService } from "../support/cli/service.ts";

let service: CliService;
let program: BundledOo;
let env: Record<string, string>;
beforeAll(async () => {
  service = await startCliService();
  program = bundleOo();
  const { url, adminToken } = service.server;
  env = { OO_URL: url, OO_TOKEN: adminToken, PATH: `${program.folder}:${process.env.PATH}` };
  writeFileSync(
    join(service.folder, "secrets.yaml"),
    ["payment-svc/STRIPE_KEY", "payment-svc/a=b@cd", "billing/URL", "deep/er/still/KEY", "deep/est/KEY"]
      .map((key) => `- key: ${key}\n  value: v\n`)
      .join(""),
  );
  await service.admin(["secret", "save", "secrets.yaml"]);
});
afterAll(async () => {
  program.remove();
  await service.stop();
});

const complete = async (...words: string[]) => {
  const { code, stdout, stderr } = await runOo(["__complete", "zsh", "--", ...words], { env });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return stdout.split("\n").slice(0, -1);
};

describe("what is offered", () => {
  test("commands, and none that is not for people", async () => {
    expect(await complete("")).toEqual(expect.arrayContaining(["secret", "user", "token", "audit", "completion"]));
    expect(await complete("__")).toEqual([]);
    expect(await complete("secret", "expo")).toEqual(["export"]);
  });

  test("options, and what they take", async () => {
    expect(await complete("secret", "export", "--f")).toEqual(["--format", "--force"]);
    expect(await complete("secret", "export", "--format", "d")).toEqual(["dotenv", "docker-env"]);
    expect(await complete("secret", "export", "--format=k")).toEqual(["--format=k8s"]);
    expect(await complete("completion", "")).toEqual(["bash", "zsh", "fish"]);
  });

  test("keys and namespaces, wherever the help says that there is one", async () => {
    expect(await complete("secret", "list", "bill")).toEqual(["billing/URL"]);
    expect(await complete("secret", "remove", "--key", "billing/URL", "--key", "p")).toEqual([
      "payment-svc/STRIPE_KEY",
      "payment-svc/a=b@cd",
    ]);
    expect(await complete("secret", "run", "--only", "billing/URL", "payment-svc/S")).toEqual([
      "payment-svc/STRIPE_KEY",
    ]);
    expect(await complete("secret", "export", "-n", "")).toEqual(["billing", "deep", "payment-svc"]);
    expect(await complete("secret", "export", "-n", "deep/e")).toEqual(["deep/er", "deep/est"]);
    expect(await complete("secret", "run", "-n", "billing", "-n", "deep/er/")).toEqual(["deep/er/still"]);
    expect(await complete("secret", "save", "b")).toEqual(["billing/URL"]);
  });

  test("nothing where anything may stand", async () => {
    expect(await complete("secret", "save", "billing/URL", "")).toEqual([]);
    expect(await complete("secret", "run", "-n", "billing", "--", "bill")).toEqual([]);
    expect(await complete("secret", "list", "--token-file", "b")).toEqual([]);
  });

  test("nothing, and no word about it, when the service does not answer or the token is wrong", async () => {
    expect(await complete("--url", "http://127.0.0.1:1", "secret", "list", "")).toEqual([]);
    expect(await complete("secret", "list", "--token-file", "/nowhere", "")).toEqual([]);
    expect(await complete("secret", "list", "$(x)*")).toEqual([]);
  });
});

const has = (shell: string) => spawnSync(shell, ["--version"]).status === 0;

describe.each(["bash", "zsh", "fish"])("the script for %s", (shell) => {
  test.runIf(has(shell))("is understood by it", async () => {
    const { stdout } = await runProgram("oo", ["completion", shell], { env });
    const script = join(service.folder, "script");
    writeFileSync(script, stdout);
    expect(await runProgram(shell, ["-n", script])).toEqual({ code: 0, stdout: "", stderr: "" });
  });
});

/** What a shell shows while someone types on it; Ctrl-U takes the line back before it could run. */
async function type(
  shell: string,
  args: readonly string[],
  keys: string,
  more: Record<string, string> = {},
): Promise<string> {
  const session = { prompt: "ready>", keys: `${keys}\x15exit\r`, program: shell, args };
  const { shown } = await typeOnTerminal({ ...session, env: { ...env, TERM: "dumb", ...more } });
  return shown.replaceAll("\x07", "");
}

describe.runIf(hasPseudoTerminals)("bash", () => {
  const typeOnBash = (keys: string) => {
    const start = join(service.folder, "bashrc");
    writeFileSync(start, 'eval "$(oo completion bash)"\nPS1="ready>"\n');
    return type("bash", ["--noprofile", "--rcfile", start, "-i"], keys);
  };

  test("completes commands, options, choices and namespaces", async () => {
    const shown = await typeOnBash("oo secret expo\t--form\tk\t");
    expect(shown).toContain("oo secret export --format k8s ");
    expect(await typeOnBash("oo secret export -n b\t")).toContain("oo secret export -n billing ");
    expect(await typeOnBash("oo secret export --namespace=b\t")).toContain("oo secret export --namespace=billing ");
  });

  test("completes keys with characters that bash breaks words at", async () => {
    expect(await typeOnBash("oo secret list payment-svc/a\t")).toContain("oo secret list payment-svc/a=b@cd ");
    expect(await typeOnBash("oo secret list payment-svc/a=\t")).toContain("oo secret list payment-svc/a=b@cd ");
    expect(await typeOnBash("oo secret list payment-svc/a=b@\t")).toContain("oo secret list payment-svc/a=b@cd ");
    expect(await typeOnBash("oo secret list payment-svc/a=b@c\t")).toContain("oo secret list payment-svc/a=b@cd ");
  });

  test("falls back to files", async () => {
    expect(await typeOnBash("oo secret save /etc/passw\t")).toContain("oo secret save /etc/passwd");
  });
});

test.runIf(hasPseudoTerminals && has("zsh"))("zsh completes commands, choices and keys", async () => {
  const script = 'autoload -Uz compinit; compinit -u -D; eval "$(oo completion zsh)"; PROMPT="ready>"\n';
  writeFileSync(join(service.folder, ".zshrc"), script);
  const shown = await type("zsh", ["-i"], "oo secret expo\t--form\tk\t--only b\t", { ZDOTDIR: service.folder });
  expect(shown.replaceAll(/[^a-zA-Z0-9/ -]/g, "")).toMatch(/oo secret export *--format *k8s *--only billing\/URL/);
});

test.runIf(has("fish"))("fish completes commands, keys and files", async () => {
  const commands = ["secret expo", "secret list b", "secret save /etc/passw"].map((line) => `complete -C "oo ${line}"`);
  const script = ["oo completion fish | source", ...commands].join("\n");
  const { stdout } = await runProgram("fish", ["--no-config", "-c", script], { env: { ...env, HOME: service.folder } });
  expect(stdout.split("\n").slice(0, 3)).toEqual(["export", "billing/URL", "/etc/passwd"]);
});
