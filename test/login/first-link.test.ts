import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { readConfig } from "../../src/config/config.ts";
import { limits } from "../../src/limits.ts";
import { createTokenSecret } from "../../src/rules/token.ts";
import { type RunningServer, startServer } from "../../src/service/server.ts";
import { configFor, createTestClock } from "../support/api/fixture.ts";
import { createPage, reasonOf } from "../support/login/page.ts";
import { noFlags } from "../support/no-flags.ts";

const folders: string[] = [];
const running = new Set<RunningServer>();
afterEach(async () => {
  for (const server of running) await server.close();
  running.clear();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

const clock = createTestClock(Date.now());
const aFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), "first-link-"));
  folders.push(folder);
  return folder;
};
async function start(dataDir: string, environment: Record<string, string> = {}, config = readConfig) {
  const settings = { SECRET_SVC_DATA_DIR: dataDir, SECRET_SVC_LISTEN: "127.0.0.1:0", ...environment };
  const server = await startServer(config(settings, noFlags), clock.now, clock.monotonicMs);
  running.add(server);
  return server;
}

test("threat 202: the link of the first start signs one browser in as the admin, once and within ten minutes", async () => {
  const dataDir = aFolder();
  const server = await start(dataDir);
  const link = (await server.createFirstLink()) ?? "";
  expect(link.startsWith(`${server.url}/console/#/handoff/`)).toBe(true);
  const handoff = link.split("/").at(-1);
  const page = createPage(server.url);
  const asked = await page.open({ handoff, preview: true });
  expect(asked.body).toMatchObject({ who: { slug: "admin", operator: true } });
  clock.advance(limits.firstLinkMs - 1);
  expect((await page.open({ handoff })).status).toBe(200);
  expect((await page.call("IdentityService/WhoAmI")).body).toMatchObject({
    slug: "admin",
    credential: "CREDENTIAL_KIND_SESSION",
  });
  expect(reasonOf(await createPage(server.url).open({ handoff }))).toBe("LOGIN_EXPIRED");
  const late = (await server.createFirstLink())?.split("/").at(-1);
  clock.advance(limits.firstLinkMs);
  expect(reasonOf(await createPage(server.url).open({ handoff: late }))).toBe("LOGIN_EXPIRED");
  await server.close();
  running.delete(server);
  // The admin is there already.
  expect(await (await start(dataDir)).createFirstLink()).toBeUndefined();
});

test("threat 202: there is none beyond this machine, without the page, or for a token that was brought along", async () => {
  const others = [
    { SECRET_SVC_LISTEN: "0.0.0.0:0", SECRET_SVC_CONSOLE: "on" },
    { SECRET_SVC_URL: "https://secrets.example.com" },
    { SECRET_SVC_CONSOLE: "off" },
  ];
  for (const environment of others) {
    expect(await (await start(aFolder(), environment)).createFirstLink(), JSON.stringify(environment)).toBeUndefined();
  }
  const dataDir = aFolder();
  const withToken = await start(dataDir, {}, () => configFor(dataDir, createTokenSecret(), {}));
  expect(await withToken.createFirstLink()).toBeUndefined();
});
