import type { Socket } from "node:net";

/**
 * What the first bytes of a connection mean: not enough yet, nothing that is accepted, or enough. Then `taken` bytes
 * are dropped, the rest is put back, and `next` gets the connection.
 */
export type Verdict = "more" | "close" | { readonly taken: number; readonly next: () => void };

/** Looks at the first bytes of connections. */
export interface FirstBytes {
  read(socket: Socket, judge: (seen: Buffer) => Verdict): void;
  /** Closes the connections that are not decided yet. A shutdown does not wait for them. */
  destroyUndecided(): void;
}

/** Closes a connection that is undecided after `timeoutMs`, or that ends before. */
export function createFirstBytes(timeoutMs: number): FirstBytes {
  const undecided = new Set<Socket>();
  return {
    read(socket, judge) {
      undecided.add(socket);
      let seen: Buffer = Buffer.alloc(0);
      const timer = setTimeout(() => socket.destroy(), timeoutMs);
      const release = () => {
        clearTimeout(timer);
        undecided.delete(socket);
        socket.off("readable", onReadable);
        socket.off("end", onEnd);
        socket.off("close", release);
      };
      const onEnd = () => socket.destroy();
      const onReadable = () => {
        const chunk: Buffer | null = socket.read();
        if (chunk === null) return;
        seen = seen.length === 0 ? chunk : Buffer.concat([seen, chunk]);
        const verdict = judge(seen);
        if (verdict === "more") return;
        if (verdict === "close") {
          socket.destroy();
          return;
        }
        release();
        const rest = seen.subarray(verdict.taken);
        if (rest.length > 0) socket.unshift(rest);
        verdict.next();
      };
      socket.on("readable", onReadable);
      socket.on("end", onEnd);
      socket.on("close", release);
    },
    destroyUndecided() {
      for (const socket of undecided) socket.destroy();
    },
  };
}
