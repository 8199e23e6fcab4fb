import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runProgram } from "../../support/cli/run-process.ts";
import { repository } from "../../support/docs/markdown.ts";
import { goProgram, pathWith } from "../../support/programs/program.ts";

/** What Docker reads such files with. Its program is called `cmd`. */
const compose = goProgram("compose-go", "github.com/compose-spec/compose-go/v2/cmd", "v2.16.2");
const deploy = join(repository, "deploy");

test("deploy/compose.yaml is what Docker's own reader accepts, and it fits the repository", async (context) => {
  const PATH = await pathWith(context, compose);
  const read = (file: string) => runProgram("cmd", ["--format", "json", file], { cwd: deploy, env: { PATH } });
  const loaded = await read("compose.yaml");
  expect(loaded).toMatchObject({ code: 0, stderr: "" });
  const { services } = JSON.parse(loaded.stdout);
  expect(services["secret-svc"].build).toMatchObject({ context: repository, dockerfile: "deploy/Dockerfile" });
  // Only the service reaches the database, which asks for no password.
  expect(Object.keys(services.mongodb.networks)).toEqual(["database"]);
  expect(services.mongodb.ports).toBeUndefined();
  const folder = mkdtempSync(join(tmpdir(), "compose-"));
  try {
    const wrong = join(folder, "compose.yaml");
    writeFileSync(wrong, readFileSync(join(deploy, "compose.yaml"), "utf8").replace("depends_on:", "depend_on:"));
    expect((await read(wrong)).stderr).toContain("services.secret-svc.depend_on");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
