import type { AddressInfo } from "node:net";
import { createServer, type Socket } from "node:net";
import { BSON, type Document } from "mongodb";

/** Answers what a client asks at first, as a replica set of another version would, or a router. */
export interface OldServer {
  readonly uri: string;
  stop(): Promise<void>;
}

const headerBytes = 16;
const messageOpcode = 2013;
const queryOpcode = 2004;
const replyOpcode = 1;

/**
 * There is no binary of an old MongoDB, nor of a router, where the tests run, so this speaks as much of its protocol as
 * is needed.
 */
export async function startOldServer(version: string, kind: "member" | "router" = "member"): Promise<OldServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    let unread = Buffer.alloc(0);
    socket.on("data", (more: Buffer) => {
      unread = Buffer.concat([unread, more]);
      while (unread.length >= headerBytes && unread.length >= unread.readInt32LE(0)) {
        const message = unread.subarray(0, unread.readInt32LE(0));
        unread = unread.subarray(message.length);
        socket.write(answerTo(message, { version, kind, port: (server.address() as AddressInfo).port }));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    uri: `mongodb://127.0.0.1:${(server.address() as AddressInfo).port}/db`,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Answering {
  readonly version: string;
  readonly kind: "member" | "router";
  readonly port: number;
}

function answerTo(request: Buffer, server: Answering): Buffer {
  const isQuery = request.readInt32LE(12) === queryOpcode;
  const document = BSON.serialize(answerOf(server));
  const before = isQuery ? Buffer.alloc(20) : Buffer.alloc(5);
  if (isQuery) before.writeInt32LE(1, 16);
  const header = Buffer.alloc(headerBytes);
  header.writeInt32LE(headerBytes + before.length + document.length, 0);
  header.writeInt32LE(request.readInt32LE(4), 8);
  header.writeInt32LE(isQuery ? replyOpcode : messageOpcode, 12);
  return Buffer.concat([header, before, document]);
}

function answerOf({ version, kind, port }: Answering): Document {
  const me = `127.0.0.1:${port}`;
  const member = { setName: "rs0", hosts: [me], me, primary: me, setVersion: 1 };
  const fiveDotZero = 13;
  return {
    ...{ ok: 1, helloOk: true, isWritablePrimary: true, ...(kind === "member" ? member : { msg: "isdbgrid" }) },
    ...{ minWireVersion: 0, maxWireVersion: fiveDotZero, maxBsonObjectSize: 16_777_216, maxWriteBatchSize: 100_000 },
    ...{ maxMessageSizeBytes: 48_000_000, logicalSessionTimeoutMinutes: 30, version },
  };
}
