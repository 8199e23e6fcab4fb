import { expect, test } from "vitest";
import { Traffic } from "../../src/http/call/traffic.ts";

const kib = 1024;

function start(isTrusted: boolean) {
  const counted = { drops: 0 };
  const traffic = new Traffic(() => {
    counted.drops += 1;
  });
  if (isTrusted) traffic.authenticated();
  return { traffic, counted };
}

test("fault A6: a request may bring 84 KiB, and 20 KiB before a caller has shown a token", () => {
  const { traffic } = start(false);
  traffic.request();
  expect([traffic.useful, traffic.isTrusted]).toEqual([20 * kib, false]);
  traffic.authenticated();
  traffic.request();
  expect([traffic.useful, traffic.isTrusted]).toEqual([104 * kib, true]);
});

test.each([
  [false, 128],
  [true, 200],
])(
  "fault A6: the connection of a caller with a token (%s) is dropped after %i refusals in a row",
  (isTrusted, most) => {
    const { traffic, counted } = start(isTrusted);
    for (let refused = 0; refused < most; refused += 1) traffic.refused();
    expect(counted.drops).toBe(0);
    traffic.refused();
    expect(counted.drops).toBe(1);
    const other = start(isTrusted);
    for (let refused = 0; refused < most; refused += 1) other.traffic.refused();
    other.traffic.authenticated();
    for (let refused = 0; refused < 200; refused += 1) other.traffic.refused();
    expect(other.counted.drops).toBe(0);
  },
);

test("fault A6: a connection is dropped after 500 small pieces of bodies, the first eight of each not counted", () => {
  const { traffic, counted } = start(true);
  for (let body = 0; body < 1000; body += 1) for (let at = 0; at < 8; at += 1) traffic.piece(at, 1);
  for (let at = 8; at < 508; at += 1) traffic.piece(at, 63);
  expect([counted.drops, traffic.useful]).toEqual([0, 8000 + 500 * 63]);
  traffic.piece(508, 63);
  expect(counted.drops).toBe(1);
});

test("pieces of 64 bytes on average are not small", () => {
  const { traffic, counted } = start(true);
  for (let at = 8; at < 2000; at += 2) {
    traffic.piece(at, 127);
    traffic.piece(at + 1, 1);
  }
  expect(counted.drops).toBe(0);
});
