import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Authorities, PeerCertificate } from "../../crypto/peer-certificate.ts";
import type { Caller } from "../../rules/caller.ts";
import { type ConnectionMemory, createConnectionMemory } from "../call/connection-memory.ts";
import { Traffic } from "../call/traffic.ts";

/** Connections that may give way to others. */
export type Rank = "idleStrangers" | "busyStrangers" | "idleCallers";

/** The open connections from one address, or from one /64 network of IPv6. */
export class Network {
  readonly name: string;
  open = 0;
  /** Open connections on which a caller has shown a valid token. */
  callers = 0;
  /** By rank, the one that has been in it longest first. */
  readonly members: Readonly<Record<Rank, Set<Connection>>> = {
    idleStrangers: new Set(),
    busyStrangers: new Set(),
    idleCallers: new Set(),
  };

  constructor(name: string) {
    this.name = name;
  }
}

/**
 * An open connection. It is a stranger's until a caller on it has shown a valid token, and idle while no call is in
 * progress on it. A caller's connection with calls in progress has no rank, so it never gives way.
 */
export class Connection {
  /** The address of the client, for limits and the audit log. */
  address: string;
  network: Network;
  /** Opened by a proxy that is in front of the service, for its clients. */
  isProxy: boolean;
  /** What its exchanges hold of the memory for calls, and what they have sent. */
  readonly memory = createConnectionMemory(new Traffic(() => this.drop()));
  /** The outermost socket: TLS wraps one in another. */
  socket: Socket;
  /** To the latest request of HTTP/1.1. */
  lastResponse: ServerResponse | undefined;
  /** Pipelined requests of HTTP/1.1 that wait for the one in progress; undefined while there is none. */
  waiting: (() => void)[] | undefined;
  /** What the client has shown in TLS, and what it was checked against. */
  shown: PeerCertificate | undefined;
  authorities: Authorities | undefined;
  /** Requests of HTTP/1.1 that have come after the first that was refused because too many wait. */
  afterRefused: number | undefined;
  readonly #onMisconduct: (connection: Connection) => void;
  #isCaller = false;
  #caller: Caller | undefined;
  #isClosed = false;
  #calls = 0;
  #rank: Set<Connection> | undefined;

  constructor(
    socket: Socket,
    from: { address: string; network: Network; isProxy: boolean; onMisconduct: (connection: Connection) => void },
  ) {
    this.socket = socket;
    this.address = from.address;
    this.network = from.network;
    this.isProxy = from.isProxy;
    this.#onMisconduct = from.onMisconduct;
    this.#place();
  }

  begin(): void {
    this.#calls += 1;
    if (this.#calls === 1) this.#place();
  }

  end(): void {
    this.#calls -= 1;
    if (this.#calls === 0) this.#place();
  }

  /** A caller has shown a valid token. */
  authenticated(caller: Caller): void {
    this.#caller = caller;
    if (this.#isCaller) return;
    this.#isCaller = true;
    if (!this.#isClosed) this.network.callers += 1;
    this.#place();
  }

  /** The proxy that opened it has sent the address of the one client that it is for. */
  moveTo(address: string, network: Network): void {
    this.#leave();
    if (this.#isCaller) this.network.callers -= 1;
    this.address = address;
    this.network = network;
    if (this.#isCaller) this.network.callers += 1;
    this.isProxy = false;
    this.#place();
  }

  /**
   * What limits the memory of an exchange together with others of its connection. Those of a proxy are of many clients,
   * so each is by itself, and only the limits of its user and of the process apply.
   */
  memoryForExchange(): ConnectionMemory {
    return this.isProxy ? createConnectionMemory(this.memory.traffic) : this.memory;
  }

  get traffic(): Traffic {
    return this.memory.traffic;
  }

  /** Whose it is: the user who has last shown a valid token on it. Undefined for that of a proxy: it has many. */
  get user(): string | undefined {
    return this.isProxy || this.#caller === undefined ? undefined : `${this.#caller.tenant}/${this.#caller.slug}`;
  }

  /**
   * What the client has shown in TLS. Undefined for a proxy that speaks TLS itself: its certificate would make each of
   * its clients the same caller.
   */
  get certificate(): PeerCertificate | undefined {
    return this.isProxy ? undefined : this.shown;
  }

  /** What its peer has sent so far. Undefined once it is gone. */
  bytesRead(): number | undefined {
    return this.socket.destroyed ? undefined : this.socket.bytesRead;
  }

  /**
   * Closes it because of what has come over it. That of a proxy stays open: it may be the doing of one client of many.
   */
  drop(): void {
    if (this.isProxy || this.socket.destroyed) return;
    this.#onMisconduct(this);
    this.socket.destroy();
  }

  close(): void {
    if (this.#isCaller && !this.#isClosed) this.network.callers -= 1;
    this.#isClosed = true;
    this.#leave();
  }

  #leave(): void {
    this.#rank?.delete(this);
    this.#rank = undefined;
  }

  #place(): void {
    this.#leave();
    if (this.#isClosed) return;
    const { idleStrangers, busyStrangers, idleCallers } = this.network.members;
    const isBusy = this.#calls > 0;
    if (this.#isCaller || this.isProxy) this.#rank = isBusy ? undefined : idleCallers;
    else this.#rank = isBusy ? busyStrangers : idleStrangers;
    this.#rank?.add(this);
  }
}
