// What the documentation of the old service pipes from lists into other programs is an export here: these programs read
// it, and no value is ever taken for a command.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { goReaders, type Reader } from "../support/cli/readers.ts";
import { buildMs } from "../support/docs/go-program.ts";
import { openWorkplace, type Workplace } from "../support/docs/workplace.ts";

let place: Workplace;
let readers: readonly Reader[];
const values = {
  PLAIN: "value",
  SPACES: "two words # and no comment",
  SUBSTITUTED: "$(touch executed) `touch executed` $HOME",
  ENDED: '"; touch executed #',
};

beforeAll(async () => {
  [place, readers] = await Promise.all([openWorkplace(), goReaders()]);
  for (const namespace of ["terraform", "k8s-production", "docker"]) {
    const secrets = Object.entries(values).map(([name, value]) => ({ key: `${namespace}/${name}`, value }));
    place.write("import.yaml", JSON.stringify(secrets));
    await place.run("oo secret save import.yaml");
  }
}, buildMs);
afterAll(async () => {
  expect(existsSync(join(place.folder, "executed"))).toBe(false);
  await place.stop();
});

const reader = (name: string) => {
  const found = readers.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no test prepares ${name}`);
  return found;
};

test("documented 17: the program of Terraform's external data source prints one flat object", async () => {
  const program = ["bash", "-c", "oo secret export -n terraform --format json"];
  const { code, stdout } = await place.run(`echo '{}' | ${program.map((word) => `'${word}'`).join(" ")}`);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual(values);
});

test("documented 18: a Kubernetes Secret, for kubectl apply", async (context) => {
  const { missing, read } = reader("kubernetes");
  context.skip(missing !== undefined, missing);
  const { code, stdout } = await place.run("oo secret export -n k8s-production --format k8s | tee secret.yaml");
  expect(code).toBe(0);
  expect(stdout).toContain("kind: Secret\nmetadata:\n  name: k8s-production\n");
  expect(await read(join(place.folder, "secret.yaml"))).toEqual(values);
});

test.each([
  ["documented 19: an .env file for Docker Compose", "docker", ".env"],
  ["documented 27: a file with the variables of a namespace", "terraform", "terraform-secrets.env"],
])("%s", async (_, namespace, file) => {
  const { missing, read } = reader("compose");
  const { code } = await place.run(`oo secret export -n ${namespace} --format dotenv > ${file}`);
  expect(code).toBe(0);
  const { stdout } = await place.run(`set -a; . ./${file}; printf '%s\\n' "$SUBSTITUTED"`);
  expect(stdout).toBe(`${values.SUBSTITUTED}\n`);
  if (missing === undefined) expect(await read(join(place.folder, file))).toEqual(values);
});
