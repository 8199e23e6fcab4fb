import { existsSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { buildMs, findGoProgram, grpcurl, yq } from "../support/docs/go-program.ts";
import { repository } from "../support/docs/markdown.ts";
import { findPythonProgram, yamllint } from "../support/docs/python-program.ts";
import { runSession, type StepResult } from "../support/docs/session.ts";
import { isAsShown, readSteps, type Step, trimLines } from "../support/docs/step.ts";

/** Commands that cannot run here, each with its reason. */
const notRun: Readonly<Record<string, string>> = {
  "npm ci && npm start": "it replaces the installed packages, and listens on the port of the documents",
  "npm ci && npm test": "it is what runs this test",
  "npm run build:cli": "it is built and run by test/cli/single-file.test.ts",
  "npm run build:binary": "it is built and run by test/cli/binary.test.ts",
  "npm run bench": "it loads the machine for minutes",
  "oo secret run --watch --signal HUP -n prod -- nginx -g 'daemon off;'":
    "it needs nginx, and runs until it is ended; test/cli/watch.test.ts sends the signal",
  "npm run test:failure": "it takes a quarter of an hour; test/failure/short.test.ts is its short form",
};

/** Programs that steps may need, and how to get them. */
const programs: Readonly<Record<string, () => Promise<{ folder: string } | { missing: string }>>> = {
  grpcurl: () => findGoProgram(grpcurl),
  yq: () => findGoProgram(yq),
  yamllint: () => findPythonProgram(yamllint),
  bao: findBao,
};

/** Only where it is on the path: test/programs/vault fetches it. */
async function findBao(): Promise<{ folder: string } | { missing: string }> {
  const folder = (process.env.PATH ?? "").split(delimiter).find((each) => each !== "" && existsSync(join(each, "bao")));
  return folder === undefined ? { missing: "there is no bao; test/programs/vault runs it" } : { folder };
}

const guides = readdirSync(join(repository, "docs"))
  .filter((name) => name.endsWith(".md"))
  .map((name) => `docs/${name}`);
const documents = ["README.md", ...guides].map((file) => ({ file, steps: readSteps(file) }));
const isRun = ({ block }: Step) => !(block.text in notRun);

/** What the guides show is not about the store. */
const shown = process.env.TEST_STORE === "mongodb" ? documents.slice(0, 1) : documents;

describe.each(shown.filter(({ steps }) => steps.some(isRun)))("the commands of $file", ({ steps }) => {
  const missing = new Map<string, string>();
  const results = new Map<Step, StepResult>();

  beforeAll(async () => {
    const folders: string[] = [];
    for (const name of new Set(steps.flatMap(({ needs }) => needs ?? []))) {
      const find = programs[name];
      if (find === undefined) throw new Error(`nothing says how to get ${name}`);
      const found = await find();
      if ("folder" in found) folders.push(found.folder);
      else missing.set(name, found.missing);
    }
    const chosen = steps.filter((step) => isRun(step) && !missing.has(step.needs ?? ""));
    const path = [...folders, process.env.PATH ?? ""].join(delimiter);
    for (const [index, result] of (await runSession(chosen, path)).entries()) {
      const step = chosen[index];
      if (step !== undefined) results.set(step, result);
    }
  }, buildMs + 60_000);

  test.for(steps.filter(isRun).map((step) => ({ title: step.title, step })))("$title", ({ step }, context) => {
    const reason = missing.get(step.needs ?? "");
    context.skip(reason !== undefined, reason);
    const { code, output } = results.get(step) ?? { code: undefined, output: "" };
    expect(code, code === undefined ? "a step before it failed" : output).toBe(step.exitCode);
    if (step.output !== undefined && !isAsShown(output, step.output)) {
      expect(trimLines(output)).toBe(trimLines(step.output));
    }
  });
});

test.for(Object.entries(notRun))("%s is not run, but still documented", ([command]) => {
  expect(documents.flatMap(({ steps }) => steps.map(({ block }) => block.text))).toContain(command);
});
