/** An event for the operator. Never contains a value, an encryption key or a token. */
export interface HttpLogEvent {
  readonly level: "info" | "error";
  readonly message: string;
  readonly error?: unknown;
  readonly requestId?: string;
}

export type HttpLog = (event: HttpLogEvent) => void;
