import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { create, toBinary } from "@bufbuild/protobuf";
import { ConnectError } from "@connectrpc/connect";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SaveSecretsRequestSchema, SecretView } from "../../gen/secret/v1/secret_service_pb.ts";
import { expectNoCanary, type Scene, startScene } from "../support/hostile/canary-scene.ts";
import { intrude } from "../support/hostile/database.ts";
import { malformedBodies, sampleRequests } from "../support/hostile/malformed.ts";
import { framed, rawBytes, rawFetch, rawGrpc } from "../support/hostile/raw-call.ts";
import { refusedCalls } from "../support/hostile/refused-calls.ts";
import { refusedVaultRequests } from "../support/hostile/refused-vault-requests.ts";
import { canaryOf, createCanary, tracesIn, tracesInFiles } from "../support/hostile/traces.ts";
import { mergePatch } from "../support/vault/vault-call.ts";

// One service for all of it; the last tests stop it and look through everything that it has written.

let scene: Scene;

beforeAll(async () => {
  scene = await startScene();
});

afterAll(() => scene.stop());

const expectNoTrace = (seen: string) => expectNoCanary(seen, scene);

/** A refusal as the caller gets it, headers and details included. */
async function expectQuietRefusal(call: Promise<unknown>): Promise<void> {
  const error = await call.then(
    () => new Error("the call was not refused"),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ConnectError)) throw error;
  const { message, details, metadata, cause } = error;
  expectNoTrace(
    JSON.stringify([message, details, [...metadata], `${cause}`], (_, each) => {
      return typeof each === "bigint" ? String(each) : each;
    }),
  );
}

function jsonHeaders(token: string): Record<string, string> {
  return { "content-type": "application/json", authorization: `Bearer ${token}` };
}

describe("canaries in calls that are in order", () => {
  it("the search finds what is there", () => {
    const { text } = scene.value;
    const forms = [text, Buffer.from(`x${text}`).toString("base64"), Buffer.from(text).toString("hex")];
    for (const form of forms) expect(tracesIn(`..${form}..`, scene.canaries)).toEqual(["value"]);
    expect(tracesIn(Buffer.from(text, "utf16le"), scene.canaries)).toEqual(["value"]);
  });

  it("threat 79: only an answer with values holds a value, and only a new token's answer a token", async () => {
    for (const [at, { name, connection }] of scene.connections.entries()) {
      const admin = scene.clients(connection.as(scene.admin));
      const key = `flow/K${at}`;
      const { text } = scene.value;
      const answers: unknown[] = [
        await admin.secrets.saveSecrets({ secrets: [{ key, value: text, readers: ["bob"] }], idempotencyKey: key }),
        await admin.secrets.saveSecrets({ secrets: [{ key, value: text, readers: ["bob"] }], idempotencyKey: key }),
        await admin.secrets.saveSecrets({ secrets: [{ key, value: `${text}2` }], validateOnly: true }),
        await admin.secrets.listSecrets({ keys: [key], view: SecretView.METADATA }),
        await admin.secrets.listSecrets({ keys: [key], view: SecretView.KEYS }),
        await admin.secrets.listSecrets({}),
        await admin.identity.whoAmI({}),
        await admin.identity.saveUsers({ users: [{ slug: `user-${at}`, roles: ["team"] }] }),
        await admin.identity.listUsers({}),
        await admin.identity.listTokens({}),
        await admin.secrets.isSecure({}),
        await admin.audit.listAuditEvents({}),
        await admin.secrets.getSealingKey({}),
      ];
      const sealed = await admin.secrets.encryptValue({ values: [text, `${text}4`], key });
      const [first = "", second = ""] = sealed.values;
      answers.push(
        sealed,
        await admin.secrets.saveSecrets({ secrets: [{ key, value: second, encrypted: true }], validateOnly: true }),
        await admin.secrets.saveSecrets({ secrets: [{ key, value: first, encrypted: true }] }),
        await admin.secrets.saveSecrets({ secrets: [{ key, value: first, encrypted: true }] }),
      );
      expect((await admin.secrets.decryptValue({ value: second })).value).toBe(`${text}4`);
      const created = await admin.identity.createToken({ slug: `user-${at}` });
      scene.canaries.push(canaryOf(`token ${at}`, created.secret.slice("oo_".length)));
      answers.push(created.token, await admin.identity.revokeToken({ id: created.token?.id ?? "" }));
      const full = await scene.clients(connection.as(scene.bob)).secrets.listSecrets({ keys: [key] });
      expect(full.secrets.map(({ value }) => value)).toEqual([text]);
      answers.push(await admin.secrets.removeSecrets({ keys: [key] }));
      const seen = JSON.stringify(answers, (_, each) => (typeof each === "bigint" ? String(each) : each));
      expect(tracesIn(seen, scene.canaries), name).toEqual([]);
    }
  });
});

describe("canaries in calls that are refused", () => {
  it("threats 20, 79: no refusal of the rules holds any of what was sent", async () => {
    const { text } = scene.value;
    for (const { connection } of scene.connections) {
      const admin = scene.clients(connection.as(scene.admin)).secrets;
      const bob = scene.clients(connection.as(scene.bob)).secrets;
      await admin.saveSecrets({
        secrets: [{ key: "held/KEY", value: text, deleters: ["bob"] }],
        idempotencyKey: "held",
      });
      const { value: sealed = "" } = await admin.encryptValue({ value: text, key: "held/KEY" });
      for (const call of refusedCalls({ admin, bob, text, sealed })) {
        await expectQuietRefusal(call());
      }
    }
  });

  it.each(refusedVaultRequests)("threats 20, 79: nor that of $method /v1/$path", async (request) => {
    const { url } = scene.server;
    for (const { headers = {}, body } of request.variants(scene.value.text)) {
      const sent = { "x-vault-token": scene.admin, ...mergePatch, ...headers };
      const init = { method: request.method, headers: sent, ...(body === undefined ? {} : { body }) };
      const { status, all } = await rawFetch(`${url}/v1/${request.path}`, init);
      expect(status, all).toBeLessThan(500);
      // Without a token in its body this call is about its own one, as in Vault, and gets it back.
      const isOwnToken = status === 200 && request.path === "auth/token/lookup";
      expectNoTrace(isOwnToken ? all.replaceAll(scene.admin, "") : all);
    }
  });

  it("threats 20, 36, 79: nor a refusal of a token, wherever it is put", async () => {
    const { url } = scene.server;
    const token = `oo_${createCanary("").forms[0]?.toString().padEnd(43, "A").slice(0, 43)}`;
    scene.canaries.push(canaryOf("unknown token", token.slice(3, 30)));
    const authorizations = [token, `Bearer ${token}x`, `Basic ${token}`, `Bearer\t${scene.admin}`];
    for (const authorization of [...authorizations, `Bearer ${token}`, `Bearer ${scene.value.text}`]) {
      const headers = { "content-type": "application/json", authorization };
      const { status, all } = await rawFetch(`${url}/secret-svc/secrets`, { method: "POST", headers, body: "{}" });
      expect(status).toBe(401);
      expectNoTrace(all);
    }
    const inUrl = `?token=${scene.admin}&value=${encodeURIComponent(scene.value.text)}`;
    for (const path of [`/secret-svc/secrets${inUrl}`, `/${scene.admin}`, `/secret-svc/${scene.admin}/x`]) {
      for (const method of ["GET", "POST", "PATCH"]) {
        expectNoTrace((await rawFetch(url + path, { method, headers: { cookie: `token=${scene.admin}` } })).all);
      }
    }
    for (const { connection } of scene.connections) {
      await expectQuietRefusal(scene.clients(connection.as(token)).identity.whoAmI({}));
    }
  });
});

describe("canaries in what is not a request", () => {
  it.each(sampleRequests)("threats 73, 79: JSON of $rpc with a canary in every position", async (request) => {
    for (const body of malformedBodies(request.body, scene.value.text)) {
      for (const [method, path] of [[request.method, request.path] as const, ["POST", request.rpc] as const]) {
        const headers = jsonHeaders(scene.admin);
        const { status, all } = await rawFetch(scene.server.url + path, { method, headers, body });
        expect(status, all).toBeLessThan(500);
        expectNoTrace(all);
      }
    }
  });

  it("threats 73, 79: binary messages with a canary that are cut, of other types, or no messages", async () => {
    const { url } = scene.server;
    const path = "/secret.v1.SecretService/SaveSecrets";
    const value = scene.value.text;
    const whole = toBinary(
      SaveSecretsRequestSchema,
      create(SaveSecretsRequestSchema, { secrets: [{ key: "b/B", value }] }),
    );
    const text = Buffer.from(value);
    const cuts = Array.from({ length: whole.length - 1 }, (_, at) => whole.subarray(0, at + 1));
    const field = (tag: number) => Buffer.concat([Buffer.of(tag, text.length), text]);
    const others = [
      text,
      field(0x0a),
      field(0x12),
      field(0x7a),
      field(0x08),
      Buffer.concat([whole, text]),
      framed(whole),
    ];
    for (const message of [...cuts, ...others]) {
      const headers = { ...jsonHeaders(scene.admin), "content-type": "application/proto" };
      expectNoTrace((await rawFetch(url + path, { method: "POST", headers, body: message })).all);
      const web = { ...headers, "content-type": "application/grpc-web+proto" };
      expectNoTrace((await rawFetch(url + path, { method: "POST", headers: web, body: framed(message) })).all);
      expectNoTrace((await rawFetch(url + path, { method: "POST", headers: web, body: message })).all);
      expectNoTrace(await rawGrpc(url, path, scene.admin, message));
    }
  });

  it("threats 20, 79: bodies that are too large, wrongly compressed, of a wrong type, and no HTTP at all", async () => {
    const { url } = scene.server;
    const { text } = scene.value;
    const address = `${url}/secret-svc/secrets`;
    const large = JSON.stringify({ secrets: [{ key: "a/B", value: text.repeat(110_000) }] });
    const many = `{"secrets":[${`{"value":"${text}"},`.repeat(60_000)}{}]}`;
    const headers = jsonHeaders(scene.admin);
    for (const [more, body] of [
      [{}, large],
      [{}, many],
      [{ "content-encoding": "gzip" }, text],
      [{ "content-encoding": "br" }, text],
      [{ "content-encoding": encodeURIComponent(text) }, text],
      [{ "content-type": encodeURIComponent(text) }, text],
      [{ "content-type": "text/plain" }, text],
      [{ "connect-timeout-ms": encodeURIComponent(text) }, "{}"],
      [{ "connect-protocol-version": encodeURIComponent(text) }, "{}"],
    ] as const) {
      const { status, all } = await rawFetch(address, { method: "PUT", headers: { ...headers, ...more }, body });
      expect(status).toBeGreaterThanOrEqual(400);
      expectNoTrace(all);
    }
    for (const bytes of [
      `${text}\r\n\r\n`,
      `GET /${text} HTTP/1.1\r\n\r\n`,
      `GET / HTTP/1.1\r\nHost: ${text}\r\n\r\n`,
      `GET / HTTP/1.1\r\nHost: x\r\n${text}\r\n\r\n`,
      `POST /secret-svc/secrets HTTP/1.1\r\nHost: x\r\nContent-Length: ${text}\r\n\r\n`,
      `PUT /secret-svc/secrets HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n${text}\r\n`,
      `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${text}`,
    ]) {
      expectNoTrace(await rawBytes(url, bytes));
    }
  });
});

describe("canaries when something breaks inside", () => {
  it("threats 20, 79: internal errors, lost tables and tampered rows show nothing", async () => {
    const { text } = scene.value;
    const connection = scene.connections[0]?.connection;
    if (connection === undefined) throw new Error("no transport");
    const { secrets } = scene.clients(connection.as(scene.admin));
    const save = (key: string, value = text) => secrets.saveSecrets({ secrets: [{ key, value }] });
    await save("broken/A");
    await save("broken/B");
    const intruder = intrude(scene.dataDir);
    const expectQuietList = async () => {
      const answer = await secrets.listSecrets({ keys: ["broken/A"] });
      expect(answer.secrets).toEqual([]);
      expectNoTrace(JSON.stringify(answer.errors));
    };
    await intruder.run("UPDATE secret SET owner = 'x' WHERE key = 'broken/A'");
    await expectQuietList();
    await intruder.run("UPDATE secret SET created_at_ms = ? WHERE key = 'broken/A'", 2n ** 62n);
    await expectQuietList();
    await intruder.run("CREATE TRIGGER broken BEFORE INSERT ON history BEGIN SELECT raise(abort, 'broken'); END");
    await expectQuietRefusal(save("broken/B", `${text}2`));
    await intruder.run("DROP TRIGGER broken");
    intruder.close();
    expect((await secrets.listSecrets({ keys: ["broken/B"] })).secrets).toHaveLength(1);
  });

  it("threats 79, 101: once records do not reach the audit log, no value leaves the service", async () => {
    const connection = scene.connections[0]?.connection;
    if (connection === undefined) throw new Error("no transport");
    const { secrets } = scene.clients(connection.as(scene.admin));
    const read = () => secrets.listSecrets({ keys: ["held/KEY"] });
    const audit = new DatabaseSync(join(scene.dataDir, "audit.db"), { timeout: 5_000 });
    audit.exec("CREATE TRIGGER broken BEFORE INSERT ON audit BEGIN SELECT raise(abort, 'broken'); END");
    // The journal takes the records until it is known that they cannot follow.
    const refused = async () => {
      for (;;) await read();
    };
    await expectQuietRefusal(refused());
    audit.exec("DROP TRIGGER broken");
    audit.close();
    expect((await read()).secrets.map(({ value }) => value)).toEqual([scene.value.text]);
  });

  it("threats 20, 79: nothing that the service wrote holds a canary, while it runs and after it ended", async () => {
    expect(tracesInFiles(scene.dataDir, scene.canaries)).toEqual([]);
    expect(tracesInFiles(scene.tempDir, scene.canaries)).toEqual([]);
    await scene.server.stop();
    expect(tracesInFiles(scene.dataDir, scene.canaries)).toEqual([]);
    expect(tracesInFiles(scene.tempDir, scene.canaries)).toEqual([]);
    const output = scene.server.output();
    expect(tracesIn(output, scene.canaries)).toEqual([]);
    // The failures above were logged: the search had something to look through.
    expect(output).toMatch(/saveSecrets failed/);
    // The name of a secret is in the open, so a search for one shows that the files were searched.
    expect(tracesInFiles(scene.dataDir, [canaryOf("a key", "held/KEY")]).length).toBeGreaterThan(0);
  });
});
