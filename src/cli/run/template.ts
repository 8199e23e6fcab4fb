import { CliError } from "../frame/errors.ts";

/** A secret as a template sees it. */
export interface TemplateSecret {
  readonly key: string;
  readonly name: string;
  readonly value: string;
}

const tag = /\{\{(.*?)\}\}/gs;
const reference = /^secret\s+"([^"\\]*)"$/;
const fields = ["key", "name", "value"] as const;

/**
 * Fills a template. `{{ secret "KEY" }}` is the value of a secret; `{{ range }}…{{ end }}` repeats what is in it for
 * each chosen secret, where `{{ .name }}`, `{{ .value }}` and `{{ .key }}` are those of that secret. There is nothing
 * else, and what a value holds is never taken for a part of the template. A `-` takes away the white space on its side.
 * @throws CliError with the line of what is wrong; it quotes no value
 */
export function fillTemplate(
  file: string,
  template: string,
  secrets: readonly TemplateSecret[],
  find: (key: string) => string | undefined,
): string {
  const parts = split(file, template);
  let at = 0;
  const wrong = (part: Part, problem: string) => new CliError(`${file}:${lineOf(template, part.at)}: ${problem}`);

  function fill(each: TemplateSecret | undefined, end: number): string {
    let out = "";
    while (at < end) {
      const part = parts[at];
      at += 1;
      if (part === undefined) break;
      if (part.tag === undefined) out += part.text;
      else if (part.tag === "range") out += fillRange(part, each);
      else if (part.tag === "end") throw wrong(part, "{{ end }} without {{ range }}");
      else out += valueOfTag(part, each);
    }
    return out;
  }

  function fillRange(opening: Part, outer: TemplateSecret | undefined): string {
    if (outer !== undefined) throw wrong(opening, "{{ range }} within {{ range }}");
    const start = at;
    const end = parts.findIndex((part, index) => index >= start && part.tag === "end");
    if (end < 0) throw wrong(opening, "{{ range }} without {{ end }}");
    const nested = parts.slice(start, end).find((part) => part.tag === "range");
    if (nested !== undefined) throw wrong(nested, "{{ range }} within {{ range }}");
    let out = "";
    for (const secret of secrets) {
      at = start;
      out += fill(secret, end);
    }
    at = end + 1;
    return out;
  }

  function valueOfTag(part: Part, each: TemplateSecret | undefined): string {
    const written = part.tag ?? "";
    const field = fields.find((name) => written === `.${name}`);
    if (field !== undefined) {
      if (each === undefined) throw wrong(part, `{{ .${field} }} outside of {{ range }}`);
      return each[field];
    }
    const key = reference.exec(written)?.[1];
    if (key === undefined) {
      throw wrong(part, 'must be {{ secret "KEY" }}, {{ range }}, {{ .key }}, {{ .name }}, {{ .value }} or {{ end }}');
    }
    const value = find(key);
    if (value === undefined) throw wrong(part, `${key} is not among the secrets that were read`);
    return value;
  }

  return fill(undefined, parts.length);
}

/** The keys that a template names. */
export function keysOfTemplate(file: string, template: string): string[] {
  return split(file, template).flatMap(({ tag: written = "" }) => reference.exec(written)?.[1] ?? []);
}

interface Part {
  readonly at: number;
  readonly text: string;
  readonly tag: string | undefined;
}

/** @throws CliError for braces that nothing closes */
function split(file: string, template: string): readonly Part[] {
  const parts: Part[] = [];
  let at = 0;
  let trims = false;
  const addText = (end: number, trimsEnd: boolean) => {
    let text = template.slice(at, end);
    if (trims) text = text.trimStart();
    if (trimsEnd) text = text.trimEnd();
    parts.push({ at, text, tag: undefined });
  };
  for (const match of template.matchAll(tag)) {
    addText(match.index, match[0].startsWith("{{-"));
    const [, inner = ""] = match;
    parts.push({ at: match.index, text: "", tag: inner.replace(/^-/, "").replace(/-$/, "").trim() });
    trims = match[0].endsWith("-}}");
    at = match.index + match[0].length;
  }
  addText(template.length, false);
  const open = parts.findIndex(({ tag: written, text }) => written === undefined && text.includes("{{"));
  const part = parts[open];
  if (part !== undefined) {
    const line = lineOf(template, template.indexOf("{{", part.at));
    throw new CliError(`${file}:${line}: {{ without }}`);
  }
  return parts;
}

function lineOf(text: string, at: number): number {
  return text.slice(0, at).split("\n").length;
}
