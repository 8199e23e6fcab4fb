import type { DescService } from "@bufbuild/protobuf";
import { type Client, createClient, type Transport } from "@connectrpc/connect";

/**
 * A client whose service is loaded at its first call. Reading the description of a service takes milliseconds, and most
 * commands call one or two of five. `streams` are its methods that answer with a stream.
 */
export function createLazyClient<S extends DescService>(
  transport: Transport,
  load: () => Promise<S>,
  streams: readonly (keyof Client<S> & string)[] = [],
): Client<S> {
  type Methods = Record<string, (...args: readonly unknown[]) => unknown>;
  let loading: Promise<Methods> | undefined;
  const client = () => {
    loading ??= load().then((service) => createClient(service, transport) as unknown as Methods);
    return loading;
  };
  const call = async (name: string, args: readonly unknown[]) => (await client())[name]?.(...args);
  async function* stream(name: string, args: readonly unknown[]) {
    yield* (await call(name, args)) as AsyncIterable<unknown>;
  }
  const isStream = (name: string) => streams.some((each) => each === name);
  return new Proxy({} as Client<S>, {
    get: (_, name) => {
      return (...args: readonly unknown[]) => (isStream(String(name)) ? stream : call)(String(name), args);
    },
  });
}
