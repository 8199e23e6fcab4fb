export class WrongHostError extends Error {
  constructor(host: string) {
    super(`Passkeys are at ${host}: open this page there.`);
  }
}

export const madeBefore =
  "This device has a passkey of yours already. For a second one, use another device or a security key.";

/**
 * What a browser says when a person, or the browser itself, made no use of a passkey. Undefined for any other error.
 */
export function passkeyProblem(error: unknown): string | undefined {
  if (error instanceof WrongHostError) return error.message;
  const name = error instanceof Error ? error.name : "";
  if (name === "NotAllowedError") return "No passkey was used: it was cancelled, or took too long.";
  if (name === "InvalidStateError") return madeBefore;
  if (name === "SecurityError") return "Passkeys do not work at this address.";
  return undefined;
}
