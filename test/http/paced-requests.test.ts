import { setImmediate as turn } from "node:timers/promises";
import { expect, it } from "vitest";
import type { Exchange } from "../../src/http/call/exchange.ts";
import type { Connection } from "../../src/http/connection/connection.ts";
import { paceRequests } from "../../src/http/connection/paced-requests.ts";

/** What is looked at of a request: who sent it, and over which connection. */
const requestOf = (user: string) => ({ headers: { authorization: `Bearer ${user}` } }) as unknown as Exchange;
const connectionOf = (owner: object, isNearCaller: boolean) => ({ owner, isNearCaller }) as unknown as Connection;

it("threat 250: users take turns, however many connections one of them has", async () => {
  const requests = paceRequests((authorization) => authorization?.replace("Bearer ", "default/"));
  const order: string[] = [];
  const run = (user: string) =>
    requests.run(connectionOf({}, true), requestOf(user), () => {
      order.push(user);
      // The rest of the turn is used up.
      for (const end = performance.now() + 9; performance.now() < end; );
    });
  for (let call = 0; call < 60; call += 1) expect(run("greedy")).toBe(true);
  run("modest");
  while (!order.includes("modest")) await turn();
  expect(order.indexOf("modest")).toBeLessThan(20);
});

it("threat 250: tokens that were never valid do not make strangers with one address into many", async () => {
  const requests = paceRequests(() => undefined);
  const network = {};
  let started = 0;
  const entered = Array.from({ length: 400 }, (_, at) =>
    requests.run(connectionOf(network, false), requestOf(`guess-${at}`), () => {
      started += 1;
    }),
  );
  expect(entered.filter((isEntered) => !isEntered).length).toBeGreaterThan(0);
  while (started < entered.filter(Boolean).length) await turn();
});
