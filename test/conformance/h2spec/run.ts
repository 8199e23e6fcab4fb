import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeCertificate } from "../../support/clients/certificate.ts";
import { startServer } from "../../support/server-process.ts";
import { cacheFolder, run } from "../go.ts";
import { gather } from "./gather.ts";
import { knownFailing, type Transport } from "./known-failing.ts";
import { compare, readReport } from "./report.ts";

const transports: readonly Transport[] = ["cleartext", "TLS"];

/** Of the version in go.mod, with the strict ones. A report with fewer is not a run. */
const cases = 146;

/**
 * Runs h2spec against a service, once for each transport. Prints what is not as known-failing.ts says; false if there
 * is any.
 */
export async function runH2spec(): Promise<boolean> {
  const program = join(cacheFolder("h2spec-2.2.1"), "h2spec");
  const source = "github.com/summerwind/h2spec/cmd/h2spec";
  if (!existsSync(program)) run("go", ["build", "-o", program, source], { cwd: import.meta.dirname });
  const surprises = (await Promise.all(transports.map((transport) => check(program, transport)))).flat();
  const listed = knownFailing.length;
  process.stdout.write(
    surprises.length === 0
      ? `h2spec: ${transports.length} × ${cases} cases are as expected, of which ${listed} are known to fail\n`
      : `h2spec, compared with test/conformance/h2spec/known-failing.ts:\n  ${surprises.join("\n  ")}\n`,
  );
  return surprises.length === 0;
}

async function check(program: string, transport: Transport): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), "h2spec-"));
  const report = join(folder, "report.xml");
  const { cert, key } = makeCertificate(folder, "localhost");
  const isTls = transport === "TLS";
  const server = await startServer({ args: isTls ? ["--tls-cert", cert, "--tls-key", key] : [] });
  const relay = await gather(Number(new URL(server.url).port));
  try {
    const target = ["--port", String(relay.port), ...(isTls ? ["--tls", "--insecure"] : [])];
    const output = await runProgram(program, [...target, "--strict", "--junit-report", report]);
    if (!existsSync(report)) return [`${transport}: h2spec wrote no report: ${output}`];
    const results = readReport(readFileSync(report, "utf8"));
    const surprises = compare(results, transport, knownFailing);
    if (results.length !== cases)
      surprises.push(`${transport}: h2spec ran ${results.length} cases instead of ${cases}`);
    if (!server.isRunning) surprises.push(`${transport}: the service has ended: ${server.output()}`);
    return surprises;
  } finally {
    relay.close();
    await server.stop();
    rmSync(folder, { recursive: true });
  }
}

/** Its exit code is 1 when any case fails, so only the report counts. */
function runProgram(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(program, args, { timeout: 180_000, maxBuffer: 16 * 1024 * 1024 }, (_error, stdout, stderr) => {
      resolve(stdout + stderr);
    });
  });
}
