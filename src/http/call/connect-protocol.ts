import type { OutgoingHttpHeaders } from "node:http";
import { Code } from "@connectrpc/connect";
import { mergeNonProtocolHeaders } from "@connectrpc/connect/protocol";
import { codeToHttpStatus, errorToJsonBytes } from "@connectrpc/connect/protocol-connect";
import { addHeaders, baseHeaders } from "./answer-headers.ts";
import type { CallContext } from "./call-context.ts";
import type { Protocol } from "./protocol.ts";

/**
 * Connect with JSON. Also the protocol of REST paths, and of every error response to a client that does not use gRPC.
 */
export const connectJson: Protocol = createConnect("json", "application/json");
export const connectProto: Protocol = createConnect("binary", "application/proto");

function createConnect(format: "json" | "binary", contentType: string): Protocol {
  return {
    name: "connect",
    format,
    isEnveloped: false,
    timeoutHeader: "connect-timeout-ms",
    encodingHeader: "content-encoding",
    acceptEncodingHeader: "accept-encoding",
    answer(exchange, context, requestId, message) {
      exchange.send(200, ownHeaders(baseHeaders(contentType, requestId), context), message);
    },
    refuse(exchange, context, requestId, error, status) {
      const headers = baseHeaders("application/json", requestId);
      if (context !== undefined) ownHeaders(headers, context);
      if (error.code === Code.Unauthenticated) headers["www-authenticate"] = "Bearer";
      if (!error.isWireError) {
        const metadata = new Headers();
        mergeNonProtocolHeaders(metadata, error.metadata);
        addHeaders(headers, metadata);
      }
      exchange.send(status ?? codeToHttpStatus(error.code), headers, errorToJsonBytes(error, undefined));
    },
  };
}

/** In unary Connect calls, trailers are sent as headers with a prefix. */
function ownHeaders(headers: OutgoingHttpHeaders, context: CallContext): OutgoingHttpHeaders {
  const { header, trailer } = context.answered;
  addHeaders(headers, header);
  addHeaders(headers, trailer, "trailer-");
  return headers;
}
