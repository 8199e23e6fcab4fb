import type { CallHeaders } from "./more-headers.ts";

/** What the service reads. A propagator may inject more, such as `baggage`, which is not for a secrets service. */
const names = ["traceparent", "tracestate"];

let api: Promise<typeof import("@opentelemetry/api") | undefined> | undefined;

/** The headers of the active span of OpenTelemetry; none if the program does not have its API. */
export async function activeTrace(): Promise<CallHeaders> {
  api ??= import("@opentelemetry/api").catch(() => undefined);
  const loaded = await api;
  if (loaded === undefined) return {};
  const carrier: Record<string, string> = {};
  loaded.propagation.inject(loaded.context.active(), carrier);
  return Object.fromEntries(Object.entries(carrier).filter(([name]) => names.includes(name.toLowerCase())));
}
