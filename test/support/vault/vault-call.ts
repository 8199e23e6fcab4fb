import type { TestService } from "../api/fixture.ts";

/** The answer to a request below `/v1/`. */
export interface VaultAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Undefined when the body is not JSON. */
  readonly json: VaultJson | undefined;
}

export interface VaultJson {
  readonly request_id?: string;
  readonly data?: { readonly [name: string]: unknown } | null;
  readonly auth?: { readonly [name: string]: unknown } | null;
  readonly errors?: readonly string[];
  readonly warnings?: readonly string[] | null;
}

export type VaultCaller = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Readonly<Record<string, string>>,
) => Promise<VaultAnswer>;

/** The setting that turns the API on. */
export const vaultOn = { environment: { SECRET_SVC_VAULT_API: "on" } };

export const mergePatch = { "content-type": "application/merge-patch+json" };

/** Sends requests with a token as a client of Vault does. A body that is a text is sent as it is. */
export function vaultCaller(service: Pick<TestService, "url">, token: string): VaultCaller {
  return async (method, path, body, headers = {}) => {
    const sent = body === undefined ? null : typeof body === "string" ? body : JSON.stringify(body);
    const response = await fetch(`${service.url}/v1/${path}`, {
      method,
      headers: { ...(token === "" ? {} : { "x-vault-token": token }), ...headers },
      body: sent,
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: parse(text) };
  };
}

function parse(text: string): VaultJson | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
