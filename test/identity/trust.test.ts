import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { createAuthenticator } from "../../src/identity/authenticate.ts";
import { removeUsers } from "../../src/identity/remove-users.ts";
import { openTrust } from "../../src/identity/trust.ts";
import { startIdentity, type TestIdentity } from "../support/identity/fixture.ts";
import { claimsOf, fileOf, makeSigningKey, signRs256 } from "../support/jwt/jwt-fixture.ts";

const folder = mkdtempSync(join(tmpdir(), "secret-svc-trust-"));
afterAll(() => rmSync(folder, { recursive: true }));
const key = makeSigningKey("k1");
const path = join(folder, "issuers.yaml");
writeFileSync(join(folder, "keys.json"), JSON.stringify({ keys: [key.publicJwk] }));

let identity: TestIdentity;
beforeEach(async () => {
  identity = await startIdentity();
});
afterEach(() => identity.core.close());

function trust(file = fileOf()) {
  writeFileSync(path, file);
  return openTrust(identity.core.context, path, () => {});
}

describe("the names of an issuer", () => {
  test.each([
    ["a user", "ci-payments", []],
    ["a role", "bob", ["ci-team"]],
  ])("must not be those of %s", async (_name, slug, roles) => {
    await identity.addUser(slug, { roles });
    await expect(trust()).rejects.toThrow("the prefix ci cannot be used: ci-");
    await expect(trust(fileOf({ prefix: "cix" }))).resolves.toMatchObject({ issuers: [{ prefix: "cix" }] });
    await expect(trust(fileOf({ tenant: "other" }))).resolves.toMatchObject({ issuers: [{ prefix: "ci" }] });
  });

  test("must not be those of a removed user, whom access lists may still name", async () => {
    await identity.addUser("ci-payments");
    await removeUsers(identity.context, await identity.adminCall(), { slugs: ["ci-payments"], tenant: "" });
    await expect(trust()).rejects.toThrow("the prefix ci cannot be used: ci-payments");
  });

  test("threat 47: of a user that another process made meanwhile, the JWT is refused", async () => {
    const now = Date.UTC(2031, 4, 6, 12);
    const { verifyJwt } = await openTrust({ ...identity.core.context, now: () => now }, path, () => {});
    const { context } = identity.core;
    const authenticator = createAuthenticator({ ...context, now: () => now, verifyJwt, onRefused: () => {} });
    const authenticate = async () => authenticator.authenticate(`Bearer ${signRs256(key, claimsOf())}`, "192.0.2.1");
    expect(await authenticate()).toMatchObject({ slug: "ci-payments" });
    await identity.addUser("ci-payments");
    authenticator.forget();
    await expect(authenticate()).rejects.toMatchObject({
      reason: "UNAUTHENTICATED",
      message: "the slug of the JWT, ci-payments, belongs to a user",
    });
  });
});

test.each([
  ["a missing file", join(folder, "missing.yaml"), "cannot be read (ENOENT)"],
  ["a folder", folder, "cannot be read (EISDIR)"],
])("%s is not a file of issuers", async (_name, file, message) => {
  await expect(openTrust(identity.core.context, file, () => {})).rejects.toThrow(message);
});

test("a failure to get the keys is reported with its issuer", async () => {
  const failures: unknown[] = [];
  writeFileSync(path, fileOf({ jwksFile: "nowhere.json" }));
  const now = Date.UTC(2031, 4, 6, 12);
  const context = { ...identity.core.context, now: () => now };
  const { verifyJwt } = await openTrust(context, path, ({ issuer }, error) => failures.push(issuer, error));
  await expect(verifyJwt(signRs256(key, claimsOf()))).rejects.toMatchObject({ reason: "ISSUER_UNAVAILABLE" });
  expect(failures).toEqual(["https://issuer.example", expect.objectContaining({ code: "ENOENT" })]);
});

describe("fault B10: a file of issuers that is read again", () => {
  const now = Date.UTC(2031, 4, 6, 12);
  const open = async (fields: Record<string, string> = {}) => {
    writeFileSync(path, fileOf(fields));
    return openTrust({ ...identity.core.context, now: () => now }, path, () => {});
  };
  const token = signRs256(key, claimsOf());

  test("is used from then on, and a claim that it no longer accepts is refused", async () => {
    const { verifyJwt, reload } = await open();
    expect(await reload()).toBeUndefined();
    writeFileSync(path, fileOf({ prefix: "build" }));
    const use = await reload();
    expect(await verifyJwt(token)).toMatchObject({ caller: { slug: "ci-payments" } });
    use?.();
    expect(await verifyJwt(token)).toMatchObject({ caller: { slug: "build-payments" } });
    writeFileSync(path, fileOf({ audience: "another" }));
    (await reload())?.();
    expect(await verifyJwt(token)).toHaveProperty("problem");
  });

  test("is refused like at the start, and then the former one stays", async () => {
    await identity.addUser("build-payments");
    const { verifyJwt, reload } = await open();
    for (const [file, problem] of [
      ["issuers: []\nmore: x\n", "must be a map with one field"],
      [fileOf({ prefix: "build" }), "the prefix build cannot be used"],
      ["issuers: [", "is not valid YAML"],
      [Buffer.of(0xff), "is not valid UTF-8"],
    ] as const) {
      writeFileSync(path, file);
      await expect(reload()).rejects.toThrow(problem);
      expect(await verifyJwt(token)).toMatchObject({ caller: { slug: "ci-payments" } });
    }
  });

  test("leaves the keys of an issuer that did not change: it may be down", async () => {
    const keys = JSON.stringify({ keys: [key.publicJwk] });
    writeFileSync(join(folder, "moved.json"), keys);
    const { verifyJwt, reload } = await open({ jwksFile: "moved.json" });
    expect(await verifyJwt(token)).toHaveProperty("caller");
    rmSync(join(folder, "moved.json"));
    const other = fileOf({ jwksFile: "moved.json", audience: "another", prefix: "build" }).replace("issuers:\n", "");
    writeFileSync(path, fileOf({ jwksFile: "moved.json" }) + other);
    (await reload())?.();
    expect(await verifyJwt(token)).toHaveProperty("caller");
  });
});
