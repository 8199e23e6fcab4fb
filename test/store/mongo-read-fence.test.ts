import { expect, it } from "vitest";
import { createReadFence } from "../../src/store/mongo/read/read-fence.ts";

interface Primaries {
  term: number;
  changedAtMs: number;
}

function aFence(watch: Primaries, onWrite: () => void = () => {}) {
  const log: string[] = [];
  const fence = createReadFence({
    watch,
    writeToMajority: async () => {
      log.push(`write ${watch.term}`);
      onWrite();
    },
  });
  const read = async () => {
    log.push(`read ${watch.term}`);
    return watch.term;
  };
  return { fence, log, read };
}

it("threat 92: a new primary has to write to a majority before it is read from", async () => {
  const watch = { term: 1, changedAtMs: -Infinity };
  const { fence, log, read } = aFence(watch);
  await Promise.all([fence.read(read), fence.read(read)]);
  await fence.read(read);
  watch.term = 2;
  await fence.read(read);
  expect(log).toEqual(["write 1", "read 1", "read 1", "read 1", "write 2", "read 2"]);
});

it("threat 92: what was read while the primary changed is read again", async () => {
  const watch = { term: 1, changedAtMs: -Infinity };
  const { fence, log } = aFence(watch);
  const answers = [2, 2];
  const read = async () => {
    log.push(`read ${watch.term}`);
    watch.term = answers.shift() ?? 2;
    return log.length;
  };
  expect(await fence.read(read)).toBe(4);
  expect(log).toEqual(["write 1", "read 1", "write 2", "read 2"]);
});

it("a primary that changes without end, or cannot write, is an error", async () => {
  const watch = { term: 1, changedAtMs: -Infinity };
  const { fence, read } = aFence(watch, () => {
    watch.term += 1;
  });
  await expect(fence.read(read)).rejects.toThrow("keeps changing");
  const broken = aFence({ term: 1, changedAtMs: -Infinity }, () => {
    throw new Error("no majority");
  });
  await expect(broken.fence.read(broken.read)).rejects.toThrow("no majority");
  await expect(broken.fence.read(broken.read)).rejects.toThrow("no majority");
});

it("threat 99: a record of something that was read before the primary changed does not let it out", () => {
  const watch = { term: 1, changedAtMs: -Infinity };
  const { fence } = aFence(watch);
  expect(() => fence.requireSamePrimary(0)).not.toThrow();
  watch.changedAtMs = performance.now();
  expect(() => fence.requireSamePrimary(Date.now() - 1)).toThrow("in the middle of a read");
  expect(() => fence.requireSamePrimary(Date.now() + 1_000)).not.toThrow();
  watch.changedAtMs = performance.now() - 60_000;
  expect(() => fence.requireSamePrimary(0)).not.toThrow();
});
