import type { Transport } from "@connectrpc/connect";

/** Headers for one call. */
export type CallHeaders = Readonly<Record<string, string>>;

/** Asks for more headers before each call, such as those of a trace. They never replace the token. */
export function withHeaders(transport: Transport, more: () => CallHeaders | Promise<CallHeaders>): Transport {
  const all = async (header: ConstructorParameters<typeof Headers>[0]) => {
    const headers = new Headers(await more());
    headers.delete("authorization");
    new Headers(header).forEach((value, name) => {
      headers.set(name, value);
    });
    return headers;
  };
  return {
    unary: async (method, signal, limitMs, header, ...rest) =>
      transport.unary(method, signal, limitMs, await all(header), ...rest),
    stream: async (method, signal, limitMs, header, ...rest) =>
      transport.stream(method, signal, limitMs, await all(header), ...rest),
  };
}
