import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createTokenSecret } from "../../src/rules/token.ts";
import { type RunningServer, startServer } from "../../src/service/server.ts";
import { configFor, createTestClock } from "../support/api/fixture.ts";
import { createPage, reasonOf } from "../support/login/page.ts";
import { createTestDatabase, type TestDatabase } from "../support/mongo/test-database.ts";

// Two processes on one database, behind a balancer that sends each call to another one.
const adminToken = createTokenSecret();
let database: TestDatabase;
let folder: string;
let processes: readonly RunningServer[];

beforeEach(async () => {
  database = await createTestDatabase();
  folder = mkdtempSync(join(tmpdir(), "logins-"));
  const key = Buffer.alloc(32, 1).toString("base64");
  const config = configFor(folder, adminToken, { SECRET_SVC_STORE: database.uri, OB_ENCRYPTION_KEY: key });
  const clock = createTestClock();
  const start = () => startServer({ ...config }, clock.now, clock.monotonicMs);
  processes = [await start(), await start()];
});
afterEach(async () => {
  for (const process of processes) await process.close();
  await database.drop();
  rmSync(folder, { recursive: true });
});

it("a code of one process signs in at another, once, and the session is valid and ends at both", async () => {
  const urls = processes.map(({ url }) => url);
  const [url = ""] = urls;
  const authorization = `Bearer ${adminToken}`;
  const made = await createPage(url).call(
    "LoginService/CreateHandoff",
    {},
    { headers: { authorization, "x-oo-half": undefined } },
  );
  const pages = urls.map((each) => createPage(each));
  const answers = await Promise.all(pages.map((page) => page.open({ handoff: made.body.code })));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
  const at = answers.findIndex(({ status }) => status === 200);
  expect(answers.map(reasonOf)[1 - at]).toBe("LOGIN_EXPIRED");
  const winner = pages[at];
  const headers = { cookie: `oo_session=${winner?.cookies.get("oo_session")}`, "x-oo-half": winner?.half };
  const whoAmI = async () =>
    Promise.all(
      urls.map(async (each) => (await createPage(each).call("IdentityService/WhoAmI", {}, { headers })).status),
    );
  expect(await whoAmI()).toEqual([200, 200]);
  expect((await createPage(url).call("LoginService/EndSession", {}, { headers })).body).toMatchObject({ ended: 1 });
  expect((await createPage(url).call("IdentityService/WhoAmI", {}, { headers })).status).toBe(401);
});
