import type { Socket } from "node:net";
import { networkOf } from "../../admission/admission.ts";
import { plainAddress } from "../../text/address.ts";
import { Connection, Network, type Rank } from "./connection.ts";

/** Both ends of a connection. While it is open, no other one has the same. */
type Ends = Pick<Socket, "remoteAddress" | "remotePort" | "localAddress" | "localPort">;

export interface ConnectionsOptions {
  /** Open connections at most. */
  readonly max: number;
  /** The same from one address, except that of a proxy. Undefined: only `max` applies. */
  readonly maxPerAddress: number | undefined;
  /** Whether a proxy in front of the service has this address. */
  readonly isProxy: (address: string) => boolean;
  /** Whether connections from an address are refused. Those of proxies are not, but those of their clients may be. */
  readonly isBlocked: (address: string) => boolean;
  /** Called for each connection that is closed because of what has come over it. */
  readonly onMisconduct: (connection: Connection) => void;
}

/** The open connections of a server. */
export interface Connections {
  /**
   * Takes a connection that was just accepted, unless it is blocked. When there are too many, destroys one: maybe this
   * one.
   */
  open(socket: Socket): void;
  /** The connection of a socket, or of one that TLS has wrapped around it. Undefined: it is closed. */
  of(socket: Socket): Connection | undefined;
  /** The same by its ends, for the socket of an HTTP/2 session, which is a proxy object. */
  find(socket: Ends): Connection | undefined;
  /** Takes the address of the client that a proxy has sent. When that address has too many, destroys one. */
  move(connection: Connection, address: string): void;
  destroyAll(): void;
}

/**
 * Strangers' connections, as a share of all, that callers' idle ones give way to. A client needs a moment to show its
 * token. Without a share, users could fill the server with idle connections, and any flood would close what is new
 * before that moment.
 */
const strangersShare = 1 / 16;

/**
 * Limits the open connections. A connection too many is accepted, and another one gives way: otherwise an attacker
 * could lock out everyone else with connections that do nothing. First strangers' connections give way, idle ones
 * before busy ones, and then the idle ones of callers: each time of the network that has the most of them, the one that
 * has been idle longest. The new one is closed only when all others have calls of callers in progress.
 */
export function createConnections(options: ConnectionsOptions): Connections {
  const { max, maxPerAddress } = options;
  const all = new Set<Connection>();
  const networks = new Map<string, Network>();
  const byEnds = new Map<string, Connection>();
  const bySocket = new WeakMap<Socket, Connection>();

  function enter(address: string): Network {
    const name = networkOf(address);
    const network = networks.get(name) ?? new Network(name);
    networks.set(name, network);
    network.open += 1;
    return network;
  }

  function leave(network: Network): void {
    network.open -= 1;
    if (network.open === 0) networks.delete(network.name);
  }

  function remove(connection: Connection): void {
    if (!all.delete(connection)) return;
    leave(connection.network);
    connection.close();
  }

  function requireRoom(newest: Connection): void {
    const { isProxy, network } = newest;
    if (maxPerAddress !== undefined && network.open > maxPerAddress && !isProxy) {
      giveWay([network], maxPerAddress, newest);
    } else if (all.size > max) giveWay([...networks.values()], max, newest);
  }

  function giveWay(among: readonly Network[], limit: number, newest: Connection): void {
    const connection = findLeast(among, limit, newest) ?? newest;
    // At once: its socket reports the end later, and others may come before.
    remove(connection);
    connection.socket.destroy();
  }

  function find(socket: Ends): Connection | undefined {
    const ends = nameOf(socket);
    return ends === undefined ? undefined : byEnds.get(ends);
  }

  return {
    find,
    open(socket) {
      const ends = nameOf(socket);
      if (ends === undefined) {
        socket.destroy();
        return;
      }
      const address = plainAddress(socket.remoteAddress ?? "");
      const { onMisconduct } = options;
      const isProxy = options.isProxy(address);
      if (!isProxy && options.isBlocked(address)) {
        socket.destroy();
        return;
      }
      const connection = new Connection(socket, { address, network: enter(address), isProxy, onMisconduct });
      all.add(connection);
      byEnds.set(ends, connection);
      bySocket.set(socket, connection);
      socket.once("close", () => {
        remove(connection);
        if (byEnds.get(ends) === connection) byEnds.delete(ends);
      });
      requireRoom(connection);
    },
    of(socket) {
      const known = bySocket.get(socket);
      if (known !== undefined) return known;
      const connection = find(socket);
      if (connection === undefined) return undefined;
      connection.socket = socket;
      bySocket.set(socket, connection);
      return connection;
    },
    move(connection, address) {
      if (!all.has(connection)) return;
      const left = connection.network;
      connection.moveTo(address, enter(address));
      leave(left);
      if (options.isBlocked(address)) connection.socket.destroy();
      else requireRoom(connection);
    },
    destroyAll() {
      for (const { socket } of all) socket.destroy();
    },
  };
}

/** The connection that gives way to the newest one. Undefined: none does. */
function findLeast(among: readonly Network[], limit: number, newest: Connection): Connection | undefined {
  const share = Math.max(1, Math.floor(limit * strangersShare));
  const idle = crowdOf(among, "idleStrangers", newest);
  if (idle.count >= share) return idle.longest;
  const busy = crowdOf(among, "busyStrangers", newest);
  if (busy.count >= share) return busy.longest;
  return crowdOf(among, "idleCallers", newest).longest ?? idle.longest ?? busy.longest;
}

/** The other connections of a rank: how many, and the longest one of the network that has the most. */
function crowdOf(among: readonly Network[], rank: Rank, newest: Connection) {
  let count = 0;
  let most = 0;
  let largest: ReadonlySet<Connection> = new Set();
  for (const { members } of among) {
    const here = members[rank];
    const size = here.has(newest) ? here.size - 1 : here.size;
    count += size;
    if (size <= most) continue;
    most = size;
    largest = here;
  }
  for (const longest of largest) if (longest !== newest) return { count, longest };
  return { count, longest: undefined };
}

/** Undefined if the peer is gone already. */
function nameOf({ remoteAddress, remotePort, localAddress, localPort }: Ends): string | undefined {
  if (remoteAddress === undefined || remotePort === undefined) return undefined;
  return `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`;
}
