import { describe, expect, test } from "vitest";
import { limitCalls, networkOf } from "../../src/admission/admission.ts";
import { SecretError } from "../../src/error.ts";
import type { Authenticator, CredentialKind } from "../../src/identity/authenticate.ts";
import type { Caller } from "../../src/rules/caller.ts";

const alice: Caller = {
  tenant: "default",
  slug: "alice",
  roles: [],
  admin: false,
  operator: false,
  grants: [],
  tokenId: "tok_1",
  tokenExpireAtMs: 0,
};

/** Credentials are "TENANT/SLUG/TOKEN"; those with the token "bad" are refused, and so are malformed ones. */
function start(limits: { callsPerMinute?: number; failuresPerMinute?: number }) {
  const state = {
    nowMs: 1_000_000,
    refused: [] as string[],
    limited: [] as string[],
    recent: new Set<string>(),
    lookUps: 0,
    open: 0,
    mostOpen: 0,
    gate: undefined as Promise<void> | undefined,
  };
  const authenticator = limitCalls({
    callsPerMinute: undefined,
    failuresPerMinute: undefined,
    ...limits,
    monotonicMs: () => state.nowMs,
    onRefused: (peer) => state.refused.push(peer),
    onLimited: ({ tenant, slug }) => state.limited.push(`${tenant}/${slug}`),
    createAuthenticator: (onRefused): Authenticator => ({
      async authenticate(authorization = "", peer) {
        state.lookUps += 1;
        state.open += 1;
        state.mostOpen = Math.max(state.mostOpen, state.open);
        await state.gate;
        state.open -= 1;
        const [tenant = "", slug = "", token] = authorization.split("/");
        if (token === "down") throw new SecretError({ reason: "ISSUER_UNAVAILABLE", message: "down" });
        if (token !== undefined && token !== "bad") return { ...alice, tenant, slug };
        onRefused(peer);
        throw new SecretError({ reason: "UNAUTHENTICATED", message: "refused" });
      },
      userOf: () => undefined,
      kindOf(authorization = ""): CredentialKind {
        if (state.recent.has(authorization)) return "recent";
        const token = authorization.split("/")[2];
        if (token === undefined) return "malformed";
        return token.startsWith("jwt") ? "jwt" : "token";
      },
      forget() {},
    }),
  });
  const reasonOf = async (credentials: string, peer = "192.0.2.1"): Promise<string> => {
    try {
      return (await authenticator.authenticate(credentials, peer)).slug;
    } catch (error) {
      if (!(error instanceof SecretError)) throw error;
      const { reason, retryAfterSeconds } = error.failures[0];
      return retryAfterSeconds === undefined ? reason : `${reason} ${retryAfterSeconds}`;
    }
  };
  return { state, authenticator, reasonOf };
}

describe("calls of a principal", () => {
  test("are limited together, whatever token and address they come with", async () => {
    const { state, reasonOf } = start({ callsPerMinute: 2 });
    expect(await reasonOf("default/alice/1")).toBe("alice");
    expect(await reasonOf("default/alice/2", "192.0.2.2")).toBe("alice");
    expect(await reasonOf("default/alice/3")).toBe("RATE_LIMITED 30");
    expect(state.limited).toEqual(["default/alice"]);
    expect(state.refused).toEqual([]);
    state.nowMs += 30_000;
    expect(await reasonOf("default/alice/1")).toBe("alice");
  });

  test("do not count for those of others, in the same tenant or under the same slug", async () => {
    const { reasonOf } = start({ callsPerMinute: 1 });
    for (const who of ["default/alice/1", "default/bob/1", "other/alice/1"])
      expect(await reasonOf(who)).not.toMatch(/^RATE/);
    expect(await reasonOf("other/alice/1")).toMatch(/^RATE/);
  });

  test("do not count when their token is refused", async () => {
    const { reasonOf } = start({ callsPerMinute: 1 });
    for (let i = 0; i < 5; i += 1) expect(await reasonOf("default/alice/bad")).toBe("UNAUTHENTICATED");
    expect(await reasonOf("default/alice/1")).toBe("alice");
  });
});

describe("failures of an address", () => {
  test("fault A4: limit its bad credentials, and no valid one", async () => {
    const { state, reasonOf } = start({ failuresPerMinute: 3 });
    for (let i = 0; i < 3; i += 1) expect(await reasonOf("default/alice/bad")).toBe("UNAUTHENTICATED");
    expect(await reasonOf("default/alice/bad")).toBe("RATE_LIMITED 20");
    for (let i = 0; i < 20; i += 1) expect(await reasonOf(`default/alice/${i}`)).toBe("alice");
    expect(await reasonOf("default/alice/jwt")).toBe("alice");
    expect(await reasonOf("default/alice/bad")).toBe("RATE_LIMITED 20");
    expect(state.refused).toHaveLength(5);
    state.nowMs += 20_000;
    expect(await reasonOf("default/alice/bad")).toBe("UNAUTHENTICATED");
    expect(await reasonOf("default/alice/bad")).toBe("RATE_LIMITED 20");
  });

  test("do not limit other addresses", async () => {
    const { reasonOf } = start({ failuresPerMinute: 1 });
    await reasonOf("default/alice/bad");
    expect(await reasonOf("default/alice/bad", "192.0.2.2")).toBe("UNAUTHENTICATED");
  });

  test("are those of a whole network with IPv6", async () => {
    const { reasonOf } = start({ failuresPerMinute: 1 });
    await reasonOf("default/alice/bad", "2001:db8::1");
    expect(await reasonOf("default/alice/bad", "2001:db8::ffff:0:1")).toMatch(/^RATE/);
    expect(await reasonOf("default/alice/bad", "2001:db8:0:1::1")).toBe("UNAUTHENTICATED");
  });

  test("fault A4: malformed credentials are not looked up beyond the limit, and other failures stay what they are", async () => {
    const { state, reasonOf } = start({ failuresPerMinute: 1 });
    await reasonOf("default/alice/bad");
    const before = state.lookUps;
    expect(await reasonOf("malformed")).toBe("RATE_LIMITED 60");
    expect(state.lookUps).toBe(before);
    expect(await reasonOf("default/alice/down")).toBe("ISSUER_UNAVAILABLE");
  });

  test("fault A4: a flood of well-formed tokens is looked up a few at a time, and the number that waits is limited", async () => {
    const { state, reasonOf } = start({ failuresPerMinute: 1 });
    await reasonOf("default/alice/bad");
    const gate = Promise.withResolvers<void>();
    state.gate = gate.promise;
    const flood = Array.from({ length: 1_016 }, () => reasonOf("default/mallory/bad"));
    const lookUps = state.lookUps;
    expect(await reasonOf("default/alice/1")).toBe("RATE_LIMITED 60");
    expect(state.lookUps).toBe(lookUps);
    // Those that were valid a moment ago, and those of the other kind, do not wait behind them.
    state.recent.add("default/bob/1");
    const others = [reasonOf("default/bob/1"), reasonOf("default/carol/jwt")];
    gate.resolve();
    expect(await Promise.all(others)).toEqual(["bob", "carol"]);
    expect(new Set(await Promise.all(flood))).toEqual(new Set(["RATE_LIMITED 60"]));
    expect(state.mostOpen).toBeLessThanOrEqual(18);
    expect(await reasonOf("default/alice/1")).toBe("alice");
  });
});

test("a call that goes on counts once", async () => {
  const { authenticator, reasonOf } = start({ callsPerMinute: 2 });
  for (let i = 0; i < 10; i += 1) await authenticator.recheck("default/alice/1", "192.0.2.1");
  expect(await reasonOf("default/alice/1")).toBe("alice");
});

test("without limits everyone is let through", async () => {
  const { reasonOf } = start({});
  for (let i = 0; i < 1_000; i += 1) await reasonOf("default/alice/bad");
  expect(await reasonOf("default/alice/1")).toBe("alice");
});

test.each([
  ["192.0.2.1", "192.0.2.1"],
  ["::ffff:192.0.2.1", "::ffff:192.0.2.1"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["2001:db8::1", "2001:db8:0:0::/64"],
  ["2001:db8:1:2::", "2001:db8:1:2::/64"],
  ["::1", "0:0:0:0::/64"],
  ["fe80::1%eth0", "fe80:0:0:0::/64"],
  ["in-memory", "in-memory"],
  ["", ""],
])("the network of %s is %s", (address, network) => {
  expect(networkOf(address)).toBe(network);
});
