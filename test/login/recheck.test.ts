import { afterEach, beforeEach, expect, test } from "vitest";
import { expectFailure } from "../support/api/failure.ts";
import type { Api } from "../support/api/fixture.ts";
import { startLogins, type TestLogins } from "../support/login/fixture.ts";

let scene: TestLogins;
beforeEach(async () => {
  scene = await startLogins({ refreshTokens: true });
});
afterEach(() => scene.stop());

const hourMs = 3_600_000;
const person = (groups: readonly string[]) =>
  scene.provider.setAccount("sub-bob", { email: "bob@acme.example", email_verified: true, groups });
const isOver = (api: Api) =>
  expectFailure(api.identity.whoAmI({}), { code: "Unauthenticated", reason: "UNAUTHENTICATED" });
const recheck = () => scene.service.server?.recheckSessions();
const endings = async () => (await scene.service.auditEvents()).filter(({ action }) => action === "session.end");

test("the groups of a person are asked for again once in an hour", async () => {
  const { api } = await scene.logIn("sub-bob");
  person(["secrets-ops", "secrets-admins"]);
  expect(await recheck()).toBe(0);
  scene.service.clock.advance(hourMs);
  expect(await recheck()).toBe(1);
  expect(await recheck()).toBe(0);
  expect(await api.identity.whoAmI({})).toMatchObject({ slug: "bob", roles: ["admins", "ops"], admin: true });
  // The provider gave another refresh token, which works.
  person(["secrets-dev"]);
  scene.service.clock.advance(hourMs);
  expect(await recheck()).toBe(1);
  expect(await api.identity.whoAmI({})).toMatchObject({ roles: ["dev"], admin: false });
});

test("a person who left, or whom the file lets in no longer, loses the session", async () => {
  const { api } = await scene.logIn("sub-bob");
  scene.provider.removeAccount("sub-bob");
  scene.service.clock.advance(hourMs);
  expect(await recheck()).toBe(1);
  await isOver(api);
  expect((await endings())[0]).toMatchObject({ rule: "acme", filter: "provider-ended", names: ["bob"] });
  person(["secrets-dev"]);
  const again = await scene.logIn("sub-bob");
  person(["other"]);
  scene.service.clock.advance(hourMs);
  expect(await recheck()).toBe(1);
  await isOver(again.api);
  expect((await endings())[0]).toMatchObject({ filter: "claims" });
});

test("while the provider does not answer, sessions go on", async () => {
  const { api } = await scene.logIn("sub-bob");
  scene.provider.behave((_request, response) => {
    response.writeHead(503).end();
    return true;
  });
  scene.service.clock.advance(hourMs);
  expect(await recheck()).toBe(1);
  expect((await api.identity.whoAmI({})).slug).toBe("bob");
});
