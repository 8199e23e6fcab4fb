import { SecretChangeKindSchema, type WatchSecretsResponse } from "../../../gen/secret/v1/secret_service_pb.ts";
import type { Api } from "./fixture.ts";

export type WatchRequest = Parameters<Api["secrets"]["watchSecrets"]>[0];

/** A watch under way. */
export interface Watch {
  /** Resume token of the first message. */
  readonly token: string;
  /** The next message; undefined at the end. */
  next(): Promise<WatchSecretsResponse | undefined>;
  firstChange(): Promise<WatchSecretsResponse>;
  /** Waits for the next changes, as `KIND key@version`. */
  changes(count: number): Promise<string[]>;
  end(): void;
}

/** Starts a watch and waits for its first message. */
export async function startWatch(api: Api, request: WatchRequest = {}): Promise<Watch> {
  const ending = new AbortController();
  const messages = api.secrets.watchSecrets(request, { signal: ending.signal })[Symbol.asyncIterator]();
  const first = await messages.next();
  const pending = first.done === true || first.value.change === undefined ? [] : [first.value];
  const next = async () => {
    const waiting = pending.shift();
    if (waiting !== undefined) return waiting;
    const result = await messages.next();
    return result.done === true ? undefined : result.value;
  };
  const nextChange = async () => {
    for (;;) {
      const message = await next();
      if (message === undefined) throw new Error("the watch ended");
      if (message.change !== undefined) return message;
    }
  };
  return {
    token: first.done === true ? "" : first.value.resumeToken,
    next,
    firstChange: nextChange,
    async changes(count) {
      const found: string[] = [];
      while (found.length < count) found.push(changeText(await nextChange()));
      return found;
    },
    end: () => ending.abort(),
  };
}

/** A change as `KIND key@version`. */
export function changeText({ change }: WatchSecretsResponse): string {
  const { kind = 0, key = "", secret } = change ?? {};
  const name = SecretChangeKindSchema.value[kind]?.localName;
  return `${name} ${key}${secret === undefined ? "" : `@${secret.version}`}`;
}
