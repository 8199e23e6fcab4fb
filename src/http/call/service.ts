import type { DescMethod, DescService, Message, MessageShape } from "@bufbuild/protobuf";
import type { ServiceImpl } from "@connectrpc/connect";
import type { RestForm } from "./rest-form.ts";

/** A service to serve, made by `serveService`. */
export interface ServedService {
  readonly service: DescService;
  readonly implementation: ServiceImpl<DescService>;
  /** Whether a method needs no token. Its context then has no call. */
  isPublic(method: DescMethod): boolean;
  /** The memory that requests of a method may need beyond that of a small call, in bytes. Undefined: no more. */
  memoryOf(method: DescMethod): ((request: Message) => number) | undefined;
  /** The form of the bodies of a method on its REST paths. Undefined: as in the contract. */
  restFormOf(method: DescMethod): RestForm | undefined;
}

/** Which methods need no token: all, none, or these. */
export interface ServiceOptions<S extends DescService> {
  readonly isPublic: boolean;
  readonly publicMethods?: readonly (keyof S["method"])[];
  /** For the methods that may need more memory than a small call: how much more, in bytes. */
  readonly memory?: CallSizes<S>;
  /** For the methods whose bodies have another form on REST paths. */
  readonly restForms?: { readonly [Name in keyof S["method"]]?: RestForm } | undefined;
}

export type CallSizes<S extends DescService> = {
  readonly [Name in keyof S["method"]]?: (request: MessageShape<S["method"][Name]["input"]>) => number;
};

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
  const memory = options.memory as Readonly<Record<string, (request: Message) => number>> | undefined;
  const restForms = options.restForms as Readonly<Record<string, RestForm>> | undefined;
  return {
    service,
    implementation: implementation as unknown as ServiceImpl<DescService>,
    isPublic: (method) => options.isPublic || publicNames.has(method.localName),
    memoryOf: (method) => memory?.[method.localName],
    restFormOf: (method) => restForms?.[method.localName],
  };
}
