import type { JsonValue, Message } from "@bufbuild/protobuf";
import type { Call } from "./call.ts";

/** Another form of the bodies of a method, on its REST paths only. */
export interface RestForm {
  /** The request as the contract has it. What has another form stays as it is, and is refused by the decoder. */
  readRequest(json: JsonValue): JsonValue;
  /** The body of the response. Throws `SecretError` for a response that this form cannot carry. */
  writeResponse(response: unknown, request: Message, call: Call | undefined): JsonValue;
}
