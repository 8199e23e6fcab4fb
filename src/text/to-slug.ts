/**
 * The slug that a name becomes: letters without their marks, small, and one dash for everything that no slug has. ""
 * when nothing is left. Different names may become the same slug.
 */
export function toSlug(name: string): string {
  return name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
}
