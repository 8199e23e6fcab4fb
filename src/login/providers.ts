import type { LoginProvider } from "../jwt/login-provider.ts";
import { createProviderClient, type ProviderClient } from "./provider.ts";

/** The clients of the providers of now. A provider whose entry changed gets a new one. */
export function createProviderClients(options: {
  readonly providers: () => readonly LoginProvider[];
  now(): number;
  readonly onFailure: (provider: LoginProvider, error: unknown) => void;
}): (id: string) => ProviderClient | undefined {
  const { providers, now, onFailure } = options;
  const clients = new WeakMap<LoginProvider, ProviderClient>();
  return (id) => {
    const provider = providers().find((each) => each.id === id);
    if (provider === undefined) return undefined;
    let client = clients.get(provider);
    if (client === undefined) {
      client = createProviderClient(provider, { now, onFailure: (error) => onFailure(provider, error) });
      clients.set(provider, client);
    }
    return client;
  };
}
