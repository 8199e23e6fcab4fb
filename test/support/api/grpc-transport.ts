import {
  create,
  type DescMessage,
  type DescMethodUnary,
  fromBinary,
  type MessageInitShape,
  toBinary,
} from "@bufbuild/protobuf";
import { Code, ConnectError, type Transport, type UnaryResponse } from "@connectrpc/connect";
import { findTrailerError } from "@connectrpc/connect/protocol-grpc";
import { type Client, Metadata, type ServiceError } from "@grpc/grpc-js";

/** Calls unary methods with the gRPC client that most Node services use: an implementation that is none of ours. */
export function grpcTransport(client: Client, token: string): Transport {
  return {
    unary<I extends DescMessage, O extends DescMessage>(
      method: DescMethodUnary<I, O>,
      signal: AbortSignal | undefined,
      _timeoutMs: number | undefined,
      header: ConstructorParameters<typeof Headers>[0],
      input: MessageInitShape<I>,
    ): Promise<UnaryResponse<I, O>> {
      const metadata = new Metadata();
      new Headers(header).forEach((value, name) => {
        metadata.set(name, value);
      });
      if (token !== "") metadata.set("authorization", `Bearer ${token}`);
      return new Promise((resolve, reject) => {
        const call = client.makeUnaryRequest(
          `/${method.parent.typeName}/${method.name}`,
          (request: MessageInitShape<I>) => Buffer.from(toBinary(method.input, create(method.input, request))),
          (bytes: Buffer) => fromBinary(method.output, bytes),
          input,
          metadata,
          (error, message) => {
            if (error !== null) return reject(toConnectError(error));
            if (message === undefined) return reject(new Error("an answer without a message"));
            const trailer = new Headers();
            resolve({ stream: false, service: method.parent, method, header: new Headers(), trailer, message });
          },
        );
        signal?.addEventListener("abort", () => call.cancel());
      });
    },
    stream() {
      throw new ConnectError("streams are not called through this client", Code.Unimplemented);
    },
  };
}

/** grpc-js keeps the details as bytes in the trailers; there they have the form that connect reads. */
function toConnectError(error: ServiceError): ConnectError {
  const trailer = new Headers({ "grpc-status": String(error.code) });
  for (const [name, value] of Object.entries(error.metadata.getMap())) {
    if (name === "grpc-status-details-bin") trailer.set(name, Buffer.from(value).toString("base64"));
  }
  return findTrailerError(trailer) ?? new ConnectError(error.details, error.code as number);
}
