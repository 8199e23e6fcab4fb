import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { openSession } from "../support/failure/campaign.ts";
import { startCluster, startNode } from "../support/failure/cluster.ts";
import { createRandom } from "../support/failure/random.ts";
import { callService } from "../support/failure/service-call.ts";
import { type Client, type Register, write } from "../support/failure/session.ts";

const register: Register = { name: "revoked/KEY", keys: ["revoked/KEY"] };
const readsAtOnce = 20;
/** What is read in the moment before the old primary hears of the new one is answered long before. */
const timeoutMs = 5_000;

it.each(["full", "process"])(
  "threat 99: a service that still talks to a primary that was replaced gives out nothing, records %s",
  async (auditSync) => {
    const cluster = await startCluster("mongodb", { SECRET_SVC_AUDIT_SYNC: auditSync });
    onTestFinished(() => cluster.stop());
    const { database, services, env, folder } = cluster;
    if (database === undefined) throw new Error("there is a database");
    const session = await openSession(cluster);
    const client: Client = { name: "owner", random: createRandom("any"), serial: 0, hasMade: false };
    await write(session, client, register, { kind: "save", value: "shown once", open: true }, 3);

    // It knows of no other member, and so learns nothing of the election.
    const primary = await database.set.primary();
    const store = `mongodb://127.0.0.1:${primary.port}/secrets?directConnection=true`;
    const cutOff = await startNode("cut off", join(folder, "3"), { ...env, SECRET_SVC_STORE: store });
    onTestFinished(() => cutOff.kill());
    const read = () => {
      const body = { keys: [...register.keys], view: "SECRET_VIEW_FULL" };
      return callService(cutOff, session.readerToken, ["POST", "/secret-svc/secrets"], body, timeoutMs);
    };
    expect(await read()).toMatchObject({ status: "ok", body: { secrets: [{ value: "shown once" }] } });

    primary.pause();
    expect((await database.set.primary()).port).not.toBe(primary.port);
    const revoked = await write(
      { ...session, services: [services[0]] },
      client,
      register,
      { kind: "save", open: false },
      9,
    );
    expect(revoked.status).toBe("ok");
    const answers = Array.from({ length: readsAtOnce }, read);
    // What it was asked meanwhile it answers before it hears that it is no longer the primary.
    primary.resume();
    for (const answer of await Promise.all(answers)) expect(JSON.stringify(answer)).not.toContain("shown once");
  },
  90_000,
);
