import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createTokenSecret } from "../../src/rules/token.ts";
import { type RunningServer, startServer } from "../../src/service/server.ts";
import { apiOf, configFor, createTestClock } from "../support/api/fixture.ts";
import { keyTexts } from "../support/api/restarts.ts";
import { connectJson } from "../support/api/transports.ts";
import { createBrowser } from "../support/login/browser.ts";
import { challengeOf, loginClient, people, verifier } from "../support/login/fixture.ts";
import { loginFile } from "../support/login/issuer-file.ts";
import { startProvider, type TestProvider } from "../support/login/provider.ts";
import { type StoreSettings, temporaryStore } from "../support/store-settings.ts";

const [oldKey, newKey] = keyTexts;
const clock = createTestClock(Date.now());
const adminToken = createTokenSecret();
let provider: TestProvider;
let store: StoreSettings;
let folder: string;
let server: RunningServer | undefined;

beforeEach(async () => {
  provider = await startProvider({ refreshTokens: true });
  provider.setAccount("sub-bob", people.bob);
  provider.signIn("sub-bob");
  store = await temporaryStore();
  folder = mkdtempSync(join(tmpdir(), "rotation-"));
  writeFileSync(join(folder, "acme.secret"), provider.clientSecret, { mode: 0o600 });
  const scopes = { "login.scopes": "[openid, email, profile, groups]" };
  writeFileSync(join(folder, "issuers.yaml"), loginFile({ issuer: provider.issuer, ...scopes }));
});
afterEach(async () => {
  await server?.close();
  await provider.close();
  await store.drop();
  rmSync(folder, { recursive: true });
});

/** Starts the service with these keys, after the one before has ended. */
async function restart(...[active = "", ...previous]: readonly string[]) {
  await server?.close();
  const environment = {
    ...store.environment,
    OB_ENCRYPTION_KEY: active,
    OB_PREVIOUS_ENCRYPTION_KEYS: previous.join(","),
    SECRET_SVC_ISSUERS: join(folder, "issuers.yaml"),
  };
  server = await startServer(configFor(folder, adminToken, environment), clock.now, clock.monotonicMs);
  const connection = connectJson.open({ url: server.url, inMemory: undefined });
  return { url: server.url, as: (token: string) => apiOf(connection.as(token), token) };
}

test("what is stored of a session's provider is encrypted anew by a rotation, and the old key can be dropped", async () => {
  const first = await restart(oldKey);
  provider.serve(first.url);
  const logins = loginClient(first.url);
  const begun = await logins.beginLogin({ challenge: challengeOf(verifier), loopbackPort: 9, client: "x" });
  const browser = createBrowser();
  const back = await browser.goTo(begun.url);
  const approved = await browser.submit(await browser.goTo(back.goesTo ?? ""), { answer: "yes" });
  const code = new URL(approved.goesTo ?? "").searchParams.get("code") ?? "";
  const { token } = await logins.finishLogin({ loginId: begun.loginId, verifier, code });

  const second = await restart(newKey, oldKey);
  for await (const progress of second.as(adminToken).keys.rotateKeys({})) void progress;

  const third = await restart(newKey);
  expect(await third.as(token).identity.whoAmI({})).toMatchObject({ slug: "bob", roles: ["dev"] });
  provider.setAccount("sub-bob", { ...people.bob, groups: ["secrets-ops"] });
  clock.advance(3_600_000);
  expect(await server?.recheckSessions()).toBe(1);
  expect(await third.as(token).identity.whoAmI({})).toMatchObject({ slug: "bob", roles: ["ops"] });
});
