/** A refusal that only this API knows: its status and its text are those of Vault. */
export class VaultRefusal extends Error {
  readonly status: number;
  /** Empty, or one text: clients join several without a break. */
  readonly errors: readonly string[];
  /** Recorded in the audit log. */
  readonly rule: string;

  constructor(status: number, rule: string, ...errors: readonly [] | readonly [string]) {
    super(errors[0] ?? "not found");
    this.name = "VaultRefusal";
    this.status = status;
    this.rule = rule;
    this.errors = errors;
  }
}

export function badRequest(text: string): VaultRefusal {
  return new VaultRefusal(400, "invalid-field", text);
}

export function notFound(): VaultRefusal {
  return new VaultRefusal(404, "not-found");
}

export function unsupported(): VaultRefusal {
  return new VaultRefusal(405, "unsupported", "unsupported operation");
}
