import {
  compressionGzip,
  createConnectTransport,
  createGrpcWebTransport,
  Http2SessionManager,
} from "@connectrpc/connect-node";
import { Client, credentials } from "@grpc/grpc-js";
import { vault } from "../vault/transport/vault-transport.ts";
import type { ApiTransport } from "./fixture.ts";
import { grpcTransport } from "./grpc-transport.ts";
import { inMemoryTransport, sendToken } from "./in-memory-transport.ts";
import { restTransport } from "./rest-transport.ts";

export const inMemory: ApiTransport = {
  name: "in memory",
  overHttp: false,
  open: ({ inMemory: services }) => {
    if (services === undefined) throw new Error("the service is not in this process");
    return { as: (token) => inMemoryTransport(services, token), close: () => {} };
  },
};

export const connectJson: ApiTransport = {
  name: "Connect with JSON over HTTP/1.1",
  overHttp: true,
  open: ({ url }) => ({
    as: (token) =>
      createConnectTransport({
        baseUrl: url,
        httpVersion: "1.1",
        useBinaryFormat: false,
        interceptors: [sendToken(token)],
      }),
    close: () => {},
  }),
};

export const rest: ApiTransport = {
  name: "REST",
  overHttp: true,
  open: ({ url }) => ({ as: (token) => restTransport(url, token), close: () => {} }),
};

export const grpc: ApiTransport = {
  name: "gRPC over h2c",
  overHttp: true,
  open: ({ url }) => {
    const client = new Client(new URL(url).host, credentials.createInsecure());
    return { as: (token) => grpcTransport(client, token), close: () => client.close() };
  },
};

export const grpcWeb: ApiTransport = {
  name: "gRPC-Web over HTTP/1.1",
  overHttp: true,
  open: ({ url }) => ({
    as: (token) => createGrpcWebTransport({ baseUrl: url, httpVersion: "1.1", interceptors: [sendToken(token)] }),
    close: () => {},
  }),
};

/** Requests are compressed, so they take the path of inflating. */
export const grpcWebGzip: ApiTransport = {
  name: "gRPC-Web with gzip over HTTP/2",
  overHttp: true,
  open: ({ url }) => {
    const sessionManager = new Http2SessionManager(url);
    return {
      as: (token) =>
        createGrpcWebTransport({
          baseUrl: url,
          httpVersion: "2",
          sessionManager,
          sendCompression: compressionGzip,
          compressMinBytes: 1,
          interceptors: [sendToken(token)],
        }),
      close: () => sessionManager.abort(),
    };
  },
};

export const connectBinary: ApiTransport = {
  name: "Connect binary over HTTP/2",
  overHttp: true,
  open: ({ url }) => {
    const sessionManager = new Http2SessionManager(url);
    return {
      as: (token) =>
        createConnectTransport({
          baseUrl: url,
          httpVersion: "2",
          sessionManager,
          useBinaryFormat: true,
          interceptors: [sendToken(token)],
        }),
      close: () => sessionManager.abort(),
    };
  },
};

export const allTransports: readonly ApiTransport[] = [
  inMemory,
  connectJson,
  rest,
  grpc,
  grpcWeb,
  grpcWebGzip,
  connectBinary,
  vault,
];
