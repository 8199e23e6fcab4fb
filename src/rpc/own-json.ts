/** The name of the method with which a message writes its own JSON. */
export const ownJson = Symbol("own JSON");

/**
 * A message with a shorter way to its JSON than the general one, which goes by descriptors and takes longer than everything
 * else in a list. It must give what the general one would, or leave out what is not meant to be seen.
 */
export interface OwnJson {
  [ownJson](): string;
}

/** The JSON of a message that writes its own; undefined for any other value. */
export function ownJsonOf(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null || !(ownJson in value)) return undefined;
  return (value as OwnJson)[ownJson]();
}
