import { ConfigError } from "./config-error.ts";

/**
 * What decides whether there are spans. The packages of OpenTelemetry read the other settings by themselves: headers,
 * certificates, timeout and compression of the endpoint, and attributes of the resource.
 */
export interface TracingSettings {
  readonly serviceName: string;
  /** How long one attempt to send spans may take; undefined: a setting of the packages says so. */
  readonly timeoutMs: number | undefined;
}

/** When the service ends, it waits for spans at most this long, so a receiver that hangs does not hold it up. */
const defaultTimeoutMs = 3000;

const endpoints = ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"] as const;

/** The standard settings of OpenTelemetry for traces. Undefined: no endpoint is set. Throws `ConfigError`. */
export function readTracing(environment: Readonly<Record<string, string | undefined>>): TracingSettings | undefined {
  const setting = (name: string) => environment[name]?.trim() ?? "";
  const endpoint = endpoints.find((name) => setting(name) !== "");
  if (endpoint === undefined || setting("OTEL_SDK_DISABLED").toLowerCase() === "true") return undefined;
  if (setting("OTEL_TRACES_EXPORTER") === "none") return undefined;
  const url = setting(endpoint);
  // It may hold a password, so the message does not quote it.
  if (!/^https?:\/\/[^/]/.test(url) || !URL.canParse(url)) {
    throw new ConfigError(`${endpoint} must be an http or https address, such as http://127.0.0.1:4318`);
  }
  for (const name of ["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"]) {
    if (!["", "http/protobuf"].includes(setting(name))) {
      throw new ConfigError(`${name} must be http/protobuf, the only protocol in which the service sends spans`);
    }
  }
  const hasTimeout = ["OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "OTEL_EXPORTER_OTLP_TIMEOUT"].some(
    (name) => setting(name) !== "",
  );
  return {
    serviceName: setting("OTEL_SERVICE_NAME") || "secret-svc",
    timeoutMs: hasTimeout ? undefined : defaultTimeoutMs,
  };
}
