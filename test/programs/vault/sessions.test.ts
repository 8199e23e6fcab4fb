import { delimiter } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startService, type TestService } from "../../support/api/fixture.ts";
import { rest } from "../../support/api/transports.ts";
import { pathWith } from "../../support/programs/program.ts";
import { vaultOn } from "../../support/vault/vault-call.ts";
import { runSession, sessions } from "./sessions.ts";

let service: TestService;

beforeAll(async () => {
  service = await startService(rest, vaultOn);
  await service.admin.secrets.saveSecrets({ secrets: [{ key: "shop/URL", value: "postgres://x" }] });
});

afterAll(() => service.stop());

test.for(sessions)("$name reads, writes, lists, removes, brings back and logs in", async (session, context) => {
  const [folder = ""] = (await pathWith(context, session.program)).split(delimiter);
  const slug = `user-${sessions.indexOf(session)}`;
  const { token: userToken } = await service.addUser(slug);
  const { url, admin } = service;
  expect(await runSession(session, folder, { url, token: admin.token, slug, userToken })).toBe("done");
});
