// What `oo secret export` writes, read back by the programs that it is meant for: equal, or refused before.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readDotenv } from "../../src/cli/formats/dotenv-file.ts";
import { type ExportFormat, exportFormats } from "../../src/cli/run/export-formats.ts";
import { createKubernetesFormat } from "../../src/cli/run/kubernetes-secret.ts";
import type { Variable } from "../../src/cli/run/variables.ts";
import { difficultValues, pem } from "../support/cli/difficult-values.ts";
import {
  goReaders,
  nodeReader,
  npmDotenvReader,
  pythonYamlReader,
  type Reader,
  shellReader,
} from "../support/cli/readers.ts";
import { sampleRandom } from "../support/random-draws.ts";

const runs = 300;
/** Installing and building, where that has not been done yet. */
const prepareMs = 240_000;
const folder = mkdtempSync(join(tmpdir(), "export-"));
const canary = join(folder, "executed");
const formats = { ...exportFormats, k8s: createKubernetesFormat("app") };
const others = new Map<string, Reader>();

beforeAll(async () => {
  const [go, yaml, dotenv] = await Promise.all([goReaders(), pythonYamlReader(), npmDotenvReader()]);
  for (const reader of [...go, yaml, dotenv]) others.set(reader.name, reader);
}, prepareMs);
/** By its name. */
function prepared(name: string): Reader {
  const reader = others.get(name);
  if (reader === undefined) throw new Error(`no test prepares ${name}`);
  return reader;
}
afterAll(() => rmSync(folder, { recursive: true }));

const values = difficultValues(runs, canary);
const variables = values.map((value, i) => ({ key: `app/V${i}`, name: `V${i}`, value }));

const carried = (format: ExportFormat, all: readonly Variable[]) =>
  all.filter((each) => format.problem(each) === undefined);

/** More than a process can be given at once would show the limit of the system, not of the format. */
function split(all: readonly Variable[]): Variable[][] {
  const groups: Variable[][] = [[]];
  let bytes = 0;
  for (const variable of all) {
    bytes += Buffer.byteLength(variable.value);
    if (bytes > 1_000_000) {
      groups.push([]);
      bytes = Buffer.byteLength(variable.value);
    }
    groups.at(-1)?.push(variable);
  }
  return groups;
}

/** Writes what the format takes of the variables, and expects that the reader has the same. */
async function expectSame(format: ExportFormat, all: readonly Variable[], reader: Reader): Promise<void> {
  const sent = carried(format, all);
  expect(sent.length).toBeGreaterThan(0);
  const file = join(folder, reader.name);
  for (const group of split(sent)) {
    writeFileSync(file, format.write(group));
    const got = await reader.read(file);
    for (const { name, value } of group) {
      if (got[name] !== value) expect({ name, value: got[name] }).toEqual({ name, value });
    }
  }
  expect(existsSync(canary)).toBe(false);
}

const readers: readonly (readonly [keyof typeof formats, string, () => Reader])[] = [
  ["shell", "sh", () => shellReader("sh")],
  ["shell", "bash", () => shellReader("bash")],
  ["shell", "zsh", () => shellReader("zsh", "-f")],
  ["dotenv", "sh", () => shellReader("sh")],
  ["dotenv", "bash", () => shellReader("bash")],
  ["dotenv", "zsh", () => shellReader("zsh", "-f")],
  ["dotenv", "Node's --env-file", () => nodeReader],
  ["dotenv", "Docker Compose", () => prepared("compose")],
  ["dotenv", "npm's dotenv", () => prepared("npm's dotenv")],
  ["docker-env", "docker run --env-file", () => prepared("docker")],
  ["yaml", "Python's YAML", () => prepared("PyYAML")],
  ["k8s", "the code of Kubernetes", () => prepared("kubernetes")],
];

describe("threat 38: values of any kind come out equal, and are never executed", () => {
  test.for(readers)("%s, read by %s", async ([format, , makeReader], context) => {
    const reader = makeReader();
    context.skip(reader.missing !== undefined, reader.missing);
    await expectSame(formats[format], variables, reader);
  });

  test("json, read by JSON.parse", () => {
    const all = [...variables, { key: "a/__proto__", name: "__proto__", value: "p" }];
    expect(carried(formats.json, all)).toEqual(all);
    const read = new Map(Object.entries(JSON.parse(formats.json.write(all))));
    expect(read).toEqual(new Map(all.map(({ name, value }) => [name, value])));
  });

  test("dotenv, read by oo secret encrypt --from-dotenv", () => {
    const sent = carried(formats.dotenv, variables);
    const read = readDotenv(".env", formats.dotenv.write(sent));
    expect(new Map(read.map(({ name, value }) => [name, value]))).toEqual(
      new Map(sent.map(({ name, value }) => [name, value])),
    );
  });
});

describe("names of any kind", () => {
  const names = sampleRandom(
    fc.oneof(
      fc.stringMatching(/^[A-Za-z0-9_.+=@-]{1,12}(\/[A-Za-z0-9_.+=@-]{1,12}){0,2}$/),
      fc.constantFrom(
        ...[
          "true",
          "null",
          "1",
          "0x1F",
          "=",
          "-",
          "+",
          "...",
          "..",
          ".",
          "---",
          "__proto__",
          "_",
          "UID",
          "path",
          "y",
          "1e3",
          "a".repeat(253),
        ],
      ),
    ),
    runs,
  );
  const named = [...new Set(names)].map((name) => ({ key: `app/${name}`, name, value: `value of ${name}` }));

  test.for(readers)("%s, read by %s", async ([format, , makeReader], context) => {
    const reader = makeReader();
    context.skip(reader.missing !== undefined, reader.missing);
    await expectSame(formats[format], named, reader);
  });
});

describe("what a format carries", () => {
  const problem = (format: keyof typeof formats, value: string) =>
    formats[format].problem({ key: "app/V", name: "V", value });
  const everywhere = ["v", "$(x)", "`x`", "a #b", " a ", 'say "hi"', "$HOME \\n", "😀", '{"a": "b"}'];
  const withLines = ["a\nb", pem, "it's", "it's\nit"];

  test("most values, in every format", () => {
    for (const format of Object.keys(formats) as (keyof typeof formats)[]) {
      for (const value of everywhere) expect(problem(format, value), `${format}: ${value}`).toBeUndefined();
      if (format === "docker-env") continue;
      for (const value of withLines) expect(problem(format, value), `${format}: ${value}`).toBeUndefined();
    }
  });

  test("everything, in json, yaml and k8s; all but NUL in shell", () => {
    for (const { value } of variables) {
      for (const format of ["json", "yaml", "k8s"] as const) expect(problem(format, value)).toBeUndefined();
      expect(problem("shell", value) === undefined).toBe(!value.includes("\0"));
    }
  });

  test("lines up to the length that docker reads", async (context) => {
    const reader = prepared("docker");
    context.skip(reader.missing !== undefined, reader.missing);
    const variable = { key: "app/LONG", name: "LONG", value: "x".repeat(65_536 - "LONG=\n".length) };
    await expectSame(formats["docker-env"], [variable], reader);
    expect(formats["docker-env"].problem({ ...variable, value: `${variable.value}x` })).toBe(
      "makes a line of 65537 bytes, and docker reads at most 65536",
    );
  });

  test("and why not", () => {
    expect(problem("dotenv", "a\r\nb")).toBe("has a carriage return, which readers of dotenv files drop");
    expect(problem("dotenv", `it's "both"`)).toMatch(/^has a single quote and one of /);
    expect(formats.dotenv.problem({ key: "app/__proto__", name: "__proto__", value: "v" })).toMatch(/__proto__/);
    expect(problem("dotenv", "a\\")).toMatch(/^ends with a backslash/);
    expect(formats.shell.problem({ key: "app/UID", name: "UID", value: "v" })).toBe(
      "has the name UID, which shells reserve for themselves",
    );
    expect(problem("docker-env", "a\nb")).toMatch(/^has a line break/);
    for (const format of ["dotenv", "docker-env", "shell"] as const) expect(problem(format, "a\0b")).toMatch(/NUL/);
  });
});
