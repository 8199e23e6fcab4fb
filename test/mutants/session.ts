import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** Runs test files in a copy of the checkout until one of them fails. */
export interface TestSession {
  /** `late`: they did not end in time. */
  run(files: readonly string[], limitMs: number): Promise<"passed" | "failed" | "late">;
  close(): Promise<void>;
}

type Message = { readonly passed: boolean } | { readonly ready: true } | { readonly error: string };

/** Its process, with all that the tests start, is ended when they are late; the next run starts another one. */
export function createSession(folder: string): TestSession {
  let open: ChildProcess | undefined;

  async function start(): Promise<ChildProcess> {
    const child = fork(join(folder, "test/mutants/session-process.ts"), {
      cwd: folder,
      stdio: ["ignore", "ignore", "ignore", "ipc"],
      execArgv: ["--disable-warning=ExperimentalWarning"],
      detached: true,
    });
    await new Promise<void>((resolve, reject) => {
      child.once("message", () => resolve());
      child.once("exit", () => reject(new Error("the process that runs tests did not start")));
    });
    return child;
  }

  async function end(child: ChildProcess): Promise<void> {
    open = undefined;
    const ended = child.exitCode === null && child.signalCode === null ? once(child, "exit") : undefined;
    if (child.pid !== undefined) {
      try {
        process.kill(-child.pid, "SIGKILL");
      } catch {
        // It has ended by itself.
      }
    }
    await ended;
  }

  return {
    async run(files, limitMs) {
      open ??= await start();
      const child = open;
      const message = await new Promise<Message | undefined>((resolve) => {
        const timer = setTimeout(() => settle(undefined), limitMs);
        const settle = (answer: Message | undefined) => {
          clearTimeout(timer);
          child.off("message", settle).off("exit", gone);
          resolve(answer);
        };
        const gone = () => settle({ passed: false });
        child.on("message", settle).on("exit", gone);
        child.send({ files });
      });
      if (message === undefined || child.exitCode !== null) await end(child);
      if (message === undefined) return "late";
      if ("error" in message) throw new Error(`tests could not be run: ${message.error}`);
      return "passed" in message && message.passed ? "passed" : "failed";
    },
    async close() {
      if (open !== undefined) await end(open);
    },
  };
}
