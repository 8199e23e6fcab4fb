import { delimiter } from "node:path";
import { expect, test } from "vitest";
import { pathWith } from "../../support/programs/program.ts";
import { externalSecrets, runManifests } from "./external-secrets.ts";
import { withService } from "./service.ts";

test("the code of the External Secrets Operator does what deploy/external-secrets says", async (context) => {
  const [folder = ""] = (await pathWith(context, externalSecrets)).split(delimiter);
  await withService("eso", async (service) => expect(await runManifests(folder, service)).toBe("done"));
});
