import { toJson, toJsonString } from "@bufbuild/protobuf";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WatchSecretsResponseSchema } from "../../gen/secret/v1/secret_service_pb.ts";
import { expectFailure } from "../support/api/failure.ts";
import { type Api, type ApiTransport, startService, type TestService } from "../support/api/fixture.ts";
import { sendToken } from "../support/api/in-memory-transport.ts";
import { connectBinary, connectJson, grpcWeb, inMemory } from "../support/api/transports.ts";
import { startWatch, type WatchRequest } from "../support/api/watch.ts";

const grpcStreams: ApiTransport = {
  name: "gRPC",
  overHttp: true,
  open: ({ url }) => ({
    as: (token) => createGrpcTransport({ baseUrl: url, interceptors: [sendToken(token)] }),
    close: () => {},
  }),
};

describe.each([inMemory, connectJson, connectBinary, grpcWeb, grpcStreams])("watching over $name", (transport) => {
  let service: TestService;
  let alice: Api;
  beforeAll(async () => {
    service = await startService(transport);
    alice = await service.addUser("alice", { roles: ["team"] });
  });
  afterAll(() => service.stop());
  const save = (key: string, fields: object = {}) =>
    service.admin.secrets.saveSecrets({ secrets: [{ key, ...fields }] });

  test("says with each change what the caller may do with the secret", async () => {
    const mine = await startWatch(alice, { namespace: "rights/a" });
    await save("rights/a/A", { value: "v", readers: ["team"], deleters: ["alice"] });
    await save("rights/ab/A", { value: "v", readers: ["team"] });
    await save("rights/a/A", { clear: ["readers"] });
    await service.admin.secrets.removeSecrets({ key: "rights/a/A" });
    const seen = [await mine.firstChange(), await mine.firstChange(), await mine.firstChange()];
    expect(seen.map(({ change }) => [change?.key, change?.secret?.rights])).toEqual([
      ["rights/a/A", ["read", "delete"]],
      ["rights/a/A", ["delete"]],
      ["rights/a/A", undefined],
    ]);
    mine.end();
  });

  test("reports what the caller can see, never a value, and nothing of other secrets", async () => {
    const value = "canary-watch-4711";
    const mine = await startWatch(alice);
    const all = await startWatch(service.admin, { namespace: "prod" });
    await save("prod/OTHER", { value });
    await save("prod/A", { value, readers: ["alice"], metadata: { note: "x" } });
    await save("prod/A", { value: `${value}-2` });
    await save("prod/B", { value, deleters: ["team"] });
    await save("prod/A", { readers: ["bob"] });
    await service.admin.secrets.removeSecrets({ key: "prod/B" });
    await save("dev/C", { value, writers: ["alice"] });
    const seen = await mine.changes(6);
    expect(seen).toEqual([
      "APPEARED prod/A@1",
      "UPDATED prod/A@2",
      "APPEARED prod/B@1",
      "GONE prod/A",
      "GONE prod/B",
      "APPEARED dev/C@1",
    ]);
    expect(await all.changes(6)).toEqual([
      "APPEARED prod/OTHER@1",
      "APPEARED prod/A@1",
      "UPDATED prod/A@2",
      "APPEARED prod/B@1",
      "UPDATED prod/A@3",
      "GONE prod/B",
    ]);
    mine.end();
    all.end();
    const again = await startWatch(alice, { resumeToken: mine.token, keys: ["prod/A"] });
    expect(await again.changes(3)).toEqual(["APPEARED prod/A@1", "UPDATED prod/A@2", "GONE prod/A"]);
    again.end();
    const messages = await startWatch(service.admin, { resumeToken: all.token });
    const first = await messages.firstChange();
    expect(toJson(WatchSecretsResponseSchema, first)).toMatchObject({ change: { secret: { key: "prod/OTHER" } } });
    expect(toJsonString(WatchSecretsResponseSchema, first)).not.toContain("canary");
    messages.end();
  });

  test("reports restored versions, and secrets that came back", async () => {
    const watch = await startWatch(alice);
    await save("back/A", { value: "1", readers: ["alice"] });
    await save("back/A", { value: "2" });
    await service.admin.secrets.restoreVersion({ key: "back/A", version: 1 });
    await service.admin.secrets.removeSecrets({ key: "back/A" });
    await service.admin.secrets.restoreVersion({ key: "back/A", version: 2 });
    expect(await watch.changes(5)).toEqual([
      "APPEARED back/A@1",
      "UPDATED back/A@2",
      "UPDATED back/A@3",
      "GONE back/A",
      "APPEARED back/A@5",
    ]);
    watch.end();
  });

  test("sends heartbeats, which are places to go on from", async () => {
    const watch = await startWatch(alice, { heartbeatSeconds: 1 });
    await save("prod/UNSEEN", { value: "x" });
    const heartbeat = await watch.next();
    expect(heartbeat?.change).toBeUndefined();
    watch.end();
    await save("alice-sees/D", { value: "x", readers: ["alice"] });
    const later = await startWatch(alice, { resumeToken: heartbeat?.resumeToken ?? "" });
    expect(await later.changes(1)).toEqual(["APPEARED alice-sees/D@1"]);
    later.end();
  });

  test("threat 92: ends when the token is revoked", async () => {
    const { secret, token } = await service.admin.identity.createToken({ slug: "alice" });
    const watch = await startWatch(service.as(secret));
    await service.admin.identity.revokeToken({ id: token?.id ?? "" });
    await expectFailure(watch.next(), { code: "Unauthenticated", reason: "UNAUTHENTICATED" });
  });

  test("follows the rights of the user while it runs, and the grants of the token", async () => {
    const { secret } = await service.admin.identity.createToken({
      slug: "alice",
      grants: [{ action: "read", keyPatterns: ["granted/*"] }],
    });
    const narrowed = await startWatch(service.as(secret));
    const whole = await startWatch(alice);
    await save("other/E", { value: "x", readers: ["alice"] });
    await save("granted/E", { value: "x", readers: ["alice"] });
    expect(await narrowed.changes(1)).toEqual(["APPEARED granted/E@1"]);
    expect(await whole.changes(2)).toEqual(["APPEARED other/E@1", "APPEARED granted/E@1"]);
    narrowed.end();
    await service.admin.identity.saveUsers({ users: [{ slug: "alice", roles: ["team", "later"] }] });
    await save("other/F", { value: "x", readers: ["later"] });
    expect(await whole.changes(1)).toEqual(["APPEARED other/F@1"]);
    whole.end();
    await service.admin.identity.saveUsers({ users: [{ slug: "alice", roles: ["team"] }] });
  });

  test("refuses tokens of others and wrong selections", async () => {
    const watch = await startWatch(alice);
    watch.end();
    const refused = (api: Api, request: WatchRequest) => startWatch(api, request);
    await expectFailure(refused(service.admin, { resumeToken: watch.token }), {
      code: "InvalidArgument",
      reason: "INVALID_PAGE_TOKEN",
      field: "resumeToken",
    });
    await expectFailure(refused(alice, { heartbeatSeconds: 301 }), {
      code: "InvalidArgument",
      reason: "LIMIT_EXCEEDED",
      field: "heartbeatSeconds",
    });
    await expectFailure(refused(alice, { namespace: "a/" }), {
      code: "InvalidArgument",
      reason: "INVALID_FIELD",
      field: "namespace",
    });
  });
});
