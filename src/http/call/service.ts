import type { DescMethod, DescService } from "@bufbuild/protobuf";
import type { ServiceImpl } from "@connectrpc/connect";

/** A service to serve, made by `serveService`. */
export interface ServedService {
  readonly service: DescService;
  readonly implementation: ServiceImpl<DescService>;
  /** Whether a method needs no token. Its context then has no call. */
  isPublic(method: DescMethod): boolean;
}

/** Which methods need no token: all, none, or these. */
export interface ServiceOptions<S extends DescService> {
  readonly isPublic: boolean;
  readonly publicMethods?: readonly (keyof S["method"])[];
}

/**
 * Pairs a service with its complete implementation, and erases the types of its messages: the transport handles every
 * message through its descriptor.
 */
export function serveService<S extends DescService>(
  service: S,
  implementation: ServiceImpl<S>,
  options: ServiceOptions<S>,
): ServedService {
  const publicNames = new Set<unknown>(options.publicMethods);
  return {
    service,
    implementation: implementation as unknown as ServiceImpl<DescService>,
    isPublic: (method) => options.isPublic || publicNames.has(method.localName),
  };
}
