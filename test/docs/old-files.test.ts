import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readBlocks } from "../support/docs/markdown.ts";
import { findPythonProgram, yamllint } from "../support/docs/python-program.ts";
import { openWorkplace, type Workplace } from "../support/docs/workplace.ts";

let place: Workplace;
let missing: string | undefined;

beforeAll(async () => {
  const found = await findPythonProgram(yamllint);
  missing = "missing" in found ? found.missing : undefined;
  place = await openWorkplace({ programs: "folder" in found ? [found.folder] : [] });
});
afterAll(() => place.stop());

test("documented 25: yamllint passes what oo prints, with the configuration of the documents", async (context) => {
  context.skip(missing !== undefined, missing);
  const configuration = readBlocks("docs/migrating.md").find(({ marks }) => marks.includes("file .yamllint"));
  writeFileSync(join(place.folder, ".yamllint"), `${configuration?.text}\n`);
  place.write("plain.yaml", 'key: A\nvalue: "ü: # 1"\nmetadata: {note: "yes"}\n');
  const script = `oo secret encrypt B value --readers a,b > production.yaml && oo secret save plain.yaml &&
    oo secret save production.yaml && oo secret list --show > backup.yaml`;
  expect(await place.run(script)).toMatchObject({ code: 0 });
  expect(await place.run("yamllint production.yaml backup.yaml")).toEqual({ code: 0, stdout: "", stderr: "" });
  expect(await place.run("printf 'a: 1\\na: 2\\n' > production.yaml; yamllint production.yaml")).toMatchObject({
    code: 1,
  });
});
