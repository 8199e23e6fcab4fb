import { readRegularFile, whyUnreadable } from "../files/read-bounded.ts";
import { limits } from "../limits.ts";
import type { KeyLocation } from "./issuer.ts";

/** The longest wait for the keys of an issuer. Callers wait for them. */
const timeoutMs = 5_000;

/** Loads the JSON with the keys of an issuer. Rejects when it cannot be loaded, is too large or is not JSON. */
export async function loadKeys(location: KeyLocation): Promise<unknown> {
  const bytes =
    "url" in location ? await fetchBytes(location.url) : await readRegularFile(location.file, limits.jwksBytes);
  return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
}

/** What may be said about an error of `loadKeys`: nothing of what was loaded. */
export function whyUnloaded(error: unknown): string {
  if (error instanceof KeysError) return error.message;
  if (error instanceof SyntaxError) return "it is not JSON";
  if (error instanceof Error && error.name === "TimeoutError") return `no answer in ${timeoutMs / 1000} s`;
  // What `fetch` says about the network is in the cause.
  const cause: unknown = error instanceof TypeError ? error.cause : undefined;
  if (cause instanceof Error && !("code" in cause)) return cause.message;
  return whyUnreadable(cause ?? error);
}

/** Says only what is known beforehand. */
class KeysError extends Error {}

/** Refuses redirects: they lead to a place that the operator did not configure. */
async function fetchBytes(url: string): Promise<Uint8Array> {
  const response = await fetch(url, {
    redirect: "error",
    // Kubernetes has keys as a type of their own, and refuses to send them as JSON.
    headers: { accept: "application/jwk-set+json, application/json, */*;q=0.1" },
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (response.status !== 200 || response.body === null) {
    await response.body?.cancel();
    throw new KeysError(`the answer has status ${response.status}`);
  }
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body) {
    bytes += chunk.length;
    checkSize(bytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function checkSize(bytes: number): void {
  if (bytes > limits.jwksBytes) throw new KeysError(`the keys are larger than ${limits.jwksBytes} bytes`);
}
