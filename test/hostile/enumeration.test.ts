import { create, toBinary } from "@bufbuild/protobuf";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SaveSecretsRequestSchema } from "../../gen/secret/v1/secret_service_pb.ts";
import { derivedId } from "../../src/rules/secret-key.ts";
import { failureOf } from "../support/api/failure.ts";
import {
  absent,
  blanked,
  type ForbiddenSecrets,
  forbidden,
  forbiddenCases,
  ids,
  startWithForbiddenSecrets,
  strangerTokens,
} from "../support/hostile/forbidden-secrets.ts";
import { rawFetch, rawGrpc } from "../support/hostile/raw-call.ts";

// To someone without any right on it, a secret looks exactly like one that does not exist.

let world: ForbiddenSecrets;

beforeAll(async () => {
  world = await startWithForbiddenSecrets();
});

afterAll(() => world.stop());

const path = "/secret-svc/secrets";

/** Every call that names a secret, as a function of its name. */
const calls: readonly (readonly [
  name: string,
  method: string,
  path: string,
  body: (key: string, id: string) => object,
])[] = [
  ["a read by key", "POST", path, (key) => ({ keys: [key] })],
  ["a read by id", "POST", path, (_, id) => ({ ids: [id] })],
  ["a look at metadata", "POST", path, (key) => ({ key, view: "SECRET_VIEW_METADATA" })],
  ["a look at keys by id", "POST", path, (_, id) => ({ id, view: "SECRET_VIEW_KEYS" })],
  ["a list of a namespace", "POST", path, () => ({ namespace: "prod" })],
  ["a list by pattern", "POST", path, (key) => ({ keyPattern: key })],
  ["a save by key", "PUT", path, (key) => ({ secrets: [{ key, value: "x" }] })],
  ["a save by key that must not exist", "PUT", path, (key) => ({ secrets: [{ key, value: "x", ifVersion: 0 }] })],
  ["a save by key of version 1", "PUT", path, (key) => ({ secrets: [{ key, value: "x", ifVersion: 1 }] })],
  ["a save by key of a list", "PUT", path, (key) => ({ secrets: [{ key, readers: ["mallory"] }] })],
  ["a save by key with an owner", "PUT", path, (key) => ({ secrets: [{ key, owner: "mallory" }] })],
  ["a save by key of nothing", "PUT", path, (key) => ({ secrets: [{ key }] })],
  ["a save with a wrong checksum", "PUT", path, (key) => ({ secrets: [{ key, value: "x", checksum: "00000000" }] })],
  ["a save by id", "PUT", path, (_, id) => ({ secrets: [{ id, value: "x" }] })],
  ["a save by key with its id", "PUT", path, (key, id) => ({ secrets: [{ key, id, value: "x" }] })],
  ["a plan of a save", "PUT", path, (key) => ({ secrets: [{ key, value: "x" }], validateOnly: true })],
  ["a plan of a save by id", "PUT", path, (_, id) => ({ secrets: [{ id, value: "x" }], validateOnly: true })],
  [
    "a save next to an own one",
    "PUT",
    path,
    (key) => ({
      secrets: [
        { key: "mallory/A", value: "x" },
        { key, value: "x" },
      ],
    }),
  ],
  ["a removal in a save", "PUT", path, (key) => ({ remove: [{ key }] })],
  ["a removal of version 1 in a save", "PUT", path, (key) => ({ remove: [{ key, ifVersion: 1 }] })],
  ["a plan of a removal", "PUT", path, (key) => ({ remove: [{ key }], validateOnly: true })],
  ["an explanation", "POST", "/secret-svc/explain", (key) => ({ key })],
  ["an explanation for someone else", "POST", "/secret-svc/explain", (key) => ({ key, principal: "bob" })],
  ["an explanation of who can", "POST", "/secret-svc/explain", (key) => ({ key, whoCan: "read" })],
  ["a removal by key", "DELETE", path, (key) => ({ keys: [key] })],
  ["a removal by id", "POST", "/secret-svc/remove", (_, id) => ({ ids: [id] })],
];

describe.each(forbiddenCases)("a forbidden secret that is %s, to %s", (which, who) => {
  it.each(calls)(
    "threat 80: %s answers and records the same as for one that does not exist",
    async (_, method, url, body) => {
      const { intruder, service } = world;
      const headers = { authorization: `Bearer ${strangerTokens(world)[who]}`, "content-type": "application/json" };
      const send = async (key: string, id: string) => {
        intruder.newRecords();
        const { all } = await rawFetch(service.url + url, { method, headers, body: JSON.stringify(body(key, id)) });
        return { answer: blanked(all), records: world.recordsSince() };
      };
      const before = intruder.revision();
      const seen = await send(forbidden[which], ids[which]);
      expect(seen).toEqual(await send(absent, ids.absent));
      expect(seen.records.length).toBeGreaterThan(0);
      expect(intruder.revision()).toBe(before);
      expect(seen.answer).not.toContain("removed");
    },
  );
});

it("threat 80: details and trailers of gRPC are also the same", async () => {
  const send = async (key: string) => {
    const message = toBinary(SaveSecretsRequestSchema, create(SaveSecretsRequestSchema, { remove: [{ key }] }));
    const all = await rawGrpc(world.service.url, "/secret.v1.SecretService/SaveSecrets", world.mallory.token, message);
    expect(all).toContain('"grpc-status-details-bin":"');
    return blanked(all);
  };
  expect(await send(forbidden.live)).toEqual(await send(absent));
  expect(await send(forbidden.removed)).toEqual(await send(absent));
});

it("threat 80: to an admin of another tenant nothing of this one exists", async () => {
  const { service } = world;
  const stranger = service.as(
    (await service.admin.identity.createToken({ tenant: "other", slug: "other-admin" })).secret,
  );
  for (const key of [forbidden.live, absent]) {
    const answer = await stranger.secrets.listSecrets({ keys: [key] });
    expect(answer).toMatchObject({ secrets: [], errors: [], missingKeys: [key] });
  }
  for (const id of [ids.live, ids.absent]) {
    await expect(stranger.secrets.removeSecrets({ ids: [id] })).rejects.toThrow("that you can see");
  }
  expect(await stranger.secrets.listSecrets({})).toMatchObject({ secrets: [] });
});

it("threat 80: an id that a user may not choose does not reveal whether another secret has it", async () => {
  const { mallory } = world;
  const wanted = [ids.live, ids.removed, ids.absent];
  for (const key of [forbidden.live, "prod/DERIVED", absent]) wanted.push(derivedId("default", key));
  const answers = new Set<string>();
  for (const id of wanted) {
    for (const validateOnly of [true, false]) {
      const call = mallory.secrets.saveSecrets({ secrets: [{ key: "mallory/CHOSEN", id, value: "v" }], validateOnly });
      answers.add(JSON.stringify(await failureOf(call)));
    }
  }
  expect(answers.size).toBe(1);
  const id = derivedId("default", "mallory/OWN");
  const { results } = await mallory.secrets.saveSecrets({ secrets: [{ key: "mallory/OWN", id, value: "v" }] });
  expect(results).toMatchObject([{ id }]);
});
