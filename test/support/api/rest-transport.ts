import {
  create,
  type DescMessage,
  type DescMethodUnary,
  fromJson,
  getOption,
  type JsonValue,
  type MessageInitShape,
  toJson,
} from "@bufbuild/protobuf";
import { Code, ConnectError, type Transport, type UnaryResponse } from "@connectrpc/connect";
import { errorFromJson } from "@connectrpc/connect/protocol-connect";
import { http } from "../../../gen/google/api/annotations_pb.ts";
import { checkDocumented } from "./documented.ts";

/**
 * Calls unary methods by their `google.api.http` path, as a script would: one `fetch`, JSON in and out. Throws when an
 * answer is not as `docs/openapi.json` says.
 */
export function restTransport(baseUrl: string, token: string): Transport {
  return {
    async unary<I extends DescMessage, O extends DescMessage>(
      method: DescMethodUnary<I, O>,
      signal: AbortSignal | undefined,
      _timeoutMs: number | undefined,
      header: ConstructorParameters<typeof Headers>[0],
      input: MessageInitShape<I>,
    ): Promise<UnaryResponse<I, O>> {
      const { verb, path, hasBody } = bindingOf(method);
      const headers = new Headers(header);
      if (token !== "") headers.set("authorization", `Bearer ${token}`);
      if (hasBody) headers.set("content-type", "application/json");
      const request = hasBody ? toJson(method.input, create(method.input, input)) : undefined;
      const body = request === undefined ? null : JSON.stringify(request);
      const response = await fetch(baseUrl + path, { method: verb, headers, signal: signal ?? null, body });
      const text = await response.text();
      checkDocumented({ verb, path, request, status: response.status, headers: response.headers, text });
      const answer = JSON.parse(text) as JsonValue;
      if (!response.ok) throw errorFromJson(answer, response.headers, fallbackError(response.status));
      return {
        stream: false,
        service: method.parent,
        method,
        header: response.headers,
        trailer: new Headers(),
        message: fromJson(method.output, answer, { ignoreUnknownFields: false }),
      };
    },
    stream() {
      throw new ConnectError("there are no streams over REST", Code.Unimplemented);
    },
  };
}

function fallbackError(status: number): ConnectError {
  return new ConnectError(`HTTP status ${status} without an error in the body`, Code.Unknown);
}

function bindingOf(method: DescMethodUnary): { verb: string; path: string; hasBody: boolean } {
  const { pattern, body } = getOption(method, http);
  if (pattern.case === undefined || pattern.case === "custom") throw new Error(`${method.name} has no REST path`);
  return { verb: pattern.case.toUpperCase(), path: pattern.value, hasBody: body === "*" };
}
