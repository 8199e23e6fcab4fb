/** Something that was read from files, and is read again while the service runs. */
export interface Followed {
  /** What the files hold, for the log: `TLS certificate`. */
  readonly name: string;
  /** `change`: looked at every few seconds. `signal`: only when asked for with `reload`. */
  readonly when: "change" | "signal";
  /**
   * Reads the files and checks what is in them. Returns what puts it in place of the old content, or undefined when
   * nothing changed. Throws when it cannot be used. The old content then stays.
   */
  readonly load: () => Promise<(() => void) | undefined>;
}

export interface Follower {
  add(followed: Followed): void;
  /** Looks at everything now. Never throws. */
  reload(): Promise<void>;
  /** Why new content is not used, by the name of what it is for. */
  readonly problems: ReadonlyMap<string, string>;
  /** Waits for a look that is under way. */
  stop(): Promise<void>;
}

export interface FollowerOptions {
  readonly intervalMs?: number;
  /** What may be said about an error of `load`. */
  readonly describe: (error: unknown) => string;
  readonly onReload: (name: string) => void;
  /** Called once for each new problem, not at each look. */
  readonly onProblem: (name: string, problem: string, error: unknown) => void;
}

/**
 * Reads files again and again, and compares their content: the time of a file says nothing about a mounted Secret,
 * whose folder is exchanged as a whole. Files that are renamed one after the other may not fit each other for a moment;
 * the next look finds that they do.
 */
export function followFiles({ intervalMs = 10_000, describe, onReload, onProblem }: FollowerOptions): Follower {
  const all: Followed[] = [];
  const problems = new Map<string, string>();
  let running: Promise<void> = Promise.resolve();

  async function look({ name, load }: Followed): Promise<void> {
    try {
      const use = await load();
      use?.();
      problems.delete(name);
      if (use !== undefined) onReload(name);
    } catch (error) {
      const problem = describe(error);
      const isNew = problems.get(name) !== problem;
      problems.set(name, problem);
      if (isNew) onProblem(name, problem, error);
    }
  }

  /** One look after the other: of two that overlap, the older one could win. */
  function lookAt(chosen: readonly Followed[]): Promise<void> {
    running = running.then(async () => {
      for (const followed of chosen) await look(followed);
    });
    return running;
  }

  const timer = setInterval(() => lookAt(all.filter(({ when }) => when === "change")), intervalMs);
  timer.unref();
  return {
    problems,
    add: (followed) => void all.push(followed),
    reload: () => lookAt(all),
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
