import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";
import type { DescMethod, DescMethodUnary, Message } from "@bufbuild/protobuf";
import { getOption, hasOption } from "@bufbuild/protobuf";
import type { HandlerContext } from "@connectrpc/connect";
import { createMethodUrl } from "@connectrpc/connect/protocol";
import { http } from "../../../gen/google/api/annotations_pb.ts";
import type { HttpRule } from "../../../gen/google/api/http_pb.ts";
import { refuse_unknown_fields } from "../../../gen/secret/v1/method_options_pb.ts";
import type { RestForm } from "./rest-form.ts";
import type { ServedService } from "./service.ts";

export type UnaryHandler = (request: unknown, context: HandlerContext) => unknown;

export interface UnaryRoute {
  readonly kind: "unary";
  readonly method: DescMethodUnary;
  readonly handler: UnaryHandler;
  readonly isPublic: boolean;
  /** The memory that a request may need beyond that of a small call, in bytes. Undefined: no more. */
  readonly memoryOf: ((request: Message) => number) | undefined;
  /**
   * Set in the contract, for every method that changes or makes something: a token must not become broader, nor a
   * secret lose a list, because a newer client sent a field that is unknown here.
   */
  readonly refusesUnknownFields: boolean;
  /** A path of `google.api.http`: JSON only, and the binding decides whether there is a body. */
  readonly isRest: boolean;
  readonly hasBody: boolean;
  /** Another form of its bodies. Undefined: as in the contract. */
  readonly restForm: RestForm | undefined;
}

export interface StreamRoute {
  readonly kind: "stream";
  readonly method: DescMethod;
  readonly isPublic: boolean;
}

/** A JSON text for programs, served to any caller with a token. */
export interface DocumentRoute {
  readonly kind: "document";
  readonly isPublic: false;
  readonly read: () => string;
}

export type Documents = Readonly<Record<string, () => string>>;

/** A page for a browser. Anyone may ask for it, and it checks by itself who does. */
export interface PageRoute {
  readonly kind: "page";
  readonly isPublic: true;
  readonly serve: ServePage;
}

export type ServePage = (request: PageRequest) => PageAnswer | Promise<PageAnswer>;

/** A request of a browser. */
export interface PageRequest {
  readonly verb: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** Names and values alternate. Includes duplicates. */
  readonly rawHeaders: readonly string[];
  readonly peer: string;
  readonly requestId: string;
  /** Empty unless the verb is POST. */
  readonly body: Buffer;
}

export interface PageAnswer {
  readonly status: number;
  /** In addition to those of every response, which they replace. */
  readonly headers: OutgoingHttpHeaders;
  readonly body: string | Uint8Array;
}

/** By path, and then by verb: GET, which also serves HEAD, and POST. */
export type Pages = Readonly<Record<string, Readonly<Partial<Record<"GET" | "POST", ServePage>>>>>;

export type Route = UnaryRoute | StreamRoute | DocumentRoute | PageRoute;

export interface PathEntry {
  readonly byVerb: ReadonlyMap<string, Route>;
  /** Value of the header `Allow`. */
  readonly allow: string;
}

export type RouteTable = ReadonlyMap<string, PathEntry>;

/**
 * All paths: `POST /package.Service/Method` for each method, those of `google.api.http` for unary methods, including
 * additional bindings, and those of documents and pages. Throws if two methods share a verb and path, and for
 * annotations that it cannot serve.
 */
export function createRouteTable(
  services: readonly ServedService[],
  documents: Documents = {},
  pages: Pages = {},
): RouteTable {
  const paths = new Map<string, Map<string, Route>>();
  const add = (verb: string, path: string, route: Route) => {
    const byVerb = paths.get(path) ?? new Map<string, Route>();
    if (byVerb.has(verb)) throw new Error(`two methods are bound to ${verb} ${path}`);
    paths.set(path, byVerb.set(verb, route));
  };
  for (const served of services) {
    for (const method of served.service.methods) addMethod(served, method, add);
  }
  for (const [path, read] of Object.entries(documents)) {
    for (const verb of ["GET", "HEAD"]) add(verb, path, { kind: "document", isPublic: false, read });
  }
  for (const [path, { GET, POST }] of Object.entries(pages)) {
    const route = { kind: "page", isPublic: true } as const;
    if (GET !== undefined) for (const verb of ["GET", "HEAD"]) add(verb, path, { ...route, serve: GET });
    if (POST !== undefined) add("POST", path, { ...route, serve: POST });
  }
  return new Map(
    [...paths].map(([path, byVerb]) => [path, { byVerb, allow: [...byVerb.keys()].toSorted().join(", ") }]),
  );
}

function addMethod(
  served: ServedService,
  method: DescMethod,
  add: (verb: string, path: string, route: Route) => void,
): void {
  const isPublic = served.isPublic(method);
  const path = createMethodUrl("/", method);
  if (method.methodKind !== "unary") {
    add("POST", path, { kind: "stream", method, isPublic });
    return;
  }
  const implemented = served.implementation[method.localName];
  if (implemented === undefined) throw new Error(`${method.parent.typeName}.${method.name} is not implemented`);
  const handler = (implemented as UnaryHandler).bind(served.implementation);
  const refusesUnknownFields = getOption(method, refuse_unknown_fields);
  const memoryOf = served.memoryOf(method);
  const route = {
    kind: "unary",
    method: method as DescMethodUnary,
    handler,
    isPublic,
    memoryOf,
    refusesUnknownFields,
  } as const;
  add("POST", path, { ...route, isRest: false, hasBody: true, restForm: undefined });
  const restForm = served.restFormOf(method);
  if (!hasOption(method, http)) return;
  const rule = getOption(method, http);
  for (const binding of [rule, ...rule.additionalBindings]) {
    const { verb, path: restPath, hasBody } = readBinding(method, binding);
    // Whatever GET serves, HEAD serves without the body.
    for (const each of verb === "GET" ? ["GET", "HEAD"] : [verb])
      add(each, restPath, { ...route, isRest: true, hasBody, restForm });
  }
}

function readBinding(method: DescMethod, rule: HttpRule): { verb: string; path: string; hasBody: boolean } {
  const { case: kind, value: path } = rule.pattern;
  if (kind === undefined || kind === "custom") throw new Error(`${method.name}: no usable HTTP verb in its annotation`);
  if (!/^(\/[a-z0-9-]+)+$/.test(path)) throw new Error(`${method.name}: only fixed paths are served, not ${path}`);
  const hasBody = rule.body === "*";
  if (!hasBody && rule.body !== "") throw new Error(`${method.name}: the body must be the whole message or nothing`);
  if (!hasBody && method.input.fields.length > 0) {
    // Fields would have to come from the query, and secrets and keys never travel in a URL.
    throw new Error(`${method.name}: a method whose request has fields needs a body`);
  }
  return { verb: kind.toUpperCase(), path, hasBody };
}
