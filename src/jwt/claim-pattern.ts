import { globMatches } from "../text/glob.ts";
import type { Captured, Captures } from "./name-template.ts";

/**
 * What the claims of a token must be. It has their shape: a text, a list of texts (one must match), or a map of these.
 */
export type ClaimPattern =
  | { readonly kind: "texts"; readonly texts: readonly TextPattern[] }
  | { readonly kind: "map"; readonly fields: readonly (readonly [name: string, pattern: ClaimPattern])[] };

/** What a `{variable}` takes: a slug, or with "names" what people and their groups are called elsewhere. */
export type VariableKind = "slugs" | "names";

/** A text in which `*` stands for any text, or one with `{variables}`, each of which captures a slug or a name. */
type TextPattern =
  | { readonly kind: "glob"; readonly glob: string }
  | { readonly kind: "form"; readonly form: RegExp; readonly variables: readonly string[] };

/** A value of a YAML file in which every scalar is a text. */
export type PlainValue = string | readonly PlainValue[] | { readonly [name: string]: PlainValue };

/** A rule that a pattern breaks. `path` is the place in the pattern that was read, such as `.sub`. */
export class ClaimPatternError extends Error {
  readonly path: string;
  readonly rule: string;

  constructor(path: string, rule: string) {
    super(`${path} ${rule}`);
    this.name = "ClaimPatternError";
    this.path = path;
    this.rule = rule;
  }
}

const variableInText = /\{([^{}]*)\}/g;
const variableForm = /^[A-Za-z][A-Za-z0-9_]*$/;
const kinds = {
  slugs: {
    source: "([a-z0-9]+(?:-[a-z0-9]+)*)",
    separator: /[^a-z0-9-]/,
    separatorRule: "must have a character that no slug has, such as '/', between two {variables}",
  },
  names: {
    source: String.raw`([\p{L}0-9._+-]+)`,
    separator: /[^\p{L}0-9._+-]/u,
    separatorRule: "must have a character that no name has, such as '/', between two {variables}",
  },
} as const;

/** Reads a pattern of a configuration file. Throws `ClaimPatternError`. */
export function parseClaimPattern(value: PlainValue, variables: VariableKind = "slugs", path = ""): ClaimPattern {
  if (typeof value === "string") return { kind: "texts", texts: [parseText(value, variables, path)] };
  if (Array.isArray(value)) {
    if (value.length === 0) throw new ClaimPatternError(path, "must not be empty");
    const texts = (value as readonly PlainValue[]).map((each, index) => {
      if (typeof each !== "string") throw new ClaimPatternError(`${path}[${index}]`, "must be a text");
      const text = parseText(each, variables, `${path}[${index}]`);
      if (text.kind === "glob") return text;
      throw new ClaimPatternError(
        `${path}[${index}]`,
        "must not have a {variable}: it has no value when another text of the list fits",
      );
    });
    return { kind: "texts", texts };
  }
  const fields = Object.entries(value).map(
    ([name, each]) => [name, parseClaimPattern(each as PlainValue, variables, `${path}.${name}`)] as const,
  );
  if (fields.length === 0) throw new ClaimPatternError(path, "must name at least one claim");
  return { kind: "map", fields };
}

function parseText(text: string, kind: VariableKind, path: string): TextPattern {
  const variables: string[] = [];
  let source = "";
  let from = 0;
  for (const { 0: place, 1: variable = "", index } of text.matchAll(variableInText)) {
    const literal = text.slice(from, index);
    if (!variableForm.test(variable))
      throw new ClaimPatternError(path, "has a {variable} whose name is not A-Z a-z 0-9 _");
    // Otherwise one text could be split into values in several ways.
    if (variables.length > 0 && !kinds[kind].separator.test(literal)) {
      throw new ClaimPatternError(path, kinds[kind].separatorRule);
    }
    variables.push(variable);
    source += escapeForm(literal) + kinds[kind].source;
    from = index + place.length;
  }
  if (text === "") throw new ClaimPatternError(path, "must not be empty");
  if (/[{}]/.test(text.replace(variableInText, ""))) throw new ClaimPatternError(path, "has an unmatched '{' or '}'");
  if (variables.length === 0) return { kind: "glob", glob: text };
  if (text.includes("*")) {
    throw new ClaimPatternError(
      path,
      "must not have both '*' and a {variable}: different claims would get the same name",
    );
  }
  return { kind: "form", form: new RegExp(`^${source}${escapeForm(text.slice(from))}$`, "u"), variables };
}

function escapeForm(literal: string): string {
  return literal.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}

/** The variables of a pattern, in order, repeats included. */
export function capturedBy(pattern: ClaimPattern): readonly string[] {
  if (pattern.kind === "texts") {
    return pattern.texts.flatMap((text) => (text.kind === "form" ? text.variables : []));
  }
  return pattern.fields.flatMap(([, field]) => capturedBy(field));
}

/** What the variables stand for when the claims fit the pattern; undefined when they do not. */
export function matchClaims(pattern: ClaimPattern, claim: unknown): Captures | undefined {
  const captures = new Map<string, Captured>();
  return matches(pattern, claim, captures) ? captures : undefined;
}

function matches(pattern: ClaimPattern, claim: unknown, captures: Map<string, Captured>): boolean {
  if (pattern.kind === "map") {
    if (typeof claim !== "object" || claim === null || Array.isArray(claim)) return false;
    return pattern.fields.every(
      ([name, field]) =>
        Object.hasOwn(claim, name) && matches(field, (claim as Record<string, unknown>)[name], captures),
    );
  }
  if (!Array.isArray(claim)) return matchesSome(pattern.texts, claim, captures, false);
  // A list of claims fits if one of its entries fits. Every entry that fits gives its values.
  return claim.map((each: unknown) => matchesSome(pattern.texts, each, captures, true)).includes(true);
}

function matchesSome(
  texts: readonly TextPattern[],
  value: unknown,
  captures: Map<string, Captured>,
  isFromList: boolean,
): boolean {
  for (const text of texts) {
    if (text.kind === "glob") {
      // A pattern can also ask for a boolean claim.
      const claim = typeof value === "boolean" ? String(value) : textOf(value);
      if (claim !== undefined && globMatches(text.glob, claim)) return true;
      continue;
    }
    const claim = textOf(value);
    const match = claim === undefined ? null : text.form.exec(claim);
    if (match === null) continue;
    for (const [index, variable] of text.variables.entries()) {
      const values = [...(captures.get(variable)?.values ?? []), match[index + 1] ?? ""];
      captures.set(variable, { values, isFromList });
    }
    return true;
  }
  return false;
}

/**
 * A text, or a whole number in decimal. Beyond 2^53 several numbers are read as the same one, which would give one
 * caller the name of another.
 */
function textOf(claim: unknown): string | undefined {
  if (typeof claim === "string") return claim;
  return Number.isSafeInteger(claim) ? String(claim) : undefined;
}
