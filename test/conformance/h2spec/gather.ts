import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/**
 * A relay to a port of this machine. It passes on what a client sends once nothing more has come for a moment, in one
 * piece. So what h2spec writes in one go is there at once, whatever the machine is doing: otherwise the service may
 * answer the first of two frames before it sees the second, and the state of the stream would depend on who is faster.
 */
export async function gather(port: number): Promise<{ port: number; close(): void }> {
  const quietMs = 20;
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const service = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    let gathered: Buffer[] = [];
    let timer: NodeJS.Timeout | undefined;
    const pass = () => {
      if (gathered.length > 0) service.write(Buffer.concat(gathered));
      gathered = [];
    };
    client.on("data", (chunk: Buffer) => {
      gathered.push(chunk);
      clearTimeout(timer);
      timer = setTimeout(pass, quietMs);
    });
    client.once("end", () => {
      clearTimeout(timer);
      pass();
      service.end();
    });
    service.pipe(client);
    for (const [socket, other] of [
      [client, service],
      [service, client],
    ] as const) {
      open.add(socket);
      socket.on("error", () => other.resetAndDestroy());
      socket.once("close", () => {
        open.delete(socket);
        clearTimeout(timer);
        other.destroySoon();
      });
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}
