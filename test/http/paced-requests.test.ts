import { Socket } from "node:net";
import { setImmediate as turn } from "node:timers/promises";
import { expect, it } from "vitest";
import type { Exchange } from "../../src/http/call/exchange.ts";
import { Connection, Network } from "../../src/http/connection/connection.ts";
import { connectionLimits } from "../../src/http/connection/connection-limits.ts";
import { paceRequests } from "../../src/http/connection/paced-requests.ts";
import { findProbableUser } from "../../src/http/connection/probable-user.ts";
import { caller } from "../support/http/fixture.ts";

/** What is looked at of a request: who sent it, and from where if over a proxy. */
function requestOf(token: string, { peer = "", closers = [] as (() => void)[] } = {}): Exchange {
  const headers = { authorization: `Bearer ${token}` };
  const onceClosed = (listener: () => void) => closers.push(listener);
  return { url: "/", headers, peer, onceClosed } as unknown as Exchange;
}

function connectionOf(network: Network, user?: string, isProxy = false): Connection {
  const from = { address: network.name, network, isProxy, onMisconduct() {} };
  const connection = new Connection(new Socket(), from);
  if (user !== undefined) connection.authenticated({ ...caller, slug: user });
  return connection;
}

const networkAt = (at: number) => new Network(`192.0.2.${at}`);

const userOf = findProbableUser((authorization) =>
  authorization?.startsWith("Bearer user-") ? authorization.replace("Bearer user-", "default/") : undefined,
);

/** So long that no more than the least starts in this turn. */
function work(): void {
  for (const end = performance.now() + 9; performance.now() < end; );
}

it("threat 250: users take turns, however many connections one of them has", async () => {
  const requests = paceRequests(userOf);
  const order: string[] = [];
  const run = (user: string) =>
    requests.run(connectionOf(networkAt(1), "other"), requestOf(`user-${user}`), () => {
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
  const network = networkAt(1);
  const guess = (at: number) =>
    requests.run(connectionOf(network), requestOf(`guess-${at}`), () => {
      order.push("guess");
      work();
    });
  for (let at = 0; at < 100; at += 1) guess(at);
  for (let call = 0; call < 20; call += 1) {
    requests.run(connectionOf(networkAt(2)), requestOf("user-modest"), () => {
      order.push("modest");
      work();
    });
  }
  while (order.filter((who) => who === "modest").length < 20) await turn();
  // Of a hundred owners, each would come before the second request of the user.
  expect(order.length).toBeLessThan(80);
});

it.each([
  ["strangers with one address", "guess", undefined, "too-many-of-strangers"],
  ["a user", "user-greedy", undefined, "too-many-of-user"],
  // With a session or a new token, for instance.
  ["a user whose credentials are only known to their connections", "guess", "greedy", "too-many-of-user"],
] as const)("threat 250: more requests of %s than may wait are not entered", async (_who, token, user, expected) => {
  const requests = paceRequests(userOf);
  const network = networkAt(1);
  let started = 0;
  const run = (which: string, from: Network, by?: string) =>
    requests.run(connectionOf(from, by), requestOf(which), () => {
      started += 1;
    });
  const entries = Array.from({ length: 1200 }, () => run(token, network, user));
  expect(new Set(entries)).toEqual(new Set(["entered", expected]));
  // One alone may have half of the room. Those that began at once do not count.
  const waiting = entries.filter((entry) => entry === "entered").length - started;
  expect(waiting).toBe(512);
  expect(connectionLimits.waitingRequests).toBe(1024);
  // Another one of the same kind has room, and so has everyone of the other kind.
  expect(run("guess", networkAt(2))).toBe("entered");
  expect(run("user-modest", networkAt(2))).toBe("entered");
  const entered = entries.filter((entry) => entry === "entered").length + 2;
  while (started < entered) await turn();
});

it.each([
  ["a stranger", "guess", "no-room-for-strangers"],
  ["a user", "user-modest", "no-room-for-user"],
] as const)(
  "threat 250: %s without room because of others gets another refusal than for their own",
  (_who, token, expected) => {
    const requests = paceRequests(userOf);
    for (let at = 0; at < 1200; at += 1) {
      const one = token === "guess" ? "guess" : `user-${at}`;
      requests.run(connectionOf(new Network(`2001:db8:${at}::`)), requestOf(one), () => {});
    }
    expect(requests.run(connectionOf(networkAt(1)), requestOf(token), () => {})).toBe(expected);
  },
);

it("threat 250: what comes without a valid token over a proxy has no room of users, and counts for its address", () => {
  const requests = paceRequests(userOf);
  const proxy = connectionOf(networkAt(1), "alice", true);
  const run = (token: string, peer: string) => requests.run(proxy, requestOf(token, { peer }), () => {});
  const entries = Array.from({ length: 1200 }, () => run("guess", "192.0.2.7"));
  expect(new Set(entries)).toEqual(new Set(["entered", "too-many-of-strangers"]));
  expect(run("guess", "192.0.2.8")).toBe("entered");
  expect(run("user-alice", "192.0.2.7")).toBe("entered");
});

it("threat 250: requests whose clients are gone hold no places", () => {
  const requests = paceRequests(userOf);
  const closers: (() => void)[] = [];
  const run = () => requests.run(connectionOf(networkAt(1)), requestOf("user-greedy", { closers }), () => {});
  while (run() === "entered");
  for (const close of closers) close();
  expect(Array.from({ length: 512 }, run)).not.toContain("too-many-of-user");
});

it("threat 250: requests that wait, or are refused with an answer, count as requests of their connection", () => {
  const requests = paceRequests(userOf);
  const connection = connectionOf(networkAt(1));
  const one = connectionOf(networkAt(1));
  requests.run(one, requestOf("user-greedy"), () => {});
  for (let call = 0; call < 1200; call += 1) requests.run(connection, requestOf("user-greedy"), () => {});
  expect(connection.traffic.useful).toBe(1200 * one.traffic.useful);
  expect(one.traffic.useful).toBeGreaterThan(0);
});
