import { setImmediate as turn } from "node:timers/promises";
import { expect, it } from "vitest";
import type { Exchange } from "../../src/http/call/exchange.ts";
import type { Connection } from "../../src/http/connection/connection.ts";
import { paceRequests } from "../../src/http/connection/paced-requests.ts";

/** What is looked at of a request: who sent it, and over which connection. */
const requestOf = (token: string) => ({ headers: { authorization: `Bearer ${token}` } }) as unknown as Exchange;
const connectionOf = (owner: object, isCaller: boolean) => ({ owner, isCaller }) as unknown as Connection;

const userOf = (authorization: string | undefined) =>
  authorization?.startsWith("Bearer user-") ? authorization.replace("Bearer user-", "default/") : undefined;

/** So long that no more than the least starts in this turn. */
function work(): void {
  for (const end = performance.now() + 9; performance.now() < end; );
}

it("threat 250: users take turns, however many connections one of them has", async () => {
  const requests = paceRequests(userOf);
  const order: string[] = [];
  const run = (user: string) =>
    requests.run(connectionOf({}, true), requestOf(`user-${user}`), () => {
      order.push(user);
      work();
    });
  for (let call = 0; call < 60; call += 1) expect(run("greedy")).toBe("entered");
  run("modest");
  while (!order.includes("modest")) await turn();
  expect(order.indexOf("modest")).toBeLessThan(20);
});

it("threat 250: guessed tokens on a hundred connections do not count as a hundred users", async () => {
  const requests = paceRequests(userOf);
  const order: string[] = [];
  const network = {};
  const guess = (at: number) =>
    requests.run(connectionOf(network, false), requestOf(`guess-${at}`), () => {
      order.push("guess");
      work();
    });
  for (let at = 0; at < 100; at += 1) guess(at);
  for (let call = 0; call < 20; call += 1) {
    requests.run(connectionOf({}, true), requestOf("user-modest"), () => {
      order.push("modest");
      work();
    });
  }
  while (order.filter((who) => who === "modest").length < 20) await turn();
  // Of a hundred owners, each would come before the second request of the user.
  expect(order.length).toBeLessThan(80);
});

it.each([
  ["strangers with one address", "guess", "too-many-of-strangers"],
  ["a user", "user-greedy", "too-many-of-user"],
] as const)("threat 250: more requests of %s than may wait are not entered", async (_who, token, expected) => {
  const requests = paceRequests(userOf);
  const network = {};
  let started = 0;
  const run = (which: string, owner = network) =>
    requests.run(connectionOf(owner, false), requestOf(which), () => {
      started += 1;
    });
  const entries = Array.from({ length: 1200 }, () => run(token));
  expect(new Set(entries)).toEqual(new Set(["entered", expected]));
  // Another one of the same kind has room, and so has everyone of the other kind.
  expect(run(token === "guess" ? "guess" : "user-modest", {})).toBe("entered");
  expect(run(token === "guess" ? "user-modest" : "guess", {})).toBe("entered");
  const entered = entries.filter((entry) => entry === "entered").length + 2;
  while (started < entered) await turn();
});
