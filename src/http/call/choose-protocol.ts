import { connectJson, connectProto } from "./connect-protocol.ts";
import { grpc, grpcWeb, grpcWebText } from "./grpc-protocol.ts";
import { isText } from "./grpc-web-text.ts";
import type { Protocol } from "./protocol.ts";

const jsonForm = /^application\/json(?:\s*;\s*charset=(?:utf-?8|"utf-?8"))?\s*$/i;

/** The protocol of a unary call; undefined when its content type is not supported there. */
export function protocolOf(
  contentType: string | undefined,
  options: { readonly isRest: boolean; readonly httpVersion: 1 | 2 },
): Protocol | undefined {
  if (contentType === "application/json") return connectJson;
  // A person who writes a request by hand may omit the type. Connect clients never do.
  if (contentType === undefined) return options.isRest ? connectJson : undefined;
  if (!options.isRest) {
    const protocol = protocolOfBinary(contentType.toLowerCase(), options.httpVersion);
    if (protocol !== undefined) return protocol;
  }
  return jsonForm.test(contentType) ? connectJson : undefined;
}

function protocolOfBinary(contentType: string, httpVersion: 1 | 2): Protocol | undefined {
  switch (contentType) {
    case "application/proto":
      return connectProto;
    case "application/grpc":
    case "application/grpc+proto":
      // gRPC needs HTTP/2: its status is in the trailers.
      return httpVersion === 2 ? grpc : undefined;
    case "application/grpc-web":
    case "application/grpc-web+proto":
      return grpcWeb;
    case "application/grpc-web-text":
    case "application/grpc-web-text+proto":
      return grpcWebText;
    default:
      return undefined;
  }
}

/**
 * The protocol of an error response: the one that a client with this content type expects, even if it is not supported.
 */
export function refusalProtocolOf(contentType: string | undefined, httpVersion: 1 | 2): Protocol {
  if (contentType === undefined || !contentType.startsWith("application/grpc")) return connectJson;
  if (isText(contentType)) return grpcWebText;
  if (contentType.startsWith("application/grpc-web")) return grpcWeb;
  return httpVersion === 2 ? grpc : connectJson;
}

/** gRPC without a browser. */
export function isNativeGrpc(contentType: string | undefined): boolean {
  return contentType !== undefined && /^application\/grpc(?![-\w])/i.test(contentType);
}
