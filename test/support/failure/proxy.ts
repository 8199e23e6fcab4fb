import { once } from "node:events";
import { createServer, type Socket, connect as tcpConnect } from "node:net";
import { setTimeout as delay, setImmediate as nextTurn } from "node:timers/promises";
import { freePort } from "../mongo/free-port.ts";

/** Whose connections a fault is about: those of drivers, those of the other members of the replica set, or all. */
export type Whose = "clients" | "members" | "everyone";

/** What happens to the data that passes, for as long as it is set. */
export type LinkFault =
  | { readonly kind: "delay"; readonly delayMs: number; readonly whose: Whose }
  /** Every byte is a packet of its own. */
  | { readonly kind: "slice"; readonly whose: Whose }
  /** Nothing passes, and neither side notices; afterwards everything arrives. */
  | { readonly kind: "hold"; readonly whose: Whose }
  /** All connections are reset, and so is every new one. */
  | { readonly kind: "cut"; readonly whose: Whose };

/** A stretch of network in front of one `mongod`. */
export interface TcpProxy {
  readonly port: number;
  setFault(fault: LinkFault | undefined): void;
  /** Resets all present connections, once. */
  reset(whose: Whose): void;
  /** The server's side of all present connections ends, and the other side never learns of it. */
  halfClose(whose: Whose): void;
  /** Connections at this moment. */
  count(whose: Whose): number;
  close(): Promise<void>;
}

interface Link {
  readonly near: Socket;
  readonly far: Socket;
  isMember: boolean;
  /** Half closed: it stays open on the near side and carries nothing any more. */
  dead: boolean;
}

/** Listens on a free port of 127.0.0.1 and passes everything on to `target`, a port of the same address. */
export async function startProxy(target: number): Promise<TcpProxy> {
  const links = new Set<Link>();
  let fault: LinkFault | undefined;
  let changed = Promise.withResolvers<void>();
  const isHit = (link: Link, whose: Whose) => whose === "everyone" || link.isMember === (whose === "members");
  const faultOf = (link: Link) => (fault !== undefined && isHit(link, fault.whose) ? fault : undefined);
  const chosen = (whose: Whose) => [...links].filter((link) => isHit(link, whose));

  async function pass(link: Link, to: Socket, data: Buffer): Promise<void> {
    while (faultOf(link)?.kind === "hold") await changed.promise;
    const present = faultOf(link);
    if (present?.kind === "cut") return abandon(link);
    if (present?.kind === "delay") await delay(present.delayMs);
    if (link.dead || !to.writable) return;
    if (present?.kind === "slice") await writeBytes(to, data);
    else if (!to.write(data)) await Promise.race([once(to, "drain"), once(to, "close")]).catch(() => {});
  }

  /** What was sent before an end arrives before it, however long it was held back: its sender may be long gone. */
  async function pump(link: Link, source: Socket, to: Socket): Promise<void> {
    try {
      for await (const data of source.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
        if (source === link.near) link.isMember ||= data.includes("internalClient");
        await pass(link, to, data);
      }
      if (!link.dead) to.end();
    } catch {
      if (!link.dead) abandon(link);
    }
  }

  function abandon(link: Link): void {
    link.near.resetAndDestroy();
    link.far.resetAndDestroy();
  }

  const server = createServer({ noDelay: true, allowHalfOpen: true }, (near) => {
    const far = tcpConnect({ host: "127.0.0.1", port: target, noDelay: true, allowHalfOpen: true });
    const link: Link = { near, far, isMember: false, dead: false };
    links.add(link);
    near.once("close", () => links.delete(link));
    for (const socket of [near, far]) socket.on("error", () => {});
    pump(link, near, far);
    pump(link, far, near);
  });
  const port = await freePort();
  await once(server.listen(port, "127.0.0.1"), "listening");

  return {
    port,
    setFault(next) {
      fault = next;
      changed.resolve();
      changed = Promise.withResolvers();
      if (next?.kind === "cut") chosen(next.whose).forEach(abandon);
    },
    reset: (whose) => chosen(whose).forEach(abandon),
    halfClose(whose) {
      for (const link of chosen(whose)) {
        link.dead = true;
        link.far.end();
      }
    },
    count: (whose) => chosen(whose).length,
    async close() {
      for (const link of links) abandon(link);
      server.close();
      await once(server, "close");
    },
  };
}

async function writeBytes(to: Socket, data: Buffer): Promise<void> {
  const perTurn = 64;
  for (let at = 0; at < data.length && to.writable; at += 1) {
    to.write(data.subarray(at, at + 1));
    if (at % perTurn === 0) await nextTurn();
  }
}
