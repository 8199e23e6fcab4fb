import type { OutgoingHttpHeaders } from "node:http";
import type { ConnectError } from "@connectrpc/connect";
import { encodeEnvelope, encodeEnvelopes } from "@connectrpc/connect/protocol";
import { setTrailerStatus } from "@connectrpc/connect/protocol-grpc";
import { trailerFlag, trailerSerialize } from "@connectrpc/connect/protocol-grpc-web";
import { addHeaders, baseHeaders } from "./answer-headers.ts";
import type { CallContext } from "./call-context.ts";
import { writeEnvelope } from "./envelope.ts";
import { encodeText, textContentType } from "./grpc-web-text.ts";
import type { Protocol } from "./protocol.ts";

const encoder = new TextEncoder();

const shared = {
  format: "binary",
  isEnveloped: true,
  timeoutHeader: "grpc-timeout",
  encodingHeader: "grpc-encoding",
  acceptEncodingHeader: "grpc-accept-encoding",
} as const;

/** gRPC: the status is in the HTTP/2 trailers or, without a message, in the headers. */
export const grpc: Protocol = {
  ...shared,
  name: "grpc",
  answer(exchange, context, requestId, message) {
    const headers = baseHeaders("application/grpc+proto", requestId);
    const { header, trailer } = context.answered;
    addHeaders(headers, header);
    const trailers: OutgoingHttpHeaders = { "grpc-status": "0" };
    addHeaders(trailers, trailer);
    exchange.send(200, headers, writeEnvelope(toBytes(message)), trailers);
  },
  refuse(exchange, context, requestId, error) {
    const headers = baseHeaders("application/grpc+proto", requestId);
    addHeaders(headers, context?.answered.header);
    addHeaders(headers, statusOf(context, error));
    exchange.send(200, headers, "");
  },
};

/** gRPC-Web: the trailers are the last envelope of the body. */
export const grpcWeb: Protocol = createGrpcWeb("application/grpc-web+proto", (body) => body);
export const grpcWebText: Protocol = { ...createGrpcWeb(textContentType, encodeText), isText: true };

function createGrpcWeb(contentType: string, write: (body: Uint8Array) => Uint8Array | string): Protocol {
  return {
    ...shared,
    name: "grpc-web",
    answer(exchange, context, requestId, message) {
      const headers = baseHeaders(contentType, requestId);
      addHeaders(headers, context.answered.header);
      const trailer = setTrailerStatus(context.responseTrailer, undefined);
      const body = encodeEnvelopes(
        { flags: 0, data: toBytes(message) },
        { flags: trailerFlag, data: trailerSerialize(trailer) },
      );
      exchange.send(200, headers, write(body));
    },
    refuse(exchange, context, requestId, error) {
      const headers = baseHeaders(contentType, requestId);
      addHeaders(headers, context?.answered.header);
      exchange.send(200, headers, write(encodeEnvelope(trailerFlag, trailerSerialize(statusOf(context, error)))));
    },
  };
}

function statusOf(context: CallContext | undefined, error: ConnectError): Headers {
  return setTrailerStatus(context?.responseTrailer ?? new Headers(), error);
}

/** Codecs of binary protocols return bytes. The other branch only satisfies the type. */
function toBytes(message: Uint8Array | string): Uint8Array<ArrayBuffer> {
  return typeof message === "string" ? encoder.encode(message) : (message as Uint8Array<ArrayBuffer>);
}
