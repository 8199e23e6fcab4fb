/** What names of the same variable have in common: Windows does not distinguish upper and lower case there. */
export function variableNamed(name: string, system: NodeJS.Platform = process.platform): string {
  return system === "win32" ? name.toUpperCase() : name;
}
