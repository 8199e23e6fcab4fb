import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type Authenticator, createAuthenticator } from "../../../src/identity/authenticate.ts";
import { createToken } from "../../../src/identity/create-token.ts";
import type { IdentityContext } from "../../../src/identity/directory.ts";
import { addAdminToken } from "../../../src/identity/first-start.ts";
import { saveUsers } from "../../../src/identity/save-users.ts";
import type { Caller, IdentityCall } from "../../../src/rules/caller.ts";
import { createTokenSecret } from "../../../src/rules/token.ts";
import { startCore, type TestCore } from "../secrets/core.ts";

/** The use cases of identity on a real store, and an authenticator as the server has it. */
export interface TestIdentity {
  readonly core: TestCore;
  readonly context: IdentityContext;
  readonly authenticator: Authenticator;
  /** Addresses whose credentials were refused. */
  readonly refusedPeers: string[];
  readonly adminToken: string;
  authenticate(token: string): Promise<Caller>;
  /** A call by the first admin. */
  adminCall(): Promise<IdentityCall>;
  /** Makes a user with a token. */
  addUser(slug: string, options?: { roles?: string[]; admin?: boolean; ttlMs?: number }): Promise<string>;
  /** Changes exactly one row behind the service's back. */
  editDatabase(sql: string, ...values: (string | number | Uint8Array)[]): void;
}

/** With people who share roles, and another admin. */
export async function startPeople(): Promise<TestIdentity> {
  const identity = await startIdentity();
  await identity.addUser("alice", { roles: ["backend"] });
  await identity.addUser("bob", { roles: ["backend", "ops"] });
  await identity.addUser("al");
  await identity.addUser("boss", { admin: true });
  return identity;
}

export async function startIdentity(): Promise<TestIdentity> {
  const core = await startCore();
  const refusedPeers: string[] = [];
  const authenticator = createAuthenticator({ ...core.context, onRefused: (peer) => refusedPeers.push(peer) });
  const context = {
    ...core.context,
    issuers: [],
    directory: "everyone" as const,
    version: "0",
    forgetCallers: async () => authenticator.forget(),
  };
  const adminToken = createTokenSecret();
  await addAdminToken(context, adminToken);
  const authenticate = async (token: string) => authenticator.authenticate(`Bearer ${token}`, "192.0.2.1");
  const adminCall = async () => ({ caller: await authenticate(adminToken), requestId: "request-1", peer: "192.0.2.1" });
  return {
    core,
    context,
    authenticator,
    refusedPeers,
    adminToken,
    authenticate,
    adminCall,
    async addUser(slug, { roles = [], admin = false, ttlMs } = {}) {
      const call = await adminCall();
      const user = { slug, roles, admin, operator: undefined, clear: [], reuse: false };
      await saveUsers(context, call, { users: [user], tenant: "" });
      return (await createToken(context, call, { slug, ttlMs, description: "", tenant: "", grants: [] })).secret;
    },
    editDatabase(sql, ...values) {
      const db = new DatabaseSync(join(core.config.dataDir, "secrets.db"), { timeout: 5_000 });
      const { changes } = db.prepare(sql).run(...values);
      db.close();
      if (changes !== 1) throw new Error(`${changes} rows were changed`);
    },
  };
}
