import { create, type DescMessage, type FileRegistry, type Message } from "@bufbuild/protobuf";
import { anyPack } from "@bufbuild/protobuf/wkt";
import { ConnectError, type HandlerContext } from "@connectrpc/connect";
import type { Header, WantedError } from "./messages.ts";

/** What is sent back about a call. */
export interface Echo {
  readonly info: Message;
  /** The error that was asked for. `withInfo`: what is sent back is in its details. */
  errorOf(wanted: WantedError, withInfo: boolean): ConnectError;
}

export type EchoCall = (input: DescMessage, requests: readonly Message[], context: HandlerContext) => Echo;

export function createEcho(registry: FileRegistry): EchoCall {
  const desc = findMessage(registry, "connectrpc.conformance.v1.ConformancePayload.RequestInfo");
  return (input, requests, context) => {
    const timeoutMs = context.timeoutMs();
    const info = create(desc, {
      requestHeaders: [...context.requestHeader].map(([name, value]) => ({ name, value: [value] })),
      requests: requests.map((request) => anyPack(input, request)),
      ...(timeoutMs === undefined ? {} : { timeoutMs: BigInt(Math.floor(timeoutMs)) }),
    } as Record<string, unknown>);
    return {
      info,
      errorOf({ code, message = "", details }, withInfo) {
        const error = new ConnectError(message, code);
        error.details = details.map(({ typeUrl, value }) => ({
          type: typeUrl.slice(typeUrl.lastIndexOf("/") + 1),
          value,
        }));
        if (withInfo) error.details.push({ desc, value: info as unknown as Record<string, unknown> });
        return error;
      },
    };
  };
}

export function findMessage(registry: FileRegistry, typeName: string): DescMessage {
  const message = registry.getMessage(typeName);
  if (message === undefined) throw new Error(`the suite has no message ${typeName}`);
  return message;
}

export function append(target: Headers, headers: readonly Header[]): void {
  for (const { name, value } of headers) for (const one of value) target.append(name, one);
}
