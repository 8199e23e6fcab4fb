import { describe, expect, it } from "vitest";
import { SaveOutcome, SecretView } from "../../gen/secret/v1/secret_service_pb.ts";
import { derivedId } from "../../src/rules/secret-key.ts";
import { startWithAliceAndBob } from "../support/api/alice-and-bob.ts";
import { expectFailure } from "../support/api/failure.ts";
import type { Api } from "../support/api/fixture.ts";
import { readOne, type SecretInit, saveOne } from "../support/api/secret-calls.ts";
import { connectJson } from "../support/api/transports.ts";

const { service, admin, alice, bob } = await startWithAliceAndBob(connectJson, { alice: { roles: ["team"] } });

const refusedId = { code: "InvalidArgument", reason: "INVALID_FIELD", field: "secrets[0].id" } as const;
const save = (api: Api, secret: SecretInit, validateOnly = false) =>
  api.secrets.saveSecrets({ secrets: [secret], validateOnly });
const own = (key: string) => derivedId("default", key);

/** Refused in the same way by a plan, and nothing is stored. */
async function refuses(api: Api, secret: SecretInit): Promise<string> {
  const before = await readOne(admin, secret.key ?? "");
  const planned = await expectFailure(save(api, secret, true), refusedId);
  const real = await expectFailure(save(api, secret), refusedId);
  expect(real).toEqual(planned);
  expect(await readOne(admin, secret.key ?? "")).toEqual(before);
  return real.message;
}

describe("the id of a new secret", () => {
  it("is derived from tenant and key, or is the one that an admin names", async () => {
    const derived = await saveOne(admin, { key: "ids/derived", value: "v" });
    expect(derived.id).toBe(own("ids/derived"));
    const wanted = await saveOne(admin, { key: "ids/wanted", id: "secr_My_Own_1", value: "v" });
    expect(wanted.id).toBe("secr_My_Own_1");
    expect((await saveOne(alice, { key: "alice/same", id: own("alice/same"), value: "v" })).id).toBe(own("alice/same"));
  });

  it("fault C1: is not chosen by anyone but an admin, whether or not the id exists", async () => {
    await saveOne(admin, { key: "prod/PAY", id: "secr_prod_pay_001", value: "theirs" });
    const texts = new Set<string>();
    for (const id of ["secr_prod_pay_001", "secr_free_001", own("prod/PAY"), own("prod/NONE"), own("alice/other")]) {
      texts.add(await refuses(alice, { key: "alice/TAKE", id, value: "mine" }));
    }
    expect(texts.size).toBe(1);
    const [text] = texts;
    expect(text).toContain(own("alice/TAKE"));
    expect(await readOne(admin, "prod/PAY")).toMatchObject({ id: "secr_prod_pay_001", value: "theirs" });
    // The id is still free for an admin.
    expect((await saveOne(admin, { key: "prod/FREE", id: "secr_free_001", value: "v" })).id).toBe("secr_free_001");
  });

  it("fault C1: is refused in a batch as a whole", async () => {
    const secrets = [
      { key: "alice/batch/A", value: "v" },
      { key: "alice/batch/B", id: "secr_any", value: "v" },
    ];
    await expectFailure(alice.secrets.saveSecrets({ secrets }), { ...refusedId, field: "secrets[1].id", index: 1 });
    expect(await readOne(admin, "alice/batch/A")).toBeUndefined();
  });

  it("fault C1: does not show through an id whether a user may create the key", async () => {
    await saveOne(admin, { key: "hidden/A", id: "secr_hidden_a", value: "v" });
    const foreign = { code: "PermissionDenied", reason: "FOREIGN_PREFIX" } as const;
    const shown = [];
    for (const key of ["hidden/A", "hidden/B"]) {
      for (const id of ["secr_hidden_a", "secr_hidden_b", own(key)]) {
        const { message, details } = await expectFailure(save(bob, { key, id, value: "v" }), foreign);
        shown.push(JSON.stringify([message, details]).replaceAll(key, "KEY"));
      }
    }
    expect(new Set(shown).size).toBe(1);
  });

  it("fault C1: is chosen through a narrowed token of an admin that may create the key", async () => {
    const grants = [{ action: "create", keyPatterns: ["deploy/*"] }];
    const token = service.as((await admin.identity.createToken({ grants })).secret);
    expect((await saveOne(token, { key: "deploy/A", id: "secr_deploy_a", value: "v" })).id).toBe("secr_deploy_a");
    await refuses(token, { key: "deploy/B", id: "secr_deploy_a", value: "v" });
    await expectFailure(save(token, { key: "other/A", id: "secr_other_a", value: "v" }), {
      code: "PermissionDenied",
      reason: "NOT_GRANTED",
    });
  });
});

describe("an id that another secret has", () => {
  it("fault C1: is an error for admins, also that of a removed secret", async () => {
    await saveOne(admin, { key: "taken/first", id: "secr_taken", value: "v" });
    const text = await refuses(admin, { key: "taken/second", id: "secr_taken", value: "v" });
    expect(text).not.toContain("taken/first");
    await admin.secrets.removeSecrets({ key: "taken/first" });
    await refuses(admin, { key: "taken/second", id: "secr_taken", value: "v" });
    await admin.secrets.purgeSecrets({ keys: ["taken/first"] });
    expect((await saveOne(admin, { key: "taken/second", id: "secr_taken", value: "v" })).id).toBe("secr_taken");
  });

  it("fault C1: is an error when it is the derived one of the key", async () => {
    await saveOne(admin, { key: "derived/squatter", id: own("alice/derived"), value: "v" });
    await refuses(alice, { key: "alice/derived", id: own("alice/derived"), value: "v" });
    await refuses(admin, { key: "alice/derived", id: own("alice/derived"), value: "v" });
    const saved = await saveOne(alice, { key: "alice/derived", value: "v" });
    expect(saved.outcome).toBe(SaveOutcome.CREATED);
    expect(saved.id).not.toBe(own("alice/derived"));
    // The stored one is theirs.
    expect((await saveOne(alice, { key: "alice/derived", id: saved.id, value: "w" })).version).toBe(2);
    await refuses(alice, { key: "alice/derived", id: own("alice/derived"), value: "x" });
  });

  it("fault C1: is an error when the same batch names it twice, and is not given to another item", async () => {
    const twice = ["a", "b"].map((name) => ({ key: `twice/${name}`, id: "secr_twice", value: "v" }));
    await expectFailure(admin.secrets.saveSecrets({ secrets: twice }), {
      code: "InvalidArgument",
      reason: "DUPLICATE_ITEM",
      field: "secrets[1].id",
    });
    const secrets = [
      { key: "given/a", value: "v" },
      { key: "given/b", id: own("given/a"), value: "v" },
    ];
    const { results } = await admin.secrets.saveSecrets({ secrets });
    expect(results[1]?.id).toBe(own("given/a"));
    expect(results[0]?.id).not.toBe(own("given/a"));
  });

  it("of another tenant is free", async () => {
    const { id } = await saveOne(admin, { key: "tenants/victim", value: "v" });
    await admin.secrets.removeSecrets({ key: "tenants/victim" });
    const other = await service.addUser("other-admin", { tenant: "acme", admin: true });
    expect((await saveOne(other, { key: "tenants/victim", value: "v" })).id).not.toBe(id);
    expect((await saveOne(other, { key: "tenants/squatter", id, value: "v" })).id).toBe(id);
    expect((await saveOne(admin, { key: "tenants/victim", value: "v" })).id).toBe(id);
  });
});

describe("the id of a secret that exists", () => {
  it("fault C1: never changes, and a save that names another one is refused", async () => {
    const { id } = await saveOne(admin, { key: "held/A", id: "secr_kept_a", value: "v", writers: ["team"] });
    for (const api of [admin, alice]) {
      await refuses(api, { key: "held/A", id: "secr_kept_b", value: "w" });
      for (const same of [id, own("held/A")]) {
        expect(await saveOne(api, { key: "held/A", id: same, value: "v" })).toMatchObject({ id });
      }
    }
    await admin.secrets.removeSecrets({ key: "held/A" });
    for (const api of [admin, alice]) await refuses(api, { key: "held/A", id: "secr_kept_b", value: "w" });
    expect((await saveOne(alice, { key: "held/A", id, value: "w" })).id).toBe(id);
  });

  it("alone names the secret", async () => {
    const { id } = await saveOne(alice, { key: "alice/ids/one", value: "v" });
    expect(await saveOne(alice, { id, value: "x" })).toMatchObject({ key: "alice/ids/one", version: 2 });
    const asKey = await saveOne(alice, { id: "alice/ids/two", value: "v" });
    expect(asKey).toMatchObject({ key: "alice/ids/two", id: "alice/ids/two", outcome: SaveOutcome.CREATED });
    const notFound = { code: "NotFound", reason: "NOT_FOUND", field: "secrets[0].id" } as const;
    const hidden = await expectFailure(save(bob, { id, value: "y" }), notFound);
    const absent = await expectFailure(save(bob, { id: "secr_absent", value: "y" }), notFound);
    expect(JSON.stringify(hidden).replaceAll(id, "secr_absent")).toBe(JSON.stringify(absent));
    await expectFailure(save(alice, { key: "alice/ids/three", id: "not an id", value: "v" }), refusedId);
    const { secrets } = await bob.secrets.listSecrets({ ids: [id], view: SecretView.KEYS });
    expect(secrets).toEqual([]);
  });
});
