import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { repository } from "../support/docs/markdown.ts";

const folder = mkdtempSync(join(tmpdir(), "oo-signals-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a program that sends itself signals while it is busy. */
function runScript(name: string, imports: readonly string[], body: string) {
  const path = join(folder, `${name}.ts`);
  const from = (module: string) => JSON.stringify(join(repository, "src/cli", module));
  writeFileSync(
    path,
    `${imports.map((each) => each.replace(/'(.+)'/, (_, module) => from(module))).join("\n")}\n${body}`,
  );
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [path], { encoding: "utf8" });
  return { status, signal, stdout, stderr: stderr.replace(/^.*ExperimentalWarning.*\n(\(Use .*\n)?/m, "") };
}

const writing = (signal: string, ignored: string) => {
  const file = join(folder, "mounted");
  return {
    file,
    run: runScript(
      `write-${signal}`,
      [
        "import { createPrivateFiles } from 'run/private-files.ts';",
        "import { removingOnSignal } from 'run/remove-on-signal.ts';",
      ],
      `const files = createPrivateFiles();
       const write = () => {
         files.write(${JSON.stringify(file)}, "value");
         if ("${signal}" !== "none") process.kill(process.pid, "${signal}");
         return "written";
       };
       process.on("SIGUSR2", () => undefined);
       console.log(await removingOnSignal([${ignored}], write, () => void files.remove()));
       files.remove();`,
    ),
  };
};

test.each(["SIGTERM", "SIGINT", "SIGHUP"])(
  "threat 245: %s while files are written removes them, and ends the process",
  (signal) => {
    const { file, run } = writing(signal, "");
    expect(run).toMatchObject({ status: null, signal, stdout: "" });
    expect(existsSync(file)).toBe(false);
  },
);

test("without a signal, and with one that is for the command, the work goes on", () => {
  for (const signal of ["none", "SIGUSR2"]) {
    expect(writing(signal, "").run).toMatchObject({ status: 0, stdout: "written\n" });
  }
});

test("work that must not stop half-way ends before the process does, and a second signal ends it at once", () => {
  const imports = ["import { finishFirst } from 'frame/finish-first.ts';"];
  const output = "{ hint: (text) => console.log(text) }";
  const once = runScript(
    "once",
    imports,
    `const turn = () => new Promise((resolve) => setImmediate(resolve));
     const result = await finishFirst(${output}, "saving", async () => {
       process.kill(process.pid, "SIGINT");
       await turn();
       await turn();
       return "saved";
     });
     console.log(result);`,
  );
  expect(once).toMatchObject({
    status: 0,
    stdout: "saving: it ends when all of it is done; once more ends it at once\nsaved\n",
  });
  const twice = runScript(
    "twice",
    imports,
    `await finishFirst({ hint: () => process.kill(process.pid, "SIGTERM") }, "saving", async () => {
       process.kill(process.pid, "SIGTERM");
       await new Promise((resolve) => setTimeout(resolve, 60_000));
     });`,
  );
  expect(twice).toMatchObject({ status: null, signal: "SIGTERM" });
});
