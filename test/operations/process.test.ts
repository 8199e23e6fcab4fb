import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { debugOptionsOf } from "../../src/service/security-facts.ts";
import { startServer } from "../support/server-process.ts";

const folder = mkdtempSync(join(tmpdir(), "secret-svc-process-"));
afterAll(() => rmSync(folder, { recursive: true }));

const key = Buffer.from("a key of the test, thirty-two b.").toString("base64");

test("threat 86: no signal opens a debugger or copies the memory, and no crash leaves a core", async () => {
  const server = await startServer({ dataDir: join(folder, "signals") });
  const pid = readFileSync(join(server.dataDir, "server.pid"), "utf8").trim();
  expect(readFileSync(`/proc/${pid}/limits`, "utf8")).toMatch(/^Max core file size +0 +0 /m);
  const options = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
  expect(debugOptionsOf(options, "")).toEqual([]);
  // The mask of caught signals: bit 9 is SIGUSR1, bit 11 SIGUSR2.
  const caught = BigInt(`0x${/^SigCgt:\s+([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? ""}`);
  expect(caught & (1n << 9n)).toBe(0n);
  expect(caught & (1n << 11n)).toBe(0n);
  await server.stop();
  expect(readdirSync(server.dataDir).filter((name) => /heapsnapshot|core|report/.test(name))).toEqual([]);
});

test("threat 85: keys are in no report, whatever asks for one", async () => {
  const reports = join(folder, "reports");
  mkdirSync(reports);
  const dataDir = join(folder, "report");
  const env = {
    OB_ENCRYPTION_KEY: key,
    NODE_OPTIONS: `--report-on-signal --report-signal=SIGUSR2 --report-directory=${reports}`,
  };
  const server = await startServer({ dataDir, env });
  const is = async () => {
    const headers = { authorization: `Bearer ${server.adminToken}` };
    const answer = await fetch(`${server.url}/secret-svc/is-secure`, { headers });
    return (await answer.json()) as { findings: { id: string; summary: string }[] };
  };
  const finding = (await is()).findings.find(({ id }) => id === "debugging");
  expect(finding?.summary).toContain("--report-on-signal, --report-signal=SIGUSR2");
  server.signal("SIGUSR2");
  await expect.poll(() => readdirSync(reports).length, { timeout: 15_000 }).toBe(1);
  const [name = ""] = readdirSync(reports);
  // Written bit by bit.
  await expect.poll(() => readFileSync(join(reports, name), "utf8").trimEnd().endsWith("}")).toBe(true);
  const report = readFileSync(join(reports, name), "utf8");
  expect(report).toContain('"javascriptStack"');
  expect(report).not.toContain(key);
  expect(report).not.toContain("environmentVariables");
  await server.stop();
});

test.each([
  [["--disable-sigusr1", "--report-exclude-env", "--disable-proto=delete"], "", []],
  [[], "", ["SIGUSR1"]],
  [["--disable-sigusr1", "--inspect=0.0.0.0:9229"], "", ["--inspect=0.0.0.0:9229"]],
  [["--disable-sigusr1"], "--max-old-space-size=512 --heapsnapshot-signal=SIGUSR2", ["--heapsnapshot-signal=SIGUSR2"]],
  [["--disable-sigusr1", "--heap-prof", "--cpu-prof"], "", ["--heap-prof", "--cpu-prof"]],
])("threat 86: options %j and NODE_OPTIONS %j let in: %j", (args, nodeOptions, found) => {
  expect(debugOptionsOf(args, nodeOptions)).toEqual(found);
});
