import type { Document } from "mongodb";
import type { Held } from "../../usage.ts";
import { count, flag, text } from "./field.ts";
import type { Named } from "./schema.ts";

/** The fields of a secret that are counted. */
export const heldFields = { _id: 0, tenant: 1, key: 1, owner: 1, removed: 1, sizes: 1 } as const;

/** Reads `heldFields`. What was edited into something else counts nothing. */
export function toHeld(document: Document): Held {
  const sizes: unknown = document.sizes;
  const isIntact = Array.isArray(sizes) && sizes.every((size) => (count(size) ?? -1) >= 0);
  return {
    owner: text(document.owner) ?? "",
    removed: flag(document.removed) ?? true,
    sizes: isIntact ? sizes : [],
  };
}

/** The name of the row in which one process counts what a user or tenant has. */
export function usageName(tenant: string, slug: string, slot: number): Pick<Named, "_id"> {
  return { _id: JSON.stringify([tenant, slug, slot]) };
}
