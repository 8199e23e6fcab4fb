import { afterAll, beforeAll, beforeEach } from "vitest";
import { startService, type TestService } from "../api/fixture.ts";
import { rest } from "../api/transports.ts";
import { type VaultCaller, vaultCaller, vaultOn } from "./vault-call.ts";

/** What the tests of one file use: a service that speaks Vault, and a key of its own for each test. */
export interface VaultKey {
  readonly service: TestService;
  readonly key: string;
  /** A request of an admin. */
  readonly call: VaultCaller;
  /** The same, but time passes before it, as it does for clients. */
  readonly later: VaultCaller;
  /** Writes the key, later. */
  readonly put: (data: unknown, cas?: unknown) => ReturnType<VaultCaller>;
  /** Reads the key, later. */
  readonly read: (query?: string) => ReturnType<VaultCaller>;
}

/** Starts the service before the tests of the file that calls this, and stops it after them. */
export function useVaultKey(): VaultKey {
  let service: TestService;
  let send: VaultCaller;
  let key = "";
  let count = 0;

  beforeAll(async () => {
    service = await startService(rest, vaultOn);
    send = vaultCaller(service, service.admin.token);
  });
  afterAll(() => service.stop());
  beforeEach(() => {
    count += 1;
    key = `app/k${count}`;
    service.clock.advance(1000);
  });

  const call: VaultCaller = (...request) => send(...request);
  const later: VaultCaller = (...request) => {
    service.clock.advance(1000);
    return send(...request);
  };
  return {
    get service() {
      return service;
    },
    get key() {
      return key;
    },
    call,
    later,
    put: (data, cas) =>
      later("PUT", `secret/data/${key}`, { data, ...(cas === undefined ? {} : { options: { cas } }) }),
    read: (query = "") => later("GET", `secret/data/${key}${query}`),
  };
}
