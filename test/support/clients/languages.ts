import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../docs/markdown.ts";

/** A program that a client needs to be built and tested. */
export interface Tool {
  readonly command: string;
  readonly args: readonly string[];
  /** Finds major and minor version in what it prints on either stream. */
  readonly version: RegExp;
  readonly atLeast: readonly [major: number, minor: number];
}

/** A command, run in `cwd`; it fails the language when it fails. */
export interface Command {
  readonly cwd: string;
  readonly command: string;
  readonly args: readonly string[];
}

/** A client and how its own test runner is called. */
export interface Language {
  readonly name: string;
  readonly tools: readonly Tool[];
  /** What has to run before the tests; nothing when an earlier run did it. */
  prepare(): readonly Command[];
  /** Called when all of `prepare` succeeded. */
  prepared(): void;
  readonly test: Command;
}

export const goTool: Tool = { command: "go", args: ["version"], version: /go(\d+)\.(\d+)/, atLeast: [1, 26] };

export const pythonTool: Tool = {
  command: "python3",
  args: ["--version"],
  version: /Python (\d+)\.(\d+)/,
  atLeast: [3, 10],
};

/** The one of the development dependencies, which `npm run` puts first on the path. */
const nodeTool: Tool = { command: "node", args: ["--version"], version: /v(\d+)\.(\d+)/, atLeast: [24, 7] };

/** Maven also says which Java it runs on, and that is the one that counts. */
export const javaTool: Tool = {
  command: "mvn",
  args: ["--version"],
  version: /Java version: (\d+)\.(\d+)/,
  atLeast: [17, 0],
};

export const mavenTool: Tool = {
  command: "mvn",
  args: ["--version"],
  version: /Apache Maven (\d+)\.(\d+)/,
  atLeast: [3, 8],
};

/** All clients, in the order in which they are tested. */
export const languages: readonly Language[] = [go(), python(), typescript(), java()];

function go(): Language {
  const cwd = join(repository, "clients/go");
  return {
    name: "go",
    tools: [goTool],
    prepare: () => [
      { cwd, command: "sh", args: ["-c", 'gofmt -d . && test -z "$(gofmt -l .)"'] },
      { cwd, command: "go", args: ["vet", "./..."] },
    ],
    prepared: () => undefined,
    test: { cwd, command: "go", args: ["test", "-count=1", "./..."] },
  };
}

function python(): Language {
  const cwd = join(repository, "clients/python");
  const environment = join(repository, ".cache/test-clients-python");
  const bin = (name: string) => join(environment, "bin", name);
  const stamp = join(environment, "stamp");
  const digest = () => {
    const hash = createHash("sha256");
    for (const file of ["requirements-test.txt", "pyproject.toml"]) hash.update(readFileSync(join(cwd, file)));
    return hash.digest("hex");
  };
  return {
    name: "python",
    tools: [pythonTool],
    prepare: () => {
      if (existsSync(stamp) && readFileSync(stamp, "utf8") === digest()) return [];
      rmSync(environment, { recursive: true, force: true });
      const pip = ["install", "--quiet", "--disable-pip-version-check"];
      return [
        { cwd, command: "python3", args: ["-m", "venv", environment] },
        { cwd, command: bin("pip"), args: [...pip, "--requirement", "requirements-test.txt"] },
        { cwd, command: bin("pip"), args: [...pip, "--no-deps", "--editable", "."] },
      ];
    },
    prepared: () => writeFileSync(stamp, digest()),
    test: { cwd, command: bin("python"), args: ["-m", "pytest"] },
  };
}

function typescript(): Language {
  const cwd = join(repository, "clients/typescript");
  const installed = (path: string) => join(repository, "node_modules", path);
  return {
    name: "typescript",
    tools: [nodeTool],
    prepare: () => [
      { cwd, command: "node", args: [installed("typescript/bin/tsc"), "--noEmit", "-p", "."] },
      { cwd, command: "node", args: [installed("typescript/bin/tsc"), "-p", "tsconfig.build.json"] },
    ],
    prepared: () => undefined,
    test: { cwd, command: "node", args: [installed("vitest/vitest.mjs"), "run"] },
  };
}

function java(): Language {
  const cwd = join(repository, "clients/java");
  const maven = ["--batch-mode", "--no-transfer-progress", "--quiet"];
  return {
    name: "java",
    tools: [javaTool, mavenTool],
    prepare: () => [],
    prepared: () => undefined,
    test: { cwd, command: "mvn", args: [...maven, "test"] },
  };
}
