import { type DescMethod, type FileRegistry, getOption, hasOption } from "@bufbuild/protobuf";
import { http } from "../../gen/google/api/annotations_pb.ts";
import { at, createCommentReader, type ReadComment } from "./comments.ts";
import {
  type Answer,
  createErrorAnswers,
  type ErrorAnswers,
  errorSchema,
  type Reference,
  requestIdHeader,
} from "./errors.ts";
import { schemaName } from "./names.ts";
import { reference, type Schema, schemasOf } from "./schemas.ts";

export interface Operation {
  readonly operationId: string;
  readonly security?: readonly never[];
  readonly requestBody?: { readonly content: { readonly "application/json": { readonly schema: Schema } } };
  readonly responses: Readonly<Record<string, Answer | Reference>>;
}

export interface Header {
  readonly description: string;
  readonly required?: boolean;
  readonly schema: Schema;
}

export interface OpenApi {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly headers: Readonly<Record<string, Header>>;
    readonly responses: Readonly<Record<string, Answer>>;
    readonly schemas: Readonly<Record<string, Schema>>;
  };
}

const introduction = `Configuration secrets for many tenants. These paths are the same methods as those of the gRPC services, and every
unary method can also be called as Connect: \`POST /secret.v1.SecretService/ListSecrets\`, with the same bodies. Streams
(\`WatchSecrets\`, \`VerifyAudit\`, \`RotateKeys\`) have no path here.

Unknown fields in requests are errors. The limits of requests are those of the service, with one difference: JSON Schema counts
characters where the service counts bytes, so a text with characters outside ASCII may be refused although it is shorter than
\`maxLength\`. An optional field that is empty is the same as one that is left out. Responses include fields that have their
default value. Later versions may add fields to responses, values to enums, and raise limits. Keys and values are never in a URL.`;

/**
 * Describes the paths in the annotations of the contract as OpenAPI 3.1. The comment of a method says which codes it
 * may end with and whether it needs a token. Tests compare this with the running service.
 */
export function createDocument(registry: FileRegistry, version: string): OpenApi {
  const files = [...registry.files].filter(({ proto }) => proto.package === "secret.v1");
  const comment = createCommentReader(files);
  const services = files.flatMap((file) => file.services);
  const bound = services.flatMap(({ methods }) => methods.filter((method) => hasOption(method, http)));
  const errorDetail = registry.getMessage("secret.v1.ErrorDetail");
  if (errorDetail === undefined) throw new Error("the contract has no ErrorDetail");
  const errors = createErrorAnswers();
  const paths = { ...pathsOf(bound, comment, errors), ...ownPaths(errors) };
  return {
    openapi: "3.1.0",
    ...({
      info: {
        title: "secret-svc",
        version,
        description: introduction.replaceAll(/(?<!\n)\n(?!\n)/g, " "),
        license: { name: "Apache-2.0", identifier: "Apache-2.0" },
      },
      servers: [{ url: "/", description: "The service that serves this document." }],
      security: [{ token: [] }],
      tags: services
        .filter(({ methods }) => methods.some((method) => bound.includes(method)))
        .map((service) => ({
          name: service.name,
          description: comment(service.file, at.service, service.file.services.indexOf(service)),
        })),
    } as object),
    paths,
    components: {
      ...({
        securitySchemes: {
          token: {
            type: "http",
            scheme: "bearer",
            description: "A token of the service, or a JWT of an issuer it trusts.",
          },
        },
      } as object),
      headers: {
        RequestId: { description: "Names the call in the audit log.", required: true, schema: { type: "string" } },
        Challenge: { description: "`Bearer`.", required: true, schema: { type: "string" } },
        RetryAfter: { description: "Seconds to wait.", schema: { type: "string", pattern: "^[0-9]+$" } },
      },
      responses: errors.described,
      schemas: { ...schemasOf(bound, errorDetail, comment), Error: errorSchema },
    },
  };
}

function pathsOf(methods: readonly DescMethod[], comment: ReadComment, errors: ErrorAnswers): OpenApi["paths"] {
  const paths: Record<string, Record<string, Operation>> = {};
  for (const method of methods) {
    const rule = getOption(method, http);
    for (const [index, { pattern, body }] of [rule, ...rule.additionalBindings].entries()) {
      if (pattern.case === undefined || pattern.case === "custom") throw new Error(`${method.name} has no usable verb`);
      const operationId = index === 0 ? method.localName : `${method.localName}${index + 1}`;
      const path = paths[pattern.value] ?? {};
      path[pattern.case] = operationOf(method, { operationId, hasBody: body === "*", comment, errors });
      paths[pattern.value] = path;
    }
  }
  return paths;
}

function operationOf(
  method: DescMethod,
  options: {
    readonly operationId: string;
    readonly hasBody: boolean;
    readonly comment: ReadComment;
    readonly errors: ErrorAnswers;
  },
): Operation {
  const { operationId, hasBody, comment, errors } = options;
  const { file } = method.parent;
  const description = comment(
    file,
    ...[at.service, file.services.indexOf(method.parent)],
    ...[at.serviceMethod, method.parent.methods.indexOf(method)],
  );
  const isPublic = /\bNeeds no token\b/.test(description);
  const request = { content: { "application/json": { schema: reference(schemaName(method.input.name)) } } };
  return {
    operationId,
    ...({ tags: [method.parent.name], description } as object),
    ...(isPublic ? { security: [] } : {}),
    ...(hasBody ? { requestBody: request } : {}),
    responses: {
      200: {
        description: "It was done.",
        headers: requestIdHeader,
        content: { "application/json": { schema: reference(schemaName(method.output.name)) } },
      },
      ...errors.of(description, { hasBody, isPublic }),
    },
  };
}

const text = (description: string): Answer => ({
  description,
  headers: requestIdHeader,
  content: { "text/plain; charset=utf-8": { schema: { type: "string" } } },
});

/** What the service serves in addition to its methods. */
const ownPaths = (errors: ErrorAnswers): OpenApi["paths"] => ({
  "/healthz": {
    get: { operationId: "healthz", security: [], responses: { 200: text("The process answers. Needs no token.") } },
  },
  "/readyz": {
    get: {
      operationId: "readyz",
      security: [],
      responses: { 200: text("Calls can be served. Needs no token."), 503: text("Not now.") },
    },
  },
  "/openapi.json": {
    get: {
      operationId: "openapi",
      responses: {
        200: {
          description: "This document.",
          headers: requestIdHeader,
          content: { "application/json": { schema: { type: "object", additionalProperties: {} } } },
        },
        ...errors.of("", { hasBody: false, isPublic: false }),
      },
    },
  },
});
