import { describe, expect, it } from "vitest";
import { describeApi } from "../suites/api/describe-api.ts";
import { allTransports } from "../support/api/transports.ts";
import { callsOfVault } from "../support/vault/transport/vault-transport.ts";

for (const transport of allTransports) describe(transport.name, () => describeApi(transport));

// Otherwise all of it could have gone over REST.
it("calls below /v1/ were among them", () => {
  expect([...callsOfVault.keys()].sort()).toEqual([
    "CreateToken",
    "ListSecrets",
    "ListVersions",
    "RemoveSecrets",
    "RestoreVersion",
    "SaveSecrets",
    "WhoAmI",
  ]);
});
