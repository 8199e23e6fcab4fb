import { once } from "node:events";
import http2 from "node:http2";
import https from "node:https";
import tls from "node:tls";

export interface Shown {
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
}

type Headers = Readonly<Record<string, string>>;

export const whoAmI = "/secret.v1.IdentityService/WhoAmI";

/** A connection that stays open, on which calls are made one after the other. */
export interface OpenConnection {
  call(path?: string, body?: string, headers?: Headers): Promise<Answer>;
  close(): void;
}

/** Opens a connection and shows a certificate. `form`: more options of TLS. */
export async function connectWith(
  version: 1 | 2,
  url: string,
  shown: Shown,
  form: tls.ConnectionOptions = {},
): Promise<OpenConnection> {
  const { hostname: host, port } = new URL(url);
  const protocol = version === 2 ? "h2" : "http/1.1";
  const { cert, key } = shown;
  const options = { host, port: Number(port), rejectUnauthorized: false, ALPNProtocols: [protocol], ...form };
  const socket = tls.connect({ ...options, ...(cert && { cert }), ...(key && { key }) });
  await once(socket, "secureConnect");
  return version === 2 ? overHttp2(url, socket) : overHttp1(url, socket);
}

function overHttp1(url: string, socket: tls.TLSSocket): OpenConnection {
  const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
  agent.createConnection = () => socket;
  return {
    async call(path = whoAmI, body = "{}", headers = {}) {
      const request = https.request(new URL(path, url), {
        agent,
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
      });
      request.end(body);
      const [response] = await once(request, "response");
      const text = Buffer.concat(await response.toArray()).toString();
      return { status: response.statusCode, text };
    },
    close: () => socket.destroy(),
  };
}

function overHttp2(url: string, socket: tls.TLSSocket): OpenConnection {
  const session = http2.connect(url, { createConnection: () => socket });
  return {
    async call(path = whoAmI, body = "{}", headers = {}) {
      const stream = session.request({
        ":method": "POST",
        ":path": path,
        "content-type": "application/json",
        ...headers,
      });
      stream.end(body);
      const [answer] = await once(stream, "response");
      const text = Buffer.concat(await stream.toArray()).toString();
      return { status: Number(answer[":status"]), text };
    },
    close: () => session.destroy(),
  };
}

/** One call on a connection of its own. */
export async function callOnce(version: 1 | 2, url: string, shown: Shown, headers: Headers = {}): Promise<Answer> {
  const connection = await connectWith(version, url, shown);
  try {
    return await connection.call(whoAmI, "{}", headers);
  } finally {
    connection.close();
  }
}
