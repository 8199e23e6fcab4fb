/**
 * Tests the clients, each with the test runner of its language, against real services: `run.ts [LANGUAGE…]`.
 * A language whose toolchain is missing is skipped, or an error where CI is set.
 */
import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { makeTemplate, type Surroundings, type Template } from "../support/clients/environment.ts";
import {
  type Command,
  goTool,
  javaTool,
  type Language,
  languages,
  mavenTool,
  pythonTool,
  type Tool,
} from "../support/clients/languages.ts";
import { repository } from "../support/docs/markdown.ts";

type Outcome = "passed" | "failed" | "skipped";

const say = (line: string) => process.stdout.write(`${line}\n`);
process.exitCode = await main(process.argv.slice(2));

async function main(names: readonly string[]): Promise<number> {
  const unknown = names.find((name) => !languages.some((language) => language.name === name));
  if (unknown !== undefined) {
    say(`there is no client in ${unknown}; there are ${languages.map(({ name }) => name).join(", ")}`);
    return 2;
  }
  const outcomes: Outcome[] = names.length === 0 ? [await checkGenerated()] : [];
  let template: Template | undefined;
  const surround = async () => {
    template ??= await makeTemplate();
    return template.start();
  };
  try {
    for (const language of languages) {
      if (names.length === 0 || names.includes(language.name)) outcomes.push(await testLanguage(language, surround));
    }
  } finally {
    template?.remove();
  }
  const count = (outcome: Outcome) => outcomes.filter((candidate) => candidate === outcome).length;
  say(`clients: ${count("passed")} passed, ${count("failed")} failed, ${count("skipped")} skipped`);
  return count("failed") === 0 ? 0 : 1;
}

function checkGenerated(): Promise<Outcome> {
  const command = join(repository, "scripts/generated-clients-are-fresh");
  return withTools("the generated code of the clients", [goTool, pythonTool, javaTool, mavenTool], async () =>
    (await run({ cwd: repository, command, args: [] }, {})) ? "passed" : "failed",
  );
}

async function testLanguage(language: Language, surround: () => Promise<Surroundings>): Promise<Outcome> {
  return withTools(language.name, language.tools, async () => {
    for (const command of language.prepare()) {
      if (!(await run(command, {}))) return "failed";
    }
    language.prepared();
    const surroundings = await surround();
    try {
      return (await run(language.test, surroundings.env)) ? "passed" : "failed";
    } finally {
      await surroundings.stop();
    }
  });
}

async function withTools(name: string, tools: readonly Tool[], test: () => Promise<Outcome>): Promise<Outcome> {
  const missing = tools.flatMap((tool) => whatIsMissing(tool) ?? []);
  if (missing.length === 0) {
    say(`--- ${name}`);
    return test();
  }
  const isFailure = (process.env.CI ?? "") !== "";
  say(`--- ${name}: ${isFailure ? "failed" : "skipped"}: it needs ${missing.join(" and ")}`);
  return isFailure ? "failed" : "skipped";
}

function whatIsMissing({ command, args, version, atLeast }: Tool): string | undefined {
  const done = spawnSync(command, args, { encoding: "utf8" });
  const [, major, minor] = version.exec(`${done.stdout ?? ""}${done.stderr ?? ""}`) ?? [];
  const [wantedMajor, wantedMinor] = atLeast;
  const isEnough = Number(major) > wantedMajor || (Number(major) === wantedMajor && Number(minor) >= wantedMinor);
  if (done.error === undefined && isEnough) return undefined;
  const found = major === undefined ? "there is none" : `there is ${major}.${minor}`;
  return `${command} ${wantedMajor}.${wantedMinor} or newer (${found})`;
}

/** Whether the command succeeded. Settings that a developer has for `oo` are not passed on. */
function run({ cwd, command, args }: Command, env: Readonly<Record<string, string>>): Promise<boolean> {
  const { OO_URL: _url, OO_TOKEN: _token, OO_CLIENT_CERT: _cert, OO_CLIENT_KEY: _key, ...inherited } = process.env;
  const child = spawn(command, args, { cwd, env: { ...inherited, ...env }, stdio: ["ignore", "inherit", "inherit"] });
  return new Promise((resolve) => {
    child.once("error", (error) => {
      say(`${command}: ${error.message}`);
      resolve(false);
    });
    child.once("close", (code) => resolve(code === 0));
  });
}
