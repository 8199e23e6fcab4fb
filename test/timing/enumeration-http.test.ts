import { once } from "node:events";
import http from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Api, startService, type TestService } from "../support/api/fixture.ts";
import { rest } from "../support/api/transports.ts";
import { chanceDistance, compare, describe as describeComparison, timeInterleaved } from "../support/timing/measure.ts";

// What is left of the gaps that `enumeration.test.ts` measures once there is a connection in between, the shortest
// there is.

const rounds = 5_000;

let service: TestService;
let mallory: Api;
let agent: http.Agent;

const existing = (number: number) => ({ key: `prod/KEY-${number}`, id: `secr_id_${number}` });

beforeAll(async () => {
  service = await startService(rest);
  mallory = await service.addUser("mallory");
  // Every third number, so that neighbours in the index do not differ.
  const secrets = Array.from({ length: 100 }, (_, at) => ({ ...existing(100 + 3 * at), value: "v", readers: ["bob"] }));
  await service.admin.secrets.saveSecrets({ secrets });
  agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
});

afterAll(async () => {
  agent.destroy();
  await service.stop();
});

async function send(method: string, path: string, body: object): Promise<void> {
  const payload = JSON.stringify(body);
  const headers = {
    authorization: `Bearer ${mallory.token}`,
    "content-type": "application/json",
    // Node's client frames no body of a DELETE by itself.
    "content-length": payload.length,
  };
  const request = http.request(service.url + path, { method, headers, agent });
  request.end(payload);
  const [response]: http.IncomingMessage[] = await once(request, "response");
  response?.resume();
  if (response !== undefined) await once(response, "end");
}

const path = "/secret-svc/secrets";

describe("absent against forbidden, over HTTP", () => {
  it.each([
    ["a read by key", (number: number) => send("POST", path, { keys: [existing(number).key] })],
    ["a read by id", (number: number) => send("POST", path, { ids: [existing(number).id] })],
    ["a save by id", (number: number) => send("PUT", path, { secrets: [{ id: existing(number).id, value: "x" }] })],
    ["a save by key", (number: number) => send("PUT", path, { secrets: [{ key: existing(number).key, value: "x" }] })],
    ["a removal by key", (number: number) => send("DELETE", path, { keys: [existing(number).key] })],
    ["a removal by id", (number: number) => send("DELETE", path, { ids: [existing(number).id] })],
  ] as const)("threats 80, 81: %s gives nothing away to a stranger", async (name, run) => {
    const number = (rest: number) => 100 + 3 * Math.floor(Math.random() * 100) + rest;
    const samples = await timeInterleaved(
      { forbidden: () => run(number(0)), one: () => run(number(1)), two: () => run(number(2)) },
      rounds,
    );
    const gap = compare(samples.forbidden, samples.one);
    const floor = compare(samples.one, samples.two);
    process.stdout.write(`${describeComparison(name, gap)}; ${describeComparison("two absent ones", floor)}\n`);
    // Twice what chance exceeds once in a thousand runs: a run in millions fails for no reason.
    expect(gap.distance).toBeLessThan(floor.distance + 2 * chanceDistance(samples.forbidden, samples.one));
  });
});
