import { setTimeout as delay } from "node:timers/promises";
import type { Message } from "@bufbuild/protobuf";
import type { HandlerContext } from "@connectrpc/connect";
import { append, type Echo } from "./echo.ts";
import type { StreamRequest } from "./messages.ts";

type Definition = NonNullable<StreamRequest["responseDefinition"]>;

/** Sends what the request asks for; the first answer repeats what was received. */
export async function* answerStream(request: Message, echo: Echo, context: HandlerContext) {
  const definition = (request as Message & StreamRequest).responseDefinition;
  if (definition === undefined) return;
  open(definition, context);
  yield* sendAll(definition, echo);
}

async function* sendAll(definition: Definition, echo: Echo) {
  let sent = 0;
  for (const data of definition.responseData) {
    await wait(definition);
    yield { payload: sent === 0 ? { data, requestInfo: echo.info } : { data } };
    sent++;
  }
  if (definition.error !== undefined) throw echo.errorOf(definition.error, sent === 0);
}

/** In full duplex one answer to each request, and the rest at the end; else everything once all requests are there. */
export async function* answerBidi(
  requests: AsyncIterable<Message>,
  echo: (received: readonly Message[]) => Echo,
  context: HandlerContext,
) {
  const received: Message[] = [];
  let definition: Definition | undefined;
  let fullDuplex = false;
  let sent = 0;
  for await (const request of requests) {
    if (received.length === 0) {
      ({ responseDefinition: definition, fullDuplex = false } = request as Message & StreamRequest);
      if (definition !== undefined) open(definition, context);
    }
    received.push(request);
    if (!fullDuplex) continue;
    const data = definition?.responseData[sent];
    // More requests than answers: nothing is left but the error.
    if (definition === undefined || data === undefined) break;
    await wait(definition);
    yield { payload: { data, requestInfo: echo(sent === 0 ? received : [request]).info } };
    sent++;
  }
  if (definition === undefined) return;
  if (!fullDuplex) {
    yield* sendAll(definition, echo(received));
    return;
  }
  for (const data of definition.responseData.slice(sent)) {
    await wait(definition);
    yield { payload: { data } };
    sent++;
  }
  if (definition.error !== undefined) throw echo(received).errorOf(definition.error, sent === 0);
}

function open(definition: Definition, context: HandlerContext): void {
  append(context.responseHeader, definition.responseHeaders);
  append(context.responseTrailer, definition.responseTrailers);
}

async function wait({ responseDelayMs }: Definition): Promise<void> {
  if (responseDelayMs > 0) await delay(responseDelayMs);
}
