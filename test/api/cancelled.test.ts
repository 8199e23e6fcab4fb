import { once } from "node:events";
import net from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startService, type TestService } from "../support/api/fixture.ts";
import { rest } from "../support/api/transports.ts";

let service: TestService;
beforeAll(async () => {
  service = await startService(rest);
});
afterAll(() => service.stop());

const requests = 10_000;
const atOnce = 100;
/**
 * Turns of the event loop that a client waits: with none it has left before its call begins, with more in the middle of
 * it.
 */
const turnsMax = 30;
const keys = Array.from({ length: 37 }, (_, at) => `cancelled/${at}`);

it("threat 17: 10,000 cancelled requests leave a service that works as before", async () => {
  const { port } = new URL(service.url);
  let sent = 0;
  const worker = async () => {
    while (sent < requests) {
      sent += 1;
      const number = sent;
      await sendAndGoAway(Number(port), requestText(number), Math.floor(number / 10) % turnsMax);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));

  const { results } = await service.admin.secrets.saveSecrets({
    secrets: keys.map((key) => ({ key, value: "after" })),
  });
  expect(results).toHaveLength(keys.length);
  const { secrets } = await service.admin.secrets.listSecrets({ keys });
  expect(secrets).toHaveLength(keys.length);
  const events = (await service.auditEvents()).filter(({ action }) => action === "secret.save");
  // Some of the calls were carried out, although their clients had left.
  expect(events.length).toBeGreaterThan(keys.length);
  for (const { key } of results) {
    const versions = events.filter((event) => event.key === key).map(({ version }) => version);
    expect(versions.sort((one, other) => one - other)).toEqual(versions.map((_, at) => at + 1));
  }
});

/** Saves, reads and requests that are cut within head or body, in turn. */
function requestText(number: number): string {
  const isSave = number % 2 === 0;
  const key = keys[Math.floor(number / 2) % keys.length];
  const body = isSave ? JSON.stringify({ secrets: [{ key, value: `v${number}` }] }) : JSON.stringify({ keys: [key] });
  const head = [
    `${isSave ? "PUT" : "POST"} /secret-svc/secrets HTTP/1.1`,
    "host: localhost",
    `authorization: Bearer ${service.admin.token}`,
    "content-type: application/json",
    `content-length: ${body.length}`,
  ];
  const text = `${head.join("\r\n")}\r\n\r\n${body}`;
  if (number % 5 === 3) return text.slice(0, -5);
  return number % 5 === 4 ? text.slice(0, 60) : text;
}

/** Writes a request and, some turns later, resets the connection, so that no port stays occupied. */
async function sendAndGoAway(port: number, text: string, turns: number): Promise<void> {
  const socket = net.connect(port, "127.0.0.1");
  const closed = once(socket, "close");
  socket.on("error", () => socket.destroy());
  const leave = (left: number): unknown => (left === 0 ? socket.resetAndDestroy() : setImmediate(leave, left - 1));
  socket.write(text, () => leave(turns));
  await closed;
}
