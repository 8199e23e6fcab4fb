import { expect, onTestFinished, test } from "vitest";
import { type Followed, followFiles } from "../../src/files/follow-files.ts";

function follow(intervalMs = 3_600_000) {
  const events: string[] = [];
  let notify = () => {};
  const follower = followFiles({
    intervalMs,
    describe: (error) => String((error as Error).message),
    onReload: (name) => {
      events.push(`reloaded ${name}`);
      notify();
    },
    onProblem: (name, problem) => events.push(`${name}: ${problem}`),
  });
  onTestFinished(() => follower.stop());
  const nextReload = () =>
    new Promise<void>((resolve) => {
      notify = resolve;
    });
  return { follower, events, nextReload };
}

/** A file in memory: what it holds, and what of it is in use. */
function aFile(name: string, when: Followed["when"] = "change") {
  const file = { content: "one", used: "one" };
  const load = async () => {
    if (file.content === file.used) return undefined;
    if (file.content.startsWith("bad")) throw new Error(file.content);
    const { content } = file;
    return () => {
      file.used = content;
    };
  };
  return Object.assign(file, { followed: { name, when, load } });
}

test("fault B10: what changed is used, what did not change is left alone", async () => {
  const { follower, events } = follow();
  const [a, b] = [aFile("a"), aFile("b")];
  follower.add(a.followed);
  follower.add(b.followed);
  a.content = "two";
  await follower.reload();
  expect([a.used, b.used, ...events]).toEqual(["two", "one", "reloaded a"]);
  await follower.reload();
  expect(events).toHaveLength(1);
});

test("fault B10: what cannot be used leaves the former in use, is named once, and is used once it can be", async () => {
  const { follower, events } = follow();
  const [a, b] = [aFile("a"), aFile("b")];
  follower.add(a.followed);
  follower.add(b.followed);
  a.content = "bad";
  b.content = "two";
  await follower.reload();
  await follower.reload();
  expect([a.used, b.used, ...events]).toEqual(["one", "two", "a: bad", "reloaded b"]);
  expect([...follower.problems]).toEqual([["a", "bad"]]);
  a.content = "bad in another way";
  await follower.reload();
  a.content = "two";
  await follower.reload();
  expect(a.used).toBe("two");
  expect(events.slice(2)).toEqual(["a: bad in another way", "reloaded a"]);
  expect(follower.problems.size).toBe(0);
});

test("fault B10: the old content put back ends the problem", async () => {
  const { follower } = follow();
  const a = aFile("a");
  follower.add(a.followed);
  a.content = "bad";
  await follower.reload();
  a.content = "one";
  await follower.reload();
  expect(follower.problems.size).toBe(0);
});

test("fault B10: it looks by itself, and then leaves out what waits for a signal", async () => {
  const { follower, events, nextReload } = follow(1);
  const [a, b] = [aFile("a"), aFile("b", "signal")];
  follower.add(b.followed);
  follower.add(a.followed);
  a.content = "two";
  b.content = "two";
  await nextReload();
  expect([a.used, b.used]).toEqual(["two", "one"]);
  await follower.reload();
  expect(b.used).toBe("two");
  expect(events).toEqual(["reloaded a", "reloaded b"]);
});
