const key = Symbol("own JSON");

/** A message that writes its own JSON. */
export interface OwnJson {
  readonly [key]: () => string;
}

/**
 * Gives a message a shorter way to its JSON than the general one, which goes by descriptors and takes longer than
 * everything else in a list. `write` must give what the general one would, or leave out what is not meant to be seen.
 */
export function withOwnJson<Message extends object>(message: Message, write: () => string): Message & OwnJson {
  return Object.defineProperty(message, key, { value: write }) as Message & OwnJson;
}

/** The JSON of a message that writes its own; undefined for any other value. */
export function ownJsonOf(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null || !(key in value)) return undefined;
  return (value as OwnJson)[key]();
}
