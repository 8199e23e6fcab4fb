/**
 * What one secret, or several that are only ever changed together, is to its users: a version that counts up, and what
 * is there. Every write marks what it makes with a tag of its own, so that a reader knows whose work it sees.
 */
export interface RegisterState {
  readonly version: number;
  /** Undefined: never made, or removed. */
  readonly content: Content | undefined;
}

export interface Content {
  readonly tag: string;
  readonly value: string;
  /** Whether the reader who comes and goes is among the readers. */
  readonly open: boolean;
}

/** What a write asks for. What it does not name stays as it is. */
export interface Write {
  readonly kind: "save" | "remove";
  readonly tag: string;
  readonly value?: string | undefined;
  readonly open?: boolean | undefined;
  /** 0: must not be there; n: must be at n. */
  readonly ifVersion?: number | undefined;
}

/** What a read saw; the reader who comes and goes sees nothing of what is not open. */
export interface Read {
  readonly kind: "read";
  readonly as: "admin" | "reader";
  readonly saw: { readonly version: number; readonly tag: string; readonly value: string } | undefined;
}

export const emptyRegister: RegisterState = { version: 0, content: undefined };

/** The state after the write; undefined when it would have been refused in this one. */
export function applyWrite({ version, content }: RegisterState, write: Write): RegisterState | undefined {
  if (write.ifVersion !== undefined && write.ifVersion !== (content === undefined ? 0 : version)) return undefined;
  if (write.kind === "remove") return content === undefined ? undefined : { version: version + 1, content: undefined };
  const value = write.value ?? content?.value;
  if (value === undefined) return undefined;
  const open = write.open ?? content?.open ?? false;
  return { version: version + 1, content: { tag: write.tag, value, open } };
}

/** Whether the read could have seen what it saw in this state. */
export function explainsRead({ version, content }: RegisterState, { as, saw }: Read): boolean {
  const shown = as === "admin" || content?.open === true ? content : undefined;
  if (saw === undefined || shown === undefined) return saw === shown;
  return saw.version === version && saw.tag === shown.tag && saw.value === shown.value;
}
