import { afterEach, expect, test } from "vitest";
import { expectFailure } from "../support/api/failure.ts";
import { startService, type TestService } from "../support/api/fixture.ts";
import { inMemory } from "../support/api/transports.ts";

let service: TestService;
afterEach(() => service.stop());

test("threat 174: SECRET_SVC_DIRECTORY=admins hides names from everyone else", async () => {
  service = await startService(inMemory, { environment: { SECRET_SVC_DIRECTORY: "admins" } });
  const alice = await service.addUser("alice");
  const denied = { code: "PermissionDenied", reason: "ADMIN_ONLY" } as const;
  await expectFailure(alice.identity.listNames({}), denied);
  expect((await service.admin.identity.listNames({})).names).toHaveLength(2);
});

test("threat 174: a narrowed token lists no names, and a removed user is not one", async () => {
  service = await startService(inMemory);
  await service.addUser("alice", { roles: ["team"] });
  await service.admin.identity.removeUsers({ slugs: ["alice"] });
  expect((await service.admin.identity.listNames({})).names.map(({ name }) => name)).toEqual(["admin"]);
  const grants = [{ action: "read", keyPatterns: ["*"] }];
  const { secret } = await service.admin.identity.createToken({ grants });
  const denied = { code: "PermissionDenied", reason: "NOT_GRANTED" } as const;
  await expectFailure(service.as(secret).identity.listNames({}), denied);
});
