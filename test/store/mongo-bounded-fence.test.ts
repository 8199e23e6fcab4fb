import { describe, expect, it, test } from "vitest";
import { createBoundedFence, staleMaxMs } from "../../src/store/mongo/read/bounded-fence.ts";

/** A primary, the clocks of a machine, and a fence between them. */
function aFence() {
  const clock = { monotonicMs: 10_000, wallMs: 1_000_000 };
  const pass = (ms: number) => {
    clock.monotonicMs += ms;
    clock.wallMs += ms;
  };
  const primary = { election: "e1" as string | undefined, written: 1, failure: undefined as Error | undefined };
  const log: string[] = [];
  const known = { election: "e1" };
  const watch = {
    term: 1,
    changedAtMs: -Infinity,
    epoch: 1,
    epochChangedAtMs: -Infinity,
    isOfElection(election: string | undefined) {
      if (election === undefined || election === known.election) return election !== undefined;
      known.election = election;
      watch.epoch += 1;
      return false;
    },
  };
  const write = async () => {
    log.push("write");
    if (primary.failure !== undefined) throw primary.failure;
    return { electionId: primary.election, n: primary.written };
  };
  const fence = createBoundedFence({ watch, writeToMajority: write, moment: () => ({ ...clock }) });
  const read = () =>
    fence.read(async () => {
      log.push("read");
      return watch.epoch;
    });
  return { clock, pass, primary, log, watch, fence, write, read };
}

const lost = new Error("no majority");

describe("threat 301: a read is at most half a second older than what others have acknowledged", () => {
  it("waits for a proof before its query is sent", async () => {
    const { log, read } = aFence();
    await Promise.all([read(), read()]);
    await read();
    expect(log).toEqual(["write", "read", "read", "read"]);
  });

  it("needs no proof of its own while one is new enough, and has the next one made at the same time", async () => {
    const { log, pass, read } = aFence();
    await read();
    pass(250);
    await read();
    expect(log).toEqual(["write", "read", "read"]);
    pass(1);
    await read();
    expect(log).toEqual(["write", "read", "read", "write", "read"]);
  });

  it.each([0, 1])("is not let out when the newest proof began longer before it: bound + %i ms", async (more) => {
    const { pass, primary, read } = aFence();
    await read();
    primary.failure = lost;
    pass(staleMaxMs + more);
    if (more === 0) expect(await read()).toBe(1);
    else await expect(read()).rejects.toThrow("no majority");
  });

  it("counts a proof from before it was sent, and a read from before its query was", async () => {
    const { pass, primary, fence, log } = aFence();
    await fence.proving(async () => {
      pass(staleMaxMs + 1);
      return { electionId: "e1", n: 1 };
    });
    primary.failure = lost;
    await expect(fence.read(async () => "stale")).rejects.toThrow("no majority");
    expect(log.every((entry) => entry === "write")).toBe(true);
  });

  it("is stricter by the clock that went on: of a machine that was suspended, or whose clock was set", async () => {
    const suspended = aFence();
    await suspended.read();
    suspended.clock.wallMs += 3_600_000;
    suspended.primary.failure = lost;
    await expect(suspended.read()).rejects.toThrow("no majority");
    const setBack = aFence();
    await setBack.read();
    setBack.clock.wallMs -= 3_600_000;
    setBack.clock.monotonicMs += staleMaxMs + 1;
    setBack.primary.failure = lost;
    await expect(setBack.read()).rejects.toThrow("no majority");
  });

  it("takes batches of records as proofs, but none that wrote nothing", async () => {
    const { fence, log, pass, primary, read } = aFence();
    await fence.proving(async () => ({ electionId: "e1", n: 3 }));
    await read();
    expect(log).toEqual(["read"]);
    pass(staleMaxMs + 1);
    primary.failure = lost;
    await fence.proving(async () => ({ electionId: "e1", n: 0 }));
    await expect(read()).rejects.toThrow("no majority");
  });

  it("is sent again when a connection was lost meanwhile, after another proof", async () => {
    const { fence, log, watch } = aFence();
    let attempts = 0;
    const result = await fence.read(async () => {
      attempts += 1;
      log.push("read");
      if (attempts === 1) watch.epoch += 1;
      return attempts;
    });
    expect(result).toBe(2);
    expect(log).toEqual(["write", "read", "write", "read"]);
  });

  it("is sent again when a reply names another election before the topology does", async () => {
    const { fence, log, pass, primary, read } = aFence();
    await read();
    pass(staleMaxMs + 1);
    primary.election = "e2";
    await fence.read(async () => log.push("read"));
    expect(log.slice(2)).toEqual(["write", "read", "write", "read"].slice(0, log.length - 2));
    expect(log.filter((entry) => entry === "read")).toHaveLength(3);
  });

  it("is refused while the primary changes without end, and where no elections are named", async () => {
    const { fence, watch, primary, read } = aFence();
    await expect(fence.read(async () => (watch.epoch += 1))).rejects.toThrow("keeps changing");
    primary.election = undefined;
    await expect(read()).rejects.toThrow("set SECRET_SVC_AUDIT_SYNC=full");
  });
});

describe("threat 306: what can be read only once", () => {
  it("leaves with a proof from before it was asked for and one that is new enough when it came", async () => {
    const { fence, log, pass, primary } = aFence();
    const next = () =>
      fence.readOnce(async () => {
        log.push("read");
        pass(staleMaxMs + 1);
        return "event";
      });
    expect(await next()).toBe("event");
    expect(log).toEqual(["write", "read", "write"]);
    primary.failure = lost;
    await expect(next()).rejects.toThrow("no majority");
  });

  it("is refused when another election shows meanwhile, and not asked for again", async () => {
    const { fence, log, watch } = aFence();
    const next = fence.readOnce(async () => {
      log.push("read");
      watch.epoch += 1;
      return "event";
    });
    await expect(next).rejects.toThrow("keeps changing");
    expect(log).toEqual(["write", "read"]);
  });

  it("costs nothing while nothing comes", async () => {
    const { fence, log, pass } = aFence();
    await fence.readOnce(async () => pass(staleMaxMs + 1));
    expect(log).toEqual(["write"]);
  });
});

test("threat 99: a record of something that was read before a connection was lost does not let it out", () => {
  const { fence, watch } = aFence();
  expect(() => fence.requireSamePrimary(0)).not.toThrow();
  watch.epochChangedAtMs = performance.now();
  expect(() => fence.requireSamePrimary(Date.now() - 1)).toThrow("in the middle of a read");
  expect(() => fence.requireSamePrimary(Date.now() + 1_000)).not.toThrow();
  watch.epochChangedAtMs = performance.now() - 60_000;
  expect(() => fence.requireSamePrimary(0)).not.toThrow();
});
