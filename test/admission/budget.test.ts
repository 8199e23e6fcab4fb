import fc from "fast-check";
import { expect, test } from "vitest";
import { createBudget, type Share } from "../../src/admission/budget.ts";
import { createRandom } from "../support/failure/random.ts";
import { checkRandom, historySeeds } from "../support/random-draws.ts";

const roomy = { totalBytes: 1000, connectionBytes: 1000, waitingOfHolder: 10, waiting: 20 };

/** One turn of the event loop. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Takes bytes, and notes what becomes of it. */
function take(share: Share, bytes: number): { state: "granted" | "waits" | "refused" } {
  const outcome: { state: "granted" | "waits" | "refused" } = { state: "waits" };
  const isTaken = share.take(bytes, (isGranted) => {
    outcome.state = isGranted ? "granted" : "refused";
  });
  if (isTaken) outcome.state = "granted";
  return outcome;
}

test("a holder alone gets half, and the rest waits until it gives something back", async () => {
  const budget = createBudget(roomy, () => 0);
  const connection = { held: 0 };
  const shares = Array.from({ length: 6 }, () => budget.open("a", connection));
  const outcomes = shares.map((share) => take(share, 100));
  expect(outcomes.map(({ state }) => state)).toEqual([...Array(5).fill("granted"), "waits"]);
  expect([budget.held, budget.waiting, connection.held]).toEqual([500, 1, 500]);
  shares[2]?.close();
  await turn();
  expect(outcomes[5]?.state).toBe("granted");
  expect([budget.held, budget.waiting]).toEqual([500, 0]);
  for (const share of shares) share.close();
  expect([budget.held, connection.held]).toEqual([0, 0]);
});

test("fault A1: greedy holders leave room for a modest one", () => {
  for (const greedy of [1, 2, 3, 10]) {
    const budget = createBudget(roomy, () => 0);
    for (let at = 0; at < greedy; at += 1) {
      for (let call = 0; call < 10; call += 1) take(budget.open(`greedy-${at}`, { held: 0 }), 40);
    }
    expect(take(budget.open("modest", { held: 0 }), 10).state, `${greedy} greedy holders`).toBe("granted");
    expect(budget.held).toBeLessThanOrEqual(1000);
  }
});

test("those who wait get their turn in order, and holders take turns", async () => {
  const budget = createBudget(roomy, () => 0);
  const first = budget.open("a", { held: 0 });
  take(first, 500);
  const order: string[] = [];
  const wait = (holder: string, name: string) =>
    budget.open(holder, { held: 0 }).take(300, (isGranted) => order.push(`${name}:${isGranted}`));
  for (const name of ["a1", "a2"]) expect(wait("a", name)).toBe(false);
  for (const name of ["b1", "b2"]) expect(wait("b", name)).toBe(false);
  first.close();
  await turn();
  await turn();
  expect(order).toEqual(["a1:true", "b1:true"]);
  expect(budget.waiting).toBe(2);
});

test("what cannot wait passes those that wait for room, if there is some for it", () => {
  const budget = createBudget(roomy, () => 0);
  take(budget.open("b", { held: 0 }), 400);
  expect(take(budget.open("a", { held: 0 }), 400).state).toBe("waits");
  const [second, refusal] = [budget.open("a", { held: 0 }), budget.open("a", { held: 0 })];
  expect(second.takeAtOnce(100)).toBe(false);
  expect(refusal.takeAhead(301)).toBe(false);
  expect(refusal.takeAhead(300)).toBe(true);
  expect([budget.held, budget.waiting]).toEqual([700, 1]);
});

test("a share that asks for more than there is gives up what it has, so that nothing blocks for ever", async () => {
  const budget = createBudget(roomy, () => 0);
  const [one, two] = [budget.open("a", { held: 0 }), budget.open("a", { held: 0 })];
  take(one, 250);
  take(two, 250);
  const outcomes = [take(one, 400), take(two, 400)];
  await turn();
  expect(outcomes.map(({ state }) => state)).toEqual(["granted", "waits"]);
  one.close();
  await turn();
  expect(outcomes[1]?.state).toBe("granted");
  expect(budget.held).toBe(400);
});

test("a full connection holds up only itself", async () => {
  const budget = createBudget({ ...roomy, connectionBytes: 200 }, () => 0);
  const [full, other] = [{ held: 0 }, { held: 0 }];
  const first = budget.open("a", full);
  take(first, 200);
  const onFull = take(budget.open("a", full), 100);
  const onOther = take(budget.open("a", other), 100);
  await turn();
  expect([onFull.state, onOther.state]).toEqual(["waits", "granted"]);
  first.close();
  await turn();
  expect(onFull.state).toBe("granted");
});

test("more than may wait are refused", async () => {
  const budget = createBudget({ ...roomy, waitingOfHolder: 2, waiting: 3 }, () => 0);
  const shares = ["a", "a", "a", "b", "b"].map((holder) => budget.open(holder, { held: 0 }));
  const outcomes = shares.map((share) => take(share, 2000));
  await turn();
  expect(outcomes.map(({ state }) => state)).toEqual(["waits", "waits", "refused", "waits", "refused"]);
  expect([budget.refused, budget.waiting, budget.held]).toEqual([2, 3, 0]);
});

test("a share that is closed while it waits is never granted", async () => {
  const budget = createBudget(roomy, () => 0);
  const first = budget.open("a", { held: 0 });
  take(first, 500);
  const [waiting, behind] = [budget.open("a", { held: 0 }), budget.open("a", { held: 0 })];
  const [left, next] = [take(waiting, 500), take(behind, 100)];
  waiting.close();
  first.set(100);
  await turn();
  expect([left.state, next.state, budget.held]).toEqual(["waits", "granted", 200]);
});

test("what is in use counts, whatever the limits are", async () => {
  const budget = createBudget(roomy, () => 0);
  const share = budget.open("a", { held: 0 });
  share.set(5000);
  expect(budget.held).toBe(5000);
  const outcome = take(budget.open("b", { held: 0 }), 1);
  expect(outcome.state).toBe("waits");
  expect(budget.open("c", { held: 0 }).takeAtOnce(1)).toBe(false);
  share.set(0);
  await turn();
  expect(outcome.state).toBe("granted");
});

test("no order of calls loses or makes bytes", async () => {
  await checkRandom(fc.asyncProperty(historySeeds, checkHistory), 5);
});

async function checkHistory(seed: string): Promise<void> {
  const budget = createBudget({ ...roomy, waiting: 1000, waitingOfHolder: 1000 }, () => 0);
  const connections = [{ held: 0 }, { held: 0 }];
  const { below: random } = createRandom(seed);
  const shares = Array.from({ length: 40 }, (_, at) =>
    budget.open(`holder-${at % 5}`, connections[at % 2] ?? { held: 0 }),
  );
  for (let round = 0; round < 1000; round += 1) {
    const share = shares[random(shares.length)];
    if (share === undefined) continue;
    share.close();
    if (random(3) > 0) share.take(random(300), () => {});
    if (random(4) === 0) await turn();
    const sum = shares.reduce((all, { bytes }) => all + bytes, 0);
    expect(budget.held).toBe(sum);
    expect(sum).toBeLessThanOrEqual(1000);
    expect(connections.reduce((all, { held }) => all + held, 0)).toBe(sum);
  }
  for (const share of shares) share.close();
  expect([budget.held, budget.waiting]).toEqual([0, 0]);
}

test("fault A6: shares that wait are granted in several turns, and their holders take turns", async () => {
  let nowMs = 0;
  const budget = createBudget({ ...roomy, waitingOfHolder: 100, waiting: 100 }, () => nowMs);
  const blocker = budget.open("blocker", { held: 0 });
  take(blocker, 500);
  const order: string[] = [];
  const call = (holder: string) => {
    const share = budget.open(holder, { held: 0 });
    const isAtOnce = share.take(300, () => {
      order.push(holder);
      nowMs += 3;
      share.close();
    });
    expect(isAtOnce).toBe(false);
  };
  for (let at = 0; at < 10; at += 1) call("greedy");
  call("modest");
  blocker.close();
  await turn();
  expect(order).toEqual(["greedy", "modest", "greedy"]);
  while (budget.waiting > 0) await turn();
  expect(order).toHaveLength(11);
});
