import { once } from "node:events";
import { type AddressInfo, createServer, type Socket, connect as tcpConnect } from "node:net";
import { beforeEach, expect, it, onTestFinished } from "vitest";
import { startProxy, type TcpProxy } from "../support/failure/proxy.ts";
import { nextChunk } from "../support/http/next-chunk.ts";

let proxy: TcpProxy;
let ends: { code: string }[];

/** Answers everything with itself. */
beforeEach(async () => {
  ends = [];
  const server = createServer((socket) => {
    socket.on("data", (data) => socket.write(data)).on("error", () => {});
    socket.on("close", () => ends.push({ code: "closed" }));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  proxy = await startProxy((server.address() as AddressInfo).port);
  onTestFinished(async () => {
    await proxy.close();
    server.close();
  });
});

async function dial(): Promise<Socket> {
  const socket = tcpConnect({ host: "127.0.0.1", port: proxy.port });
  onTestFinished(() => void socket.destroy());
  await once(socket, "connect");
  return socket;
}

async function echo(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  let answer = "";
  while (answer.length < text.length) answer += String(await nextChunk(socket));
  return answer;
}

it("passes data on, also with a delay and in slices of one byte", async () => {
  const socket = await dial();
  expect(await echo(socket, "plain")).toBe("plain");
  proxy.setFault({ kind: "delay", delayMs: 5, whose: "everyone" });
  expect(await echo(socket, "late")).toBe("late");
  proxy.setFault({ kind: "slice", whose: "everyone" });
  expect(await echo(socket, "x".repeat(1_000))).toBe("x".repeat(1_000));
});

it("holds data back and lets it go afterwards", async () => {
  const socket = await dial();
  await echo(socket, "plain");
  proxy.setFault({ kind: "hold", whose: "clients" });
  const answer = echo(socket, "held");
  const other = await dial();
  expect(await echo(other, "internalClient")).toBe("internalClient");
  proxy.setFault(undefined);
  expect(await answer).toBe("held");
});

it("delivers what it held although the sender has gone", async () => {
  const socket = await dial();
  await echo(socket, "plain");
  proxy.setFault({ kind: "hold", whose: "everyone" });
  socket.end("last words");
  await once(socket, "finish");
  proxy.setFault(undefined);
  expect(String(await nextChunk(socket))).toBe("last words");
  await once(socket, "close");
  while (ends.length === 0) await echo(await dial(), "the server goes on");
});

it("cuts connections and refuses new ones until it is over", async () => {
  const socket = await dial();
  await echo(socket, "plain");
  proxy.setFault({ kind: "cut", whose: "everyone" });
  const [error] = await once(socket, "error");
  expect(error).toMatchObject({ code: "ECONNRESET" });
  await expect(echo(await dial(), "refused")).rejects.toMatchObject({ code: "ECONNRESET" });
  proxy.setFault(undefined);
  expect(await echo(await dial(), "again")).toBe("again");
});

it("resets the connections of drivers or of members", async () => {
  const driver = await dial();
  const member = await dial();
  await echo(driver, "plain");
  await echo(member, "internalClient");
  expect([proxy.count("clients"), proxy.count("members"), proxy.count("everyone")]).toEqual([1, 1, 2]);
  const reset = once(member, "error");
  proxy.reset("members");
  expect((await reset)[0]).toMatchObject({ code: "ECONNRESET" });
  expect(await echo(driver, "still there")).toBe("still there");
});

it("half-closes: the server sees the end, the caller sees nothing", async () => {
  const socket = await dial();
  await echo(socket, "plain");
  let noticed = false;
  for (const event of ["data", "end", "close", "error"]) socket.on(event, () => (noticed = true));
  proxy.halfClose("everyone");
  socket.write("into the void");
  const other = await dial();
  while (ends.length === 0) await echo(other, "the server goes on");
  expect(noticed).toBe(false);
});
