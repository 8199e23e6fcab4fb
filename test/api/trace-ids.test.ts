import { afterAll, beforeAll, expect, test } from "vitest";
import { apiOf, startService, type TestService } from "../support/api/fixture.ts";
import { recordsAdded } from "../support/api/records-added.ts";
import { connectBinary, connectJson, grpc, grpcWeb, grpcWebGzip, rest } from "../support/api/transports.ts";
import { vaultCaller, vaultOn } from "../support/vault/vault-call.ts";

const traceId = "0af7651916cd43dd8448eb211c80319c";
const traceparent = `00-${traceId}-b7ad6b7169203331-01`;
const inTrace = /^0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}$/;
const inTraceToo = expect.stringMatching(inTrace);

let service: TestService;
beforeAll(async () => {
  service = await startService(rest, vaultOn);
});
afterAll(() => service.stop());

test.each([rest, connectJson, connectBinary, grpc, grpcWeb, grpcWebGzip])(
  "a read and a refused save over $name are recorded under the trace",
  async (transport) => {
    const connection = transport.open({ url: service.url, inMemory: undefined });
    const { secrets } = apiOf(connection.as(service.admin.token), service.admin.token);
    const headers = { traceparent };
    const read = await recordsAdded(service, () => secrets.listSecrets({ keys: ["none"] }, { headers }));
    expect(read).toMatchObject([{ action: "secret.read", requestId: inTraceToo }]);
    const stale = () => secrets.saveSecrets({ secrets: [{ key: "K", value: "v", ifVersion: 9 }] }, { headers });
    const refused = await recordsAdded(service, () => expect(stale()).rejects.toThrow());
    expect(refused).toMatchObject([{ action: "secret.save", requestId: inTraceToo }]);
    connection.close();
  },
);

test("requests of the API of Vault are recorded under the trace, and name it in their answers", async () => {
  const call = vaultCaller(service, service.admin.token);
  const headers = { traceparent };
  const written = await call("PUT", "secret/data/app/K", { data: { value: "v" } }, headers);
  const answers: Awaited<ReturnType<typeof call>>[] = [];
  const records = await recordsAdded(service, async () => {
    answers.push(await call("GET", "secret/data/app/K", undefined, headers));
  });
  const ids = answers.flatMap((read) => [read.headers.get("x-request-id"), JSON.parse(read.text).request_id]);
  expect(ids).toEqual([inTraceToo, ids[0]]);
  expect(records).toMatchObject([{ action: "secret.read", requestId: ids[0] }]);
  const refused = await vaultCaller(service, "hvs.none")("GET", "secret/data/app/K", undefined, headers);
  const others = [written, refused].map((answer) => answer.headers.get("x-request-id"));
  expect(others).toEqual([inTraceToo, inTraceToo]);
});

test("the longest id of a caller is recorded whole, behind the trace", async () => {
  const id = "i".repeat(128);
  const headers = { traceparent, "x-request-id": id };
  const [record] = await recordsAdded(service, () =>
    service.admin.secrets.listSecrets({ keys: ["none"] }, { headers }),
  );
  expect(record?.requestId).toMatch(new RegExp(`${inTrace.source.slice(0, -1)}/${id}$`));
});
