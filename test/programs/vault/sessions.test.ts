import { delimiter } from "node:path";
import { expect, test } from "vitest";
import { pathWith } from "../../support/programs/program.ts";
import { withService } from "./service.ts";
import { runSession, sessions } from "./sessions.ts";

const secrets = [{ key: "shop/URL", value: "postgres://x" }];

test.for(sessions)("$name: a session", async (session, context) => {
  const [folder = ""] = (await pathWith(context, session.program)).split(delimiter);
  await withService("svc", async (service) => expect(await runSession(session, folder, service)).toBe("done"), secrets);
});
