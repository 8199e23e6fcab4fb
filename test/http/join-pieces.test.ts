import { once } from "node:events";
import net from "node:net";
import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import { joinPieces } from "../../src/http/connection/join-pieces.ts";

test.each([
  ["that is still open", false],
  ["whose peer has ended it", true],
])(
  "threat 191: what came in several pieces over a connection %s becomes one, before an engine gets it",
  async (_which, isEnded) => {
    const server = net.createServer({ allowHalfOpen: true });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const client = net.connect((server.address() as net.AddressInfo).port, "127.0.0.1");
    const [socket] = (await once(server, "connection")) as [net.Socket];
    if (isEnded) client.end();
    for (const letter of ["c", "b", "a"]) socket.unshift(Buffer.from(letter.repeat(30_000)));
    joinPieces(socket);
    const pieces: string[] = [];
    socket.on("data", (piece) => pieces.push(String(piece)));
    while (pieces.length === 0) await turn();
    expect(pieces).toEqual([["a", "b", "c"].map((letter) => letter.repeat(30_000)).join("")]);
    if (isEnded) await once(socket, "end");
    client.destroy();
    socket.destroy();
    server.close();
  },
);
