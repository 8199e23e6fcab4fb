import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { addAdminToken } from "../../src/identity/first-start.ts";
import { createTokenSecret } from "../../src/rules/token.ts";
import { openCore } from "../../src/service/core.ts";
import { beginFirstStart } from "../../src/service/first-start.ts";
import { startServer } from "../../src/service/server.ts";
import type { StorePart } from "../../src/store/store-part.ts";
import { configFor } from "../support/api/fixture.ts";
import { emptyParts } from "../support/store/empty-parts.ts";
import { type StoreSettings, temporaryStore } from "../support/store-settings.ts";

const keyText = Buffer.alloc(32, 3).toString("base64");
let dataDir: string;
let store: StoreSettings;
let token: string;

const config = () => configFor(dataDir, token, { ...store.environment, OB_ENCRYPTION_KEY: keyText });

/** Whether the token of OB_ADMIN_TOKEN_FILE is taken by a service that is started and ended. */
async function startAndAsk(use: (url: string) => Promise<unknown> = async () => {}): Promise<number> {
  const server = await startServer(config());
  try {
    const { status } = await fetch(`${server.url}/secret-svc/whoami`, {
      headers: { authorization: `Bearer ${token}` },
    });
    await use(server.url);
    return status;
  } finally {
    await server.close();
  }
}

async function call(url: string, verb: string, path: string, body: object): Promise<void> {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const answer = await fetch(`${url}/secret-svc/${path}`, { method: verb, headers, body: JSON.stringify(body) });
  expect(answer.status).toBe(200);
}

const empty = (...parts: StorePart[]) => emptyParts(dataDir, store.mongoUri, ...parts);

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "no-users-"));
  store = await temporaryStore();
  token = createTokenSecret();
});
afterEach(async () => {
  await store.drop();
  rmSync(dataDir, { recursive: true });
});

const identities = ["users", "tokens", "revisions"] as const;

describe("fault B3: a store that lost its users", () => {
  const save = (url: string) => call(url, "PUT", "secrets", { secrets: [{ key: "A", value: "canary" }] });

  it.each([
    ["users, tokens and revisions", identities],
    ["users only", ["users"]],
    ["the secrets as well", [...identities, "secrets", "history"]],
    ["the records as well", [...identities, "secrets", "history", "changes", "access", "checkpoints"]],
    ["all but the keys", [...identities, "secrets", "history", "changes", "access", "checkpoints", "chains"]],
  ] as const)("without %s: no admin is made, and the message says how to make one", async (_what, parts) => {
    expect(await startAndAsk(save)).toBe(200);
    await empty(...parts);
    const refused = { name: "StoreError", message: expect.stringMatching(/has no users: .*'secret-svc admin-token'/) };
    await expect(startServer(config())).rejects.toMatchObject(refused);
    await expect(startServer(config())).rejects.toMatchObject(refused);
  });

  it("a revoked OB_ADMIN_TOKEN_FILE does not work again, and admin-token lets the operator in", async () => {
    await startAndAsk(async (url) => {
      await save(url);
      const own = await fetch(`${url}/secret-svc/whoami`, { headers: { authorization: `Bearer ${token}` } });
      const { tokenId } = (await own.json()) as { tokenId: string };
      await call(url, "DELETE", "tokens", { id: tokenId });
    });
    expect(await startAndAsk()).toBe(401);
    await empty(...identities);
    await expect(startServer(config())).rejects.toThrow("secret-svc admin-token");
    const core = await openCore(config(), Date.now);
    const made = createTokenSecret();
    await addAdminToken(core.context, made);
    await core.close();
    expect(await startAndAsk()).toBe(401);
    token = made;
    expect(await startAndAsk()).toBe(200);
  });

  it("a mark that another key made, or none made, does not make it a new one", async () => {
    expect(await startAndAsk(save)).toBe(200);
    await empty(...identities, "secrets", "history", "changes", "access", "checkpoints", "chains");
    const core = await openCore(config(), Date.now);
    const kid = core.context.keyring.active.kid;
    await beginFirstStart(core.context);
    expect((await core.context.store.listKeys()).filter(({ purpose }) => purpose === "starting")).toEqual([]);
    const forged = new Uint8Array(32).fill(1);
    await core.context.store.addKey({ kid, purpose: "starting", data: forged, createdAtMs: 1 });
    await core.close();
    await expect(startServer(config())).rejects.toThrow("has no users");
  });
});

describe("a first start", () => {
  it("that ended before the admin was made goes on", async () => {
    const core = await openCore(config(), Date.now);
    await core.close();
    expect(await startAndAsk()).toBe(200);
    const after = await openCore(config(), Date.now);
    expect((await after.context.store.listKeys()).map(({ purpose }) => purpose).sort()).toEqual([
      "audit",
      "keyring",
      "sealing",
    ]);
    await after.close();
  });

  it("that ended after it began does not need its key again, as long as nothing was written with it", async () => {
    const core = await openCore(config(), Date.now);
    await core.close();
    await empty("chains", "keys");
    expect(await startAndAsk()).toBe(200);
  });
});
