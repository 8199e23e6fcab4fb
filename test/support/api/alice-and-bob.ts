import { afterAll } from "vitest";
import { type Api, type ApiTransport, startService, type TestService, type UserOptions } from "./fixture.ts";

/** A service with its first admin and two users. It stops after the tests of the file. */
export async function startWithAliceAndBob(
  transport: ApiTransport,
  options: { readonly alice?: UserOptions; readonly bob?: UserOptions } = {},
): Promise<{ readonly service: TestService; readonly admin: Api; readonly alice: Api; readonly bob: Api }> {
  const service = await startService(transport);
  afterAll(() => service.stop());
  const alice = await service.addUser("alice", options.alice);
  const bob = await service.addUser("bob", options.bob);
  return { service, admin: service.admin, alice, bob };
}
