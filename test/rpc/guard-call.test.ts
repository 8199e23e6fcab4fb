import { Code, ConnectError } from "@connectrpc/connect";
import { expect, test } from "vitest";
import type { Call } from "../../src/http/call/call.ts";
import { type RefusalOptions, settleRefusal } from "../../src/rpc/guard-call.ts";
import { callOf } from "../support/secrets/core.ts";

const method = { name: "inviteUser", action: "user.invite" };

async function loggedFor(caught: unknown): Promise<readonly unknown[]> {
  const logged: unknown[] = [];
  const context = {
    accessLog: { record: async () => undefined },
    now: () => 0,
  } as unknown as RefusalOptions["context"];
  const logError = (_call: Call, _method: string, error: unknown) => void logged.push(error);
  await settleRefusal({ context, logError }, callOf({ slug: "alice" }) as Call, method, caught);
  return logged;
}

test("a method that this version does not have is not an error of the service, so callers cannot fill its log with it", async () => {
  expect(await loggedFor(new ConnectError("not there yet", Code.Unimplemented))).toEqual([]);
});

test("an error that the caller must not see is logged", async () => {
  const error = new TypeError("a mistake");
  expect(await loggedFor(error)).toEqual([error]);
});
