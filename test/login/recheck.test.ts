import { afterEach, expect, test } from "vitest";
import { expectFailure } from "../support/api/failure.ts";
import type { Api } from "../support/api/fixture.ts";
import { startLogins, type TestLogins } from "../support/login/fixture.ts";

let scene: TestLogins;
afterEach(() => scene.stop());

const hourMs = 3_600_000;
const person = (groups: readonly string[]) =>
  scene.provider.setAccount("sub-bob", { email: "bob@acme.example", email_verified: true, groups });
const isOver = (api: Api) =>
  expectFailure(api.identity.whoAmI({}), { code: "Unauthenticated", reason: "UNAUTHENTICATED" });
const recheck = () => scene.service.recheckSessions();
