import { setTimeout as delay } from "node:timers/promises";
import { create, type DescMessage, type DescService, type FileRegistry, type Message } from "@bufbuild/protobuf";
import { anyPack } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError, type HandlerContext, type ServiceImpl } from "@connectrpc/connect";
import type { Header, UnaryRequest } from "./messages.ts";

/** The unary methods of the suite's test service, each of which does what its request says. */
export function createConformanceService(registry: FileRegistry, service: DescService): ServiceImpl<DescService> {
  const requestInfo = findMessage(registry, "connectrpc.conformance.v1.ConformancePayload.RequestInfo");
  const unary = (methodName: string) => {
    const method = service.method[methodName];
    if (method === undefined) throw new Error(`the suite has no method ${methodName}`);
    return (request: Message, context: HandlerContext) => answer(request, method.input, requestInfo, context);
  };
  return {
    unary: unary("unary"),
    idempotentUnary: unary("idempotentUnary"),
    unimplemented() {
      throw new ConnectError("this method is not implemented", Code.Unimplemented);
    },
  } as unknown as ServiceImpl<DescService>;
}

export function findMessage(registry: FileRegistry, typeName: string): DescMessage {
  const message = registry.getMessage(typeName);
  if (message === undefined) throw new Error(`the suite has no message ${typeName}`);
  return message;
}

async function answer(request: Message, input: DescMessage, infoDesc: DescMessage, context: HandlerContext) {
  const definition = (request as Message & UnaryRequest).responseDefinition;
  const timeoutMs = context.timeoutMs();
  const requestInfo = create(infoDesc, {
    requestHeaders: [...context.requestHeader].map(([name, value]) => ({ name, value: [value] })),
    requests: [anyPack(input, request)],
    ...(timeoutMs === undefined ? {} : { timeoutMs: BigInt(Math.floor(timeoutMs)) }),
  } as Record<string, unknown>);
  if (definition === undefined) return { payload: { requestInfo } };
  append(context.responseHeader, definition.responseHeaders);
  append(context.responseTrailer, definition.responseTrailers);
  if (definition.responseDelayMs > 0) await delay(definition.responseDelayMs);
  const { response } = definition;
  if (response.case === "error") {
    const { code, message = "", details } = response.value;
    const error = new ConnectError(message, code);
    error.details = details.map(({ typeUrl, value }) => ({ type: typeUrl.slice(typeUrl.lastIndexOf("/") + 1), value }));
    error.details.push({ desc: infoDesc, value: requestInfo as unknown as Record<string, unknown> });
    throw error;
  }
  const data = response.case === "responseData" ? response.value : new Uint8Array();
  return { payload: { data, requestInfo } };
}

function append(target: Headers, headers: readonly Header[]): void {
  for (const { name, value } of headers) for (const one of value) target.append(name, one);
}
