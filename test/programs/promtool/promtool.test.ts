import { expect, test } from "vitest";
import { runProgram } from "../../support/cli/run-process.ts";
import { needDebianProgram, promtool } from "../../support/programs/debian-program.ts";
import { startServer } from "../../support/server-process.ts";

test("fault C16: promtool has no objection to the metrics", async (context) => {
  const { path, env } = await needDebianProgram(context, promtool);
  const service = await startServer({ env: { SECRET_SVC_METRICS_LISTEN: "127.0.0.1:0" } });
  try {
    await fetch(`${service.url}/secret-svc/whoami`, { headers: { authorization: `Bearer ${service.adminToken}` } });
    const url = /metrics: +(\S+)/.exec(service.output())?.[1] ?? "";
    const metrics = await (await fetch(url)).text();
    expect(metrics).toContain("secret_svc_call_duration_seconds_bucket");
    const checked = await runProgram(path, ["check", "metrics"], { env, input: metrics });
    expect(checked).toEqual({ code: 0, stdout: "", stderr: "" });
  } finally {
    await service.stop();
  }
});
