import { setTimeout as delay } from "node:timers/promises";
import type { DescMethod, DescService, FileRegistry, Message } from "@bufbuild/protobuf";
import { Code, ConnectError, type HandlerContext, type ServiceImpl } from "@connectrpc/connect";
import { append, createEcho, type Echo } from "./echo.ts";
import type { UnaryRequest } from "./messages.ts";
import { answerBidi, answerStream } from "./streams.ts";

/** The suite's test service, each method of which does what its request says. */
export function createConformanceService(registry: FileRegistry, service: DescService): ServiceImpl<DescService> {
  const echo = createEcho(registry);
  const method = (name: string): DescMethod => {
    const found = service.method[name];
    if (found === undefined) throw new Error(`the suite has no method ${name}`);
    return found;
  };
  const unary = (name: string) => {
    const { input } = method(name);
    return (request: Message, context: HandlerContext) =>
      answer((request as Message & UnaryRequest).responseDefinition, echo(input, [request], context), context);
  };
  return {
    unary: unary("unary"),
    idempotentUnary: unary("idempotentUnary"),
    unimplemented() {
      throw new ConnectError("this method is not implemented", Code.Unimplemented);
    },
    async clientStream(requests: AsyncIterable<Message>, context: HandlerContext) {
      const received: (Message & UnaryRequest)[] = [];
      for await (const request of requests) received.push(request as Message & UnaryRequest);
      const [first] = received;
      return answer(first?.responseDefinition, echo(method("clientStream").input, received, context), context);
    },
    serverStream: (request: Message, context: HandlerContext) =>
      answerStream(request, echo(method("serverStream").input, [request], context), context),
    bidiStream: (requests: AsyncIterable<Message>, context: HandlerContext) =>
      answerBidi(requests, (received) => echo(method("bidiStream").input, received, context), context),
  } as unknown as ServiceImpl<DescService>;
}

async function answer(definition: UnaryRequest["responseDefinition"], echo: Echo, context: HandlerContext) {
  if (definition === undefined) return { payload: { requestInfo: echo.info } };
  append(context.responseHeader, definition.responseHeaders);
  append(context.responseTrailer, definition.responseTrailers);
  if (definition.responseDelayMs > 0) await delay(definition.responseDelayMs);
  const { response } = definition;
  if (response.case === "error") throw echo.errorOf(response.value, true);
  const data = response.case === "responseData" ? response.value : new Uint8Array();
  return { payload: { data, requestInfo: echo.info } };
}
