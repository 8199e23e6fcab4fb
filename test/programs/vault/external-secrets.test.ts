import { delimiter } from "node:path";
import { expect, test } from "vitest";
import { startService } from "../../support/api/fixture.ts";
import { rest } from "../../support/api/transports.ts";
import { pathWith } from "../../support/programs/program.ts";
import { vaultOn } from "../../support/vault/vault-call.ts";
import { externalSecrets, runManifests } from "./external-secrets.ts";

test("the code of the External Secrets Operator does what deploy/external-secrets says", async (context) => {
  const [folder = ""] = (await pathWith(context, externalSecrets)).split(delimiter);
  const service = await startService(rest, vaultOn);
  try {
    const { token: userToken } = await service.addUser("eso");
    const { url, admin } = service;
    expect(await runManifests(folder, { url, token: admin.token, userToken })).toBe("done");
  } finally {
    await service.stop();
  }
});
