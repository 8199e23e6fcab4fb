import { createSecretKey } from "node:crypto";
import { expect, test } from "vitest";
import { chainStartMac } from "../../src/audit/chain.ts";
import { createChainStarts } from "../../src/audit/chain-start.ts";

const auditKey = createSecretKey(Buffer.alloc(32, 5));

test("a process starts one chain in each sink, under ids of their own", () => {
  const { changes, access } = createChainStarts(auditKey, "p1", 1_000);
  expect(changes).toMatchObject({ chain: "p1.changes", sink: "changes", startedAtMs: 1_000 });
  expect(access).toMatchObject({ chain: "p1.access", sink: "access", startedAtMs: 1_000 });
  expect(Buffer.from(changes.mac)).toEqual(chainStartMac(auditKey, "p1.changes", "changes", 1_000));
  expect(Buffer.from(access.mac)).toEqual(chainStartMac(auditKey, "p1.access", "access", 1_000));
  expect(access.mac.buffer.byteLength).toBe(access.mac.byteLength);
});
