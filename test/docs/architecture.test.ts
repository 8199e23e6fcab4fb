import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { rooms } from "../../scripts/architecture/floors.ts";
import { repository } from "../support/docs/markdown.ts";

const lines = readFileSync(join(repository, "docs/architecture.md"), "utf8").split("\n");

/** The room that a row of the tables is about: its first cell is a room, linked to its folder unless it is a file. */
const row = /^\| (?:`([^`]+\.ts)`|\[`([^`]+)`\]\(\.\.\/src\/\2\)) \|/;
const fileName = /^[\w./-]+\.(?:ts|md|json|svg)$/;

function roomOfRow(line: string): string | undefined {
  const [, file, folder] = row.exec(line) ?? [];
  const room = file ?? folder;
  return room !== undefined && (folder !== undefined || rooms.includes(room)) ? room : undefined;
}

test("docs/architecture.md has one row for each room", () => {
  const named = lines.map(roomOfRow).filter((room) => room !== undefined);
  expect(named.toSorted()).toEqual(rooms.toSorted());
});

test("docs/architecture.md names only files that exist", () => {
  const names = lines.flatMap((line) =>
    [...line.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => ({ name, room: roomOfRow(line) ?? "" })),
  );
  const files = names.filter(({ name }) => fileName.test(name));
  expect(files.length).toBeGreaterThan(100);
  const missing = files.filter(({ name, room }) =>
    [name, join("src", name), join("src", room, name)].every((path) => !existsSync(join(repository, path))),
  );
  expect(missing).toEqual([]);
});

test("docs/architecture.md names other rooms by names that exist", () => {
  const named = lines
    .filter((line) => roomOfRow(line) !== undefined)
    .flatMap((line) => [...line.matchAll(/`([a-z-]+\/[a-z/-]+)`/g)].map(([, name]) => name));
  expect(named.filter((name) => name === undefined || !rooms.includes(name))).toEqual([]);
});
