import { readFileSync } from "node:fs";
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
  const read = (input: string) =>
    runProgram("cmd", ["--format", "json", "/dev/stdin"], { cwd: deploy, env: { PATH }, input });
  const text = readFileSync(join(deploy, "compose.yaml"), "utf8");
  const loaded = await read(text);
  expect(loaded).toMatchObject({ code: 0, stderr: "" });
  const { services } = JSON.parse(loaded.stdout);
  expect(services["secret-svc"].build).toMatchObject({ context: repository, dockerfile: "deploy/Dockerfile" });
  // Only the service reaches the database, which asks for no password.
  expect(Object.keys(services.mongodb.networks)).toEqual(["database"]);
  expect(services.mongodb.ports).toBeUndefined();
  expect((await read(text.replace("depends_on:", "depend_on:"))).code).not.toBe(0);
});
