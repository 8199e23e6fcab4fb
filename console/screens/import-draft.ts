/** What another screen proposes to import: where to, and names whose values a person has to fill in. */
let draft: { readonly prefix: string; readonly text: string } | undefined;

export function draftImport(prefix: string, parts: readonly string[]): void {
  draft = { prefix, text: parts.map((part) => `- key: ${part}\n  value: ""\n`).join("") };
}

/** Takes the draft: it is offered once. */
export function takeImportDraft(): { readonly prefix: string; readonly text: string } | undefined {
  const taken = draft;
  draft = undefined;
  return taken;
}
