import { hasRoomForAnswer } from "../call/call-memory.ts";
import type { Budgets } from "../call/connection-memory.ts";
import type { Exchange } from "../call/exchange.ts";

/** Sends a response that is not that of a call. A client that leaves too many of them unread gets none. */
export function answerSmall(
  { budgets }: { readonly budgets: Budgets },
  exchange: Exchange,
  answer: () => void,
  bytes = 0,
): void {
  if (hasRoomForAnswer(budgets, exchange, bytes)) answer();
  else exchange.cut();
}
