import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { drawArchitecture, drawingFile } from "../scripts/architecture/draw.ts";
import { cliFloors, floors, mayImport, openToCli, rooms } from "../scripts/architecture/floors.ts";
import { importsOfRooms, readSource, roomOf } from "../scripts/architecture/imports.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const biome = join(root, "node_modules/.bin/biome");
const source = readSource(join(root, "src"));
const isLoose = (room: string) => room.endsWith(".ts");

/** An import that is planted in a copy: the linter must flag it, or must not. */
interface Planted {
  readonly title: string;
  readonly file: string;
  readonly from: string;
  readonly isAllowed: boolean;
}

/** From each room to each other one, whatever the direction. */
const between: readonly Planted[] = rooms
  .filter((room) => !isLoose(room))
  .flatMap((room) =>
    rooms
      .filter((other) => other !== room && other !== "main.ts")
      .map((other) => {
        const isOpen = room.startsWith("cli") && openToCli.includes(other);
        const file = `${room}/planted-${other.replaceAll("/", "-").replace(".ts", "")}.ts`;
        return {
          title: `${room} -> ${other}`,
          file,
          from: specifier(file, isLoose(other) ? other : `${other}/planted.ts`),
          isAllowed: isOpen || mayImport(room, other) || (other === "error.ts" && !room.startsWith("cli")),
        };
      }),
  );

/** Packages that only some rooms may use. A room that is not named must not import them. */
const packages: Readonly<Record<string, (room: string) => boolean>> = {
  "node:sqlite": (room) => room.startsWith("store/sqlite"),
  mongodb: (room) => room.startsWith("store/mongo"),
  "@connectrpc/connect": knowsProtocols,
  "@connectrpc/connect/protocol": knowsProtocols,
  "@bufbuild/protobuf": knowsProtocols,
  "node:http2": (room) => knowsProtocols(room) || room === "metrics",
};

function knowsProtocols(room: string): boolean {
  return ["http/call", "rpc/wire", "rpc/list-response", "rpc", "login", "http/connection", "service"].includes(room);
}

const ofPackages: readonly Planted[] = Object.entries(packages).flatMap(([name, mayUse]) =>
  rooms
    .filter((room) => !isLoose(room) && !room.startsWith("cli"))
    .map((room) => ({
      title: `${room} -> ${name}`,
      file: `${room}/planted-${name.replaceAll(/\W/g, "-")}.ts`,
      from: name,
      isAllowed: mayUse(room),
    })),
);

/** `gen` is of the contract; of the floors, `cli` may use only what `openToCli` names. */
const ofFiles: readonly Planted[] = [
  ...rooms
    .filter((room) => !isLoose(room))
    .map((room) => ({
      title: `${room} -> gen`,
      file: `${room}/planted-gen.ts`,
      from: specifier(`${room}/planted-gen.ts`, "../gen/secret/v1/secret_service_pb.ts"),
      isAllowed: knowsProtocols(room) || room.startsWith("cli"),
    })),
  ...cliFloors.flat().flatMap((room) =>
    [...openToCli, "crypto/keyring.ts", "crypto/sealing-key.ts", "rules/access.ts", "files/open-to-others.ts"].map(
      (path) => {
        const file = `${room}/planted-${path.replaceAll(/\W/g, "-")}.ts`;
        return {
          title: `${room} -> ${path}`,
          file,
          from: specifier(file, path),
          isAllowed: openToCli.includes(path),
        };
      },
    ),
  ),
];

const planted = [...between, ...ofPackages, ...ofFiles];

/** The same import in each way of writing one. */
const forms: readonly ((from: string) => string)[] = [
  (from) => `import { a } from "${from}";\n\nexport const b = a;\n`,
  (from) => `import type { A } from "${from}";\n\nexport type B = A;\n`,
  (from) => `export { a } from "${from}";\n`,
  (from) => `export const a = import("${from}");\n`,
];

function specifier(from: string, to: string): string {
  const path = relative(dirname(from), to);
  return path.startsWith(".") ? path : `./${path}`;
}

/**
 * Every pair is planted in the first form. The others are planted for one pair of each room: the linter treats them
 * alike.
 */
const variants = (file: string) =>
  file.endsWith("planted-node-sqlite.ts") || file.endsWith("planted-cli-frame.ts")
    ? forms.map((_, at) => (at === 0 ? file : file.replace(/\.ts$/, `-${at}.ts`)))
    : [file];

describe("a floor imports only from floors below it", () => {
  const copy = mkdtempSync(join(tmpdir(), "secret-svc-lint-"));
  let flagged: ReadonlySet<string>;

  beforeAll(() => {
    mkdirSync(join(copy, "console"));
    for (const file of ["biome.json", "console/no-markup.grit"]) copyFileSync(join(root, file), join(copy, file));
    for (const { file, from } of planted) {
      for (const [at, path] of variants(file).entries()) {
        mkdirSync(join(copy, "src", dirname(path)), { recursive: true });
        writeFileSync(join(copy, "src", path), forms[at]?.(from) ?? "");
      }
    }
    const lint = ["lint", "--reporter=json", "--max-diagnostics=none", "--only=style/noRestrictedImports", "src"];
    const { stdout } = spawnSync(biome, lint, { cwd: copy, maxBuffer: 2 ** 28 });
    const { diagnostics } = JSON.parse(stdout.toString()) as {
      diagnostics: { location: { path: string | { file: string } } }[];
    };
    flagged = new Set(
      diagnostics.map(({ location: { path } }) => relative("src", typeof path === "string" ? path : path.file)),
    );
  });
  afterAll(() => rmSync(copy, { recursive: true }));

  test("files are planted in every room, and toward every room", () => {
    expect(planted.length).toBeGreaterThan(rooms.length * (rooms.length - 5));
    expect(planted.filter(({ isAllowed }) => isAllowed).length).toBeGreaterThan(200);
  });

  test.each(rooms.filter((room) => !isLoose(room)))("the rule of %s", (room) => {
    const own = planted.filter(({ file }) => roomOf(file) === room);
    const wrong = own.flatMap(({ title, file, isAllowed }) =>
      variants(file)
        .filter((path) => flagged.has(path) === isAllowed)
        .map((path) => `${title} is ${isAllowed ? "flagged, but allowed" : "not flagged"} (${path})`),
    );
    expect(wrong).toEqual([]);
  });

  test("src keeps the rules", () => {
    execFileSync(biome, ["lint", "src"], { cwd: root, stdio: "pipe" });
  });
});

describe("src", () => {
  test("has the rooms of the floors, and three loose files", () => {
    const found = new Set(source.map(({ path }) => roomOf(path)));
    expect([...found].sort()).toEqual([...rooms].sort());
    expect([...found].filter(isLoose).sort()).toEqual(["error.ts", "limits.ts", "main.ts"]);
  });

  test("imports no room above, read from the imports themselves", () => {
    const upward = source.flatMap(({ path, imports }) =>
      imports
        .filter((target) => !mayImport(roomOf(path), roomOf(target)))
        .filter((target) => !(roomOf(path).startsWith("cli") && openToCli.includes(target)))
        .map((target) => `${path} -> ${target}`),
    );
    expect(upward).toEqual([]);
  });

  test("has no room that imports in a circle, and no file that does", () => {
    const ofFile = new Map(source.map(({ path, imports }) => [path, new Set(imports)]));
    expect(circleIn(importsOfRooms(source))).toEqual([]);
    expect(circleIn(ofFile)).toEqual([]);
    expect(
      circleIn(
        new Map([
          ["a", new Set(["b"])],
          ["b", new Set(["c"])],
          ["c", new Set(["b"])],
        ]),
      ),
    ).toEqual(["b", "c"]);
  });

  test("the ground floor imports nothing", () => {
    const ground = source.filter(({ path }) => floors[0]?.rooms.includes(path));
    expect(ground.flatMap(({ imports }) => imports)).toEqual([]);
  });

  test("is drawn in docs/architecture.svg as it is; 'npm run generate' draws it anew", () => {
    expect(readFileSync(join(root, drawingFile), "utf8")).toBe(drawArchitecture(source));
  });
});

/** Members of a circle of imports, in the order of the map; empty when there is none. */
function circleIn(graph: ReadonlyMap<string, ReadonlySet<string>>): readonly string[] {
  let rest = [...graph.keys()];
  for (;;) {
    const free = rest.filter((node) => ![...(graph.get(node) ?? [])].some((target) => rest.includes(target)));
    if (free.length === 0) return rest.filter((node) => rest.some((other) => graph.get(other)?.has(node)));
    rest = rest.filter((node) => !free.includes(node));
  }
}

describe("ciphers", () => {
  test("are used by one file only, whatever way they are imported", () => {
    const words = /createCipher|createDecipher|webcrypto|\bsubtle\b|publicEncrypt|privateDecrypt/;
    const users = source.filter(({ text }) => words.test(text));
    expect(users.map(({ path }) => path)).toEqual(["crypto/aead.ts"]);
  });
});

describe("the environment", () => {
  test("is read by the service's start and the command line only", () => {
    const readers = source.filter(({ text }) => text.includes("process.env"));
    const others = readers.filter(({ path }) => path !== "main.ts" && !path.startsWith("cli/"));
    expect(others.map(({ path }) => path)).toEqual([]);
  });
});
