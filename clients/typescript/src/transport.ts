import type { Transport } from "@connectrpc/connect";
import { authorization, type Connection } from "./calls.ts";

/**
 * The transport of a connection, which sends its token with each call. A call that has no time limit gets that of the
 * client.
 */
export function authorizedTransport(connection: Connection): Transport {
  const { transport, timeoutMs } = connection;
  const authorized = async (header: ConstructorParameters<typeof Headers>[0]) => {
    const headers = new Headers(header);
    for (const [name, value] of Object.entries(await authorization(connection))) headers.set(name, value);
    return headers;
  };
  return {
    unary: async (method, signal, limitMs, header, ...rest) =>
      transport.unary(method, signal, limitMs ?? timeoutMs, await authorized(header), ...rest),
    stream: async (method, signal, limitMs, header, ...rest) =>
      transport.stream(method, signal, limitMs, await authorized(header), ...rest),
  };
}
