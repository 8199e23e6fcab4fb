import { expect, it } from "vitest";
import { SaveOutcome } from "../../../gen/secret/v1/secret_service_pb.ts";
import { expectFailure } from "../../support/api/failure.ts";
import type { SecretInit } from "../../support/api/secret-calls.ts";
import type { Callers } from "./describe-api.ts";

/** What a planned save changes in who may do what, the same over every transport. */
export function describeAccessChanges(callers: () => Callers): void {
  const plan = async (api: Callers["admin"], secret: SecretInit): Promise<string[]> => {
    const { results } = await api.secrets.saveSecrets({ secrets: [secret], validateOnly: true, explainAccess: true });
    expect(results[0]?.accessChangeCount).toBe(results[0]?.accessChanges.length);
    return (results[0]?.accessChanges ?? []).map(({ slug, right, gains, through }) => {
      return `${slug} ${gains ? "+" : "-"}${right} ${through}`;
    });
  };

  it("names the users who would gain or lose a right, roles resolved", async () => {
    const { service, admin } = callers();
    const key = "explained/KEY";
    await service.addUser("erin", { roles: ["explain-ops", "explain-qa"] });
    await service.addUser("fred", { roles: ["explain-ops"] });
    expect(
      await plan(admin, { key, value: "v", readers: ["explain-ops", "erin", "ghost"], writers: ["fred"] }),
    ).toEqual(["erin +read erin", "fred +read explain-ops", "fred +write fred", "ghost +read ghost"]);
    await admin.secrets.saveSecrets({
      secrets: [{ key, value: "v", readers: ["explain-ops", "erin"], writers: ["admin"] }],
    });
    // Erin still reads by her own name; an admin never needs a list.
    expect(await plan(admin, { key, readers: ["erin"], clear: ["writers"] })).toEqual(["fred -read explain-ops"]);
    expect(await plan(admin, { key, readers: ["explain-qa"] })).toEqual(["fred -read explain-ops"]);
    expect(await plan(admin, { key, readers: ["explain-ops", "erin"] })).toEqual([]);
    const { results } = await admin.secrets.saveSecrets({ remove: [{ key }], validateOnly: true, explainAccess: true });
    expect(results).toMatchObject([{ outcome: SaveOutcome.REMOVED, accessChanges: [] }]);
    expect((await admin.secrets.listSecrets({ keys: [key] })).secrets[0]?.version).toBe(1);
  });

  it("says when those who would lose the right to read last did so", async () => {
    const { service, admin, bob } = callers();
    const key = "explained/LAST_READ";
    await admin.secrets.saveSecrets({ secrets: [{ key, value: "v", readers: ["bob", "fred"] }] });
    await bob.secrets.listSecrets({ keys: [key] });
    const readAt = service.clock.now() / 1000;
    service.clock.advance(3_600_000);
    const request = { secrets: [{ key, clear: ["readers"] }], validateOnly: true, explainAccess: true };
    const changes = (await admin.secrets.saveSecrets(request)).results[0]?.accessChanges;
    expect(changes?.map(({ slug, lastReadAt }) => [slug, lastReadAt && Number(lastReadAt.seconds)])).toEqual([
      ["bob", readAt],
      ["fred", undefined],
    ]);
  });

  it("threat 173: shows others the names of the lists and themselves, not the members of roles", async () => {
    const { service, alice } = callers();
    const key = "alice/EXPLAINED_CHANGE";
    await service.addUser("gina", { roles: ["explain-qa"] });
    await alice.secrets.saveSecrets({ secrets: [{ key, value: "v" }] });
    expect(await plan(alice, { key, writers: ["alice", "explain-qa", "backend"] })).toEqual([
      "backend +write backend",
      "explain-qa +write explain-qa",
    ]);
    const { secret } = await service.admin.identity.createToken({ grants: [{ action: "create", keyPatterns: ["*"] }] });
    expect(await plan(service.as(secret), { key: "explained/NEW", value: "v", readers: ["explain-qa"] })).toEqual([
      "explain-qa +read explain-qa",
    ]);
  });

  it("needs a plan, of not too many items", async () => {
    const { alice } = callers();
    const secrets = Array.from({ length: 101 }, (_, at) => ({ key: `alice/many/${at}`, value: "v" }));
    const field = "explainAccess";
    const real = alice.secrets.saveSecrets({ secrets: secrets.slice(0, 1), explainAccess: true });
    await expectFailure(real, { code: "InvalidArgument", reason: "CONFLICTING_FIELDS", field });
    const large = alice.secrets.saveSecrets({ secrets, validateOnly: true, explainAccess: true });
    const sizes = { limit: 100, actual: 101 };
    await expectFailure(large, { code: "InvalidArgument", reason: "LIMIT_EXCEEDED", field, ...sizes });
  });
}
