import type { DescService } from "@bufbuild/protobuf";
import type { ServiceImpl } from "@connectrpc/connect";

/** A service to serve, made by `serveService`. */
export interface ServedService {
  readonly service: DescService;
  readonly implementation: ServiceImpl<DescService>;
  /** Its methods need no token and get no call in their context. */
  readonly isPublic: boolean;
}

/**
 * Pairs a service with its complete implementation. This is where the types of its messages are forgotten: the transport
 * handles every message through its descriptor.
 */
export function serveService<S extends DescService>(
  service: S,
  implementation: ServiceImpl<S>,
  options: { readonly isPublic: boolean },
): ServedService {
  return {
    service,
    implementation: implementation as unknown as ServiceImpl<DescService>,
    isPublic: options.isPublic,
  };
}
