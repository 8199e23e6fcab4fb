/** What CHANGELOG.md says about a version: the words of its tag. */
export function changesOf(changelog: string, version: string): string {
  const [, ...sections] = changelog.split(/^## /m);
  const section = sections.find((text) => text.startsWith(`[${version}]`));
  if (section === undefined) throw new Error(`CHANGELOG.md has no section [${version}]`);
  return section.slice(section.indexOf("\n") + 1).trim();
}
