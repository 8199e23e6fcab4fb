import { join } from "node:path";
import { expect, test } from "vitest";
import { runProgram } from "../../support/cli/run-process.ts";
import { repository } from "../../support/docs/markdown.ts";
import { needDebianProgram, promtool } from "../../support/programs/debian-program.ts";
import { startServer } from "../../support/server-process.ts";

test("promtool accepts the alert rules, and they go off when they should", async (context) => {
  const { path, env } = await needDebianProgram(context, promtool);
  const folder = join(repository, "deploy/prometheus");
  const checked = await runProgram(path, ["check", "rules", join(folder, "alerts.yaml")], { env });
  expect([checked.code, checked.stdout]).toEqual([0, expect.stringContaining("SUCCESS: 12 rules found")]);
  const tested = await runProgram(path, ["test", "rules", join(folder, "alerts.test.yaml")], { env });
  expect([tested.code, tested.stdout + tested.stderr]).toEqual([0, expect.stringContaining("SUCCESS")]);
});

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
