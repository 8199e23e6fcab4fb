import { afterAll, beforeAll } from "vitest";
import { type Api, type ApiTransport, startService, type TestService } from "../../support/api/fixture.ts";
import { describeAccessChanges } from "./describe-access-changes.ts";
import { describeBytes } from "./describe-bytes.ts";
import { describeExplanations } from "./describe-explain.ts";
import { describeFolders } from "./describe-folders.ts";
import { describeGrants } from "./describe-grants.ts";
import { describeIdentityFlows } from "./describe-identity.ts";
import { describePermits } from "./describe-permits.ts";
import { describeRefusals } from "./describe-refusals.ts";
import { describeSealing } from "./describe-sealing.ts";
import { describeSecretFlows } from "./describe-secrets.ts";

/** A service and who calls it. */
export interface Callers {
  readonly service: TestService;
  readonly admin: Api;
  /** Has the role `backend`. */
  readonly alice: Api;
  readonly bob: Api;
}

/** The main flows and refusals, the same over every transport: answers, codes, reasons and fields must be equal. */
export function describeApi(transport: ApiTransport): void {
  let started: Callers | undefined;
  const callers = () => {
    if (started === undefined) throw new Error("the service has not started");
    return started;
  };
  beforeAll(async () => {
    const service = await startService(transport);
    const alice = await service.addUser("alice", { roles: ["backend"] });
    const bob = await service.addUser("bob");
    started = { service, admin: service.admin, alice, bob };
  });
  afterAll(() => callers().service.stop());

  describeSecretFlows(callers);
  describeRefusals(callers);
  describeIdentityFlows(callers);
  describeGrants(callers);
  describeExplanations(callers);
  describeSealing(callers);
  describeBytes(callers);
  describeFolders(callers);
  describePermits(callers);
  describeAccessChanges(callers);
}
