import type { CustomFetch } from "openid-client";
import { limits } from "../limits.ts";

/** A provider did not answer, or with something that cannot be used. Says nothing about the person. */
export class ProviderUnavailableError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ProviderUnavailableError";
  }
}

const loopback = ["127.0.0.1", "[::1]", "localhost"];

/**
 * Calls a provider for `openid-client`. Discovery says where, so every URL is checked again: https, or http on this
 * machine. Redirects are refused, since they lead to a place that is not configured. The answer is read here, up to its
 * limit.
 */
export const providerFetch: CustomFetch = async (url, options) => {
  const { protocol, hostname } = new URL(url);
  if (protocol !== "https:" && !(protocol === "http:" && loopback.includes(hostname))) {
    throw new ProviderUnavailableError("it names an address that is not https");
  }
  const response = await fetch(url, {
    method: options.method,
    headers: options.headers,
    redirect: "error",
    ...(options.body === undefined || options.body === null ? {} : { body: options.body as string }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  const bytes = await readAnswer(response);
  const { status, headers } = response;
  return new Response(status === 204 || status === 304 ? null : bytes, { status, headers });
};

async function readAnswer({ body }: Response): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > limits.providerAnswerBytes) {
      throw new ProviderUnavailableError(`it sends more than ${limits.providerAnswerBytes} bytes`);
    }
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}
