import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createTokenSecret } from "../../src/rules/token.ts";
import { type RunningServer, startServer } from "../../src/service/server.ts";
import { failureOf } from "../support/api/failure.ts";
import { configFor, createTestClock } from "../support/api/fixture.ts";
import { createBrowser } from "../support/login/browser.ts";
import { challengeOf, loginClient, people, verifier } from "../support/login/fixture.ts";
import { loginFile } from "../support/login/issuer-file.ts";
import { startProvider, type TestProvider } from "../support/login/provider.ts";
import { createTestDatabase, type TestDatabase } from "../support/mongo/test-database.ts";

// Two processes on one database, at which one terminal and one browser log in.
let provider: TestProvider;
let database: TestDatabase;
let folder: string;
let processes: readonly RunningServer[];
const clock = createTestClock(Date.now());

beforeEach(async () => {
  provider = await startProvider({ refreshTokens: true });
  database = await createTestDatabase();
  folder = mkdtempSync(join(tmpdir(), "people-"));
  writeFileSync(join(folder, "acme.secret"), provider.clientSecret, { mode: 0o600 });
  const scopes = { "login.scopes": "[openid, email, profile, groups]" };
  writeFileSync(join(folder, "issuers.yaml"), loginFile({ issuer: provider.issuer, ...scopes }));
  const config = configFor(folder, createTokenSecret(), {
    SECRET_SVC_STORE: database.uri,
    OB_ENCRYPTION_KEY: Buffer.alloc(32, 1).toString("base64"),
    SECRET_SVC_ISSUERS: join(folder, "issuers.yaml"),
  });
  const start = () => startServer({ ...config }, clock.now, clock.monotonicMs);
  processes = [await start(), await start()];
  provider.setAccount("sub-bob", people.bob);
  provider.signIn("sub-bob");
});
afterEach(async () => {
  for (const process of processes) await process.close();
  await provider.close();
  await database.drop();
  rmSync(folder, { recursive: true });
});

it("a terminal begins at one process, the person approves at another, and of both one gives the session", async () => {
  const [one = "", two = ""] = processes.map(({ url }) => url);
  provider.serve(two);
  const begun = await loginClient(one).beginLogin({ challenge: challengeOf(verifier), loopbackPort: 9, client: "x" });
  const browser = createBrowser();
  const back = await browser.goTo(begun.url.replace(one, two));
  const approved = await browser.submit(await browser.goTo(back.goesTo ?? ""), { answer: "yes" });
  const code = new URL(approved.goesTo ?? "").searchParams.get("code") ?? "";
  const finished = await Promise.allSettled(
    [one, two].map((url) => loginClient(url).finishLogin({ loginId: begun.loginId, verifier, code })),
  );
  expect(finished.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  const lost = finished.find((each) => each.status === "rejected");
  expect((await failureOf(Promise.reject(lost?.reason))).details[0]?.reason).toBe("LOGIN_EXPIRED");
});

it("of two processes one asks the provider again about a session in an hour", async () => {
  const [one = ""] = processes.map(({ url }) => url);
  provider.serve(one);
  const begun = await loginClient(one).beginLogin({ challenge: challengeOf(verifier), loopbackPort: 9, client: "x" });
  const browser = createBrowser();
  const back = await browser.goTo(begun.url);
  const approved = await browser.submit(await browser.goTo(back.goesTo ?? ""), { answer: "yes" });
  const code = new URL(approved.goesTo ?? "").searchParams.get("code") ?? "";
  await loginClient(one).finishLogin({ loginId: begun.loginId, verifier, code });
  clock.advance(3_600_000);
  const asked = await Promise.all(processes.map((process) => process.recheckSessions()));
  expect(asked.sort()).toEqual([0, 1]);
});
