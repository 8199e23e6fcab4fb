import { join } from "node:path";
import { onTestFinished, test } from "vitest";
import { requireSameFields } from "../../bench/comparisons.ts";
import { endService, startService } from "../../bench/service.ts";
import { serviceHeaders } from "../../bench/service-calls.ts";
import { startBareServer } from "../../bench/yardsticks.ts";
import { repository } from "../support/docs/markdown.ts";

test("the bare server of the benchmark answers the fields that the service answers", async () => {
  const service = await startService({ program: join(repository, "bin/secret-svc") });
  onTestFinished(() => endService(service));
  const bare = await startBareServer();
  onTestFinished(() => bare.stop());
  await requireSameFields(service.server.url, bare.url, serviceHeaders(service.token));
});
