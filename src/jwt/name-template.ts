import { slugProblem } from "../rules/secret-key.ts";

/** A name with `{variables}`, such as `repo-{repo}`, cut at its dashes. */
export type NameTemplate = readonly Segment[];

type Segment =
  | { readonly kind: "word"; readonly word: string }
  | { readonly kind: "variable"; readonly variable: string };

/** The values that the claims gave to each variable. */
export type Captures = ReadonlyMap<string, Captured>;

export interface Captured {
  /** Never empty; more than one only from lists. */
  readonly values: readonly string[];
  /** The claim is a list, such as one of groups, even if it has one entry. */
  readonly isFromList: boolean;
}

const variableForm = /^\{([A-Za-z][A-Za-z0-9_]*)\}$/;
const wordForm = /^[a-z0-9]+$/;

/** Undefined unless the text consists of words of a-z and 0-9 and `{variables}`, joined by single dashes. */
export function parseNameTemplate(text: string): NameTemplate | undefined {
  const segments: Segment[] = [];
  for (const part of text.split("-")) {
    const variable = variableForm.exec(part)?.[1];
    if (variable !== undefined) segments.push({ kind: "variable", variable });
    else if (wordForm.test(part)) segments.push({ kind: "word", word: part });
    else return undefined;
  }
  return segments;
}

export function variablesOf(template: NameTemplate): readonly string[] {
  return template.flatMap((segment) => (segment.kind === "variable" ? [segment.variable] : []));
}

/** All names that the captured values make and that are slugs. Empty when a variable has no value. */
export function renderNames(template: NameTemplate, captures: Captures): readonly string[] {
  let names: readonly string[] = [""];
  for (const segment of template) {
    const parts = segment.kind === "word" ? [segment.word] : (captures.get(segment.variable)?.values ?? []);
    names = names.flatMap((name) => parts.map((part) => (name === "" ? part : `${name}-${part}`)));
  }
  return names.filter((name) => slugProblem(name) === undefined);
}

/**
 * In how many ways a name can be read back as one of the templates. Values may contain dashes, so `{team}-{app}` can
 * make the same name from different values: anyone who can choose one of the values could take the name of another
 * caller. A name is used only if there is exactly one way.
 */
export function countReadings(templates: readonly NameTemplate[], name: string): number {
  const parts = name.split("-");
  return templates.reduce((sum, template) => sum + readingsFrom(template, 0, parts, 0), 0);
}

function readingsFrom(template: NameTemplate, at: number, parts: readonly string[], from: number): number {
  const segment = template[at];
  if (segment === undefined) return from === parts.length ? 1 : 0;
  if (segment.kind === "word") {
    return segment.word === parts[from] ? readingsFrom(template, at + 1, parts, from + 1) : 0;
  }
  let count = 0;
  for (let end = from + 1; end <= parts.length; end += 1) count += readingsFrom(template, at + 1, parts, end);
  return count;
}
