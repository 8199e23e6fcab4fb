import { createRouterTransport, type Interceptor, type Transport } from "@connectrpc/connect";
import { setCall } from "../../../src/http/call/call.ts";
import { toConnectError } from "../../../src/http/call/error.ts";
import type { Caller } from "../../../src/rules/caller.ts";
import type { InMemoryServices } from "./fixture.ts";

export type Authenticate = (authorization: string | undefined, peer: string) => Caller | Promise<Caller>;

/** Calls the assembled services without a port: what the HTTP layer does for a call, an interceptor does here. */
export function inMemoryTransport({ services, authenticate }: InMemoryServices, token: string): Transport {
  return createRouterTransport(
    (router) => {
      for (const { service, implementation } of services) router.service(service, implementation);
    },
    {
      transport: { interceptors: [sendToken(token)] },
      router: { interceptors: [authenticated(services, authenticate)] },
    },
  );
}

/** Puts a token on every request. */
export function sendToken(token: string): Interceptor {
  return (next) => (request) => {
    if (token !== "") request.header.set("authorization", `Bearer ${token}`);
    return next(request);
  };
}

let requests = 0;

function authenticated(services: InMemoryServices["services"], authenticate: Authenticate): Interceptor {
  return (next) => async (request) => {
    const { method } = request;
    const served = services.find(({ service }) => service.typeName === method.parent.typeName);
    if (served?.isPublic(method)) return next(request);
    const peer = "in-memory";
    try {
      const caller = await authenticate(request.header.get("authorization") ?? undefined, peer);
      requests += 1;
      setCall(request.contextValues, { caller, requestId: `in-memory-${requests}`, peer });
    } catch (error) {
      throw toConnectError(error);
    }
    return next(request);
  };
}
