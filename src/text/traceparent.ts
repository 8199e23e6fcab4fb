/** Where a request belongs in the trace of its caller: the header `traceparent` of W3C Trace Context. */
export interface TraceParent {
  /** 32 hex digits, not all of them zero. */
  readonly traceId: string;
  /** 16 hex digits, not all of them zero. */
  readonly spanId: string;
  /** Whether the caller records this trace. */
  readonly isSampled: boolean;
}

const length = 55;

const form = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/;

/** Undefined for anything but one header of version 00, exactly in its form: the request is then part of no trace. */
export function readTraceparent(sent: unknown): TraceParent | undefined {
  // Most requests have none, and a long text must not get to the expression.
  if (typeof sent !== "string" || sent.length !== length) return undefined;
  const [, traceId, spanId, flags] = form.exec(sent) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & 1) === 1 };
}
