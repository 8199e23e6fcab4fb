import { slugProblem } from "../../text/key-grammar.ts";
import { FileError } from "./file-error.ts";
import { type Complain, createPlaces, readYaml, type YamlField, type YamlMap, type YamlNode } from "./yaml.ts";

export const teamSections = ["users", "permits", "tokens"] as const;
export type TeamSection = (typeof teamSections)[number];

/** Users, permits and tokens as a file has them. No token itself is ever in it. */
export interface TeamFile {
  readonly users: readonly { readonly slug: string; readonly roles: string[]; readonly admin: boolean }[];
  readonly permits: readonly { readonly name: string; readonly pattern: string }[];
  readonly tokens: readonly { readonly slug: string; readonly description: string }[];
  /** The sections that the file has, also empty ones: only in these is anything pruned. */
  readonly sections: readonly TeamSection[];
}

/**
 * Reads a team file: one mapping with the sections `users`, `permits` and `tokens`. An unknown or repeated field is an
 * error.
 * @throws FileError with line and column, and without any text of the file
 */
export function readTeamFile(file: string, text: string): TeamFile {
  const { complain } = createPlaces(file, text);
  const [document, more] = readYaml(text, complain);
  if (document?.kind !== "map" || more !== undefined) {
    throw complain(document?.at ?? 0, `must be one mapping with ${teamSections.join(", ")}`);
  }
  for (const { name, at } of document.fields) requireKnown(name, at, teamSections, complain);
  const entries = (section: TeamSection) => entriesOf(document, section, complain);
  return {
    users: entries("users").map((entry) => readUser(entry, complain)),
    permits: entries("permits").flatMap((entry) => readPermits(entry, complain)),
    tokens: entries("tokens").map((entry) => readToken(entry, complain)),
    sections: teamSections.filter((section) => fieldOf(document, section) !== undefined),
  };
}

function readUser(entry: YamlMap, complain: Complain) {
  requireFields(entry, ["slug", "roles", "admin"], complain);
  const roles = listOf(entry, "roles", complain).map((role) => readName(role, "each of roles", complain));
  return { slug: readName(required(entry, "slug", complain), "slug", complain), roles, admin: flagOf(entry, complain) };
}

function readPermits(entry: YamlMap, complain: Complain) {
  requireFields(entry, ["name", "patterns"], complain);
  const name = readName(required(entry, "name", complain), "name", complain);
  const patterns = listOf(entry, "patterns", complain);
  if (patterns.length === 0) throw complain(entry.at, "needs patterns, such as ['prod/web/*']");
  return patterns.map((pattern) => ({ name, pattern: textOf(pattern, "each of patterns", complain) }));
}

function readToken(entry: YamlMap, complain: Complain) {
  requireFields(entry, ["slug", "description"], complain);
  const slug = readName(required(entry, "slug", complain), "slug", complain);
  return { slug, description: textOf(required(entry, "description", complain), "description", complain) };
}

function entriesOf(document: YamlMap, section: TeamSection, complain: Complain): readonly YamlMap[] {
  const value = fieldOf(document, section)?.value;
  if (value === undefined) return [];
  if (value.kind !== "list") throw complain(value.at, `${section} must be a list`);
  return value.items.map((item) => {
    if (item.kind !== "map") throw complain(item.at, `each of ${section} must be a mapping`);
    return item;
  });
}

function fieldOf({ fields }: YamlMap, name: string): YamlField | undefined {
  return fields.find((field) => field.name === name);
}

function required(entry: YamlMap, name: string, complain: Complain): YamlNode {
  const field = fieldOf(entry, name);
  if (field === undefined) throw complain(entry.at, `needs ${name}`);
  return field.value;
}

function requireFields(entry: YamlMap, names: readonly string[], complain: Complain): void {
  for (const { name, at } of entry.fields) requireKnown(name, at, names, complain);
}

function requireKnown(name: string, at: number, names: readonly string[], complain: Complain): void {
  if (names.includes(name)) return;
  throw new FileError(complain(at, "unknown field").complaint, [`the fields here are ${names.join(", ")}`]);
}

function listOf(entry: YamlMap, name: string, complain: Complain): readonly YamlNode[] {
  const value = fieldOf(entry, name)?.value;
  if (value === undefined) return [];
  if (value.kind !== "list") throw complain(value.at, `${name} must be a list such as [a, b]`);
  return value.items;
}

function textOf(node: YamlNode, what: string, complain: Complain): string {
  if (node.kind !== "text" || !node.isWritten || node.text === "") throw complain(node.at, `${what} must be a text`);
  return node.text;
}

function readName(node: YamlNode, what: string, complain: Complain): string {
  const name = textOf(node, what, complain);
  const problem = slugProblem(name);
  if (problem !== undefined) throw complain(node.at, `${what} ${problem.rule}`);
  return name;
}

function flagOf(entry: YamlMap, complain: Complain): boolean {
  const node = fieldOf(entry, "admin")?.value;
  if (node === undefined) return false;
  const text = textOf(node, "admin", complain);
  if (text !== "true" && text !== "false") throw complain(node.at, "admin must be true or false");
  return text === "true";
}
