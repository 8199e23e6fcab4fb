import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, type TestContext, test } from "vitest";
import type { Run } from "../support/cli/run.ts";
import { runProgram } from "../support/cli/run-process.ts";
import { makeCertificate } from "../support/clients/certificate.ts";
import { buildMs, findGoProgram, type GoProgram, grpcHealthProbe, grpcurl } from "../support/docs/go-program.ts";
import { type ServerProcess, startServer } from "../support/server-process.ts";

const folder = mkdtempSync(join(tmpdir(), "programs-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Why a program cannot be had; under `CI` that is an error. */
const missing = new Map<string, string>();
let path = process.env.PATH ?? "";

beforeAll(async () => {
  for (const program of [grpcurl, grpcHealthProbe]) {
    const found = await findGoProgram(program);
    if ("folder" in found) path = [found.folder, path].join(delimiter);
    else if (process.env.CI) throw new Error(found.missing);
    else missing.set(program.name, found.missing);
  }
}, 2 * buildMs);

function need(context: TestContext, { name }: GoProgram): void {
  const reason = missing.get(name);
  context.skip(reason !== undefined, reason);
}

describe.each(["plain", "TLS"] as const)("over %s", (kind) => {
  let service: ServerProcess;
  let address: string;
  let authority: string;

  beforeAll(async () => {
    const { cert, key } = makeCertificate(folder, `service-${kind}`);
    authority = cert;
    const tls = ["--tls-cert", cert, "--tls-key", key];
    service = await startServer({ args: kind === "TLS" ? tls : [] });
    address = new URL(service.url).host;
  });
  afterAll(() => service.stop());

  const run = (program: string, args: readonly string[], input: string | Uint8Array = ""): Promise<Run> =>
    runProgram(program, args, { env: { PATH: path }, cwd: folder, input });
  const bearer = () => ["-H", `authorization: Bearer ${service.adminToken}`];

  describe("grpcurl", () => {
    const call = (options: readonly string[], ...rest: readonly string[]) => {
      const transport = kind === "TLS" ? ["-cacert", authority] : ["-plaintext"];
      return run("grpcurl", [...transport, ...options, address, ...rest]);
    };

    test("lists and describes the services by reflection", async (context) => {
      need(context, grpcurl);
      const listed = await call(bearer(), "list");
      expect(listed.stdout.trim().split("\n")).toEqual(
        expect.arrayContaining(["grpc.health.v1.Health", "secret.v1.KeyService", "secret.v1.SecretService"]),
      );
      const described = await call(bearer(), "describe", "secret.v1.SecretRemoval");
      expect(described.stdout).toMatch(/message SecretRemoval \{\s+string key = 1;\s+optional uint32 if_version = 2;/);
    });

    test("threat 89: gets nothing by reflection without a token", async (context) => {
      need(context, grpcurl);
      const { code, stdout, stderr } = await call([], "list");
      expect([code, stdout]).toEqual([1, ""]);
      expect(stderr).toMatch(/Unauthenticated|does not support the reflection API/);
    });

    test("saves and reads", async (context) => {
      need(context, grpcurl);
      const body = JSON.stringify({ secrets: [{ key: "grpcurl/A", value: "geheim ✓" }] });
      const saved = await call([...bearer(), "-d", body], "secret.v1.SecretService/SaveSecrets");
      expect(JSON.parse(saved.stdout).results).toMatchObject([{ outcome: "SAVE_OUTCOME_CREATED", version: 1 }]);
      const read = await call([...bearer(), "-d", '{"key":"grpcurl/A"}'], "secret.v1.SecretService/ListSecrets");
      expect(JSON.parse(read.stdout).secrets).toMatchObject([{ key: "grpcurl/A", value: "geheim ✓" }]);
    });

    test("watches until its output is no longer read", async (context) => {
      need(context, grpcurl);
      const transport = kind === "TLS" ? ["-cacert", authority] : ["-plaintext"];
      const watch = ["-d", '{"heartbeatSeconds":1}', address, "secret.v1.SecretService/WatchSecrets"];
      const pipe = ["-c", 'grpcurl "$@" | head -n 3', "bash", ...transport, ...bearer(), ...watch];
      const { stdout, stderr } = await run("bash", pipe);
      expect(JSON.parse(stdout).resumeToken, stderr).toMatch(/./);
    });

    test("shows the details of an error", async (context) => {
      need(context, grpcurl);
      const body = '{"secrets":[{"key":"a//b","value":"x"}]}';
      const { code, stderr } = await call([...bearer(), "-d", body], "secret.v1.SecretService/SaveSecrets");
      expect(code).toBe(64 + 3);
      expect(stderr).toMatch(/Code: InvalidArgument/);
      expect(stderr).toMatch(/secret\.v1\.ErrorDetail[\s\S]*REASON_INVALID_FIELD/);
    });
  });

  describe("grpc_health_probe", () => {
    const probe = (...options: string[]) => {
      const transport = kind === "TLS" ? ["-tls", "-tls-ca-cert", authority] : [];
      const patience = ["-connect-timeout", "20s", "-rpc-timeout", "20s"];
      return run(grpcHealthProbe.name, ["-addr", address, ...transport, ...patience, ...options]);
    };

    test("needs no token", async (context) => {
      need(context, grpcHealthProbe);
      for (const options of [[], ["-service", "secret.v1.SecretService"], ["-gzip"]]) {
        const { code, stdout, stderr } = await probe(...options);
        expect(code, stderr).toBe(0);
        expect(stdout + stderr).toContain("status: SERVING");
      }
    });

    test("reports a service that is not there", async (context) => {
      need(context, grpcHealthProbe);
      const { code, stderr } = await probe("-service", "secret.v1.OtherService");
      expect(code).toBe(3);
      expect(stderr).toContain("NotFound");
    });
  });

  describe("curl", () => {
    const call = (options: readonly string[], where: string, input?: string | Uint8Array) => {
      const trust = kind === "TLS" ? ["--cacert", authority] : [];
      return run("curl", ["-sS", ...trust, ...options, `${service.url}${where}`], input);
    };
    const versions = [["--http1.1"], [kind === "TLS" ? "--http2" : "--http2-prior-knowledge"]];

    test.each(versions)("saves, reads and removes with %s", async (version) => {
      const json = [version, ...bearer(), "--json", "@-"];
      const written = ["-o", "/dev/null", "-w", "%{http_code} %{http_version}"];
      const key = `curl/${version.slice(2)}`;
      const saved = await call(
        [...json, "-X", "PUT"],
        "/secret-svc/secrets",
        `{"secrets":[{"key":"${key}","value":"x"}]}`,
      );
      expect(JSON.parse(saved.stdout).results).toMatchObject([{ key, outcome: "SAVE_OUTCOME_CREATED" }]);
      const read = await call(json, "/secret-svc/secrets", `{"key":"${key}"}`);
      expect(JSON.parse(read.stdout).secrets).toMatchObject([{ key, value: "x", encrypted: false }]);
      const removed = await call([...json, ...written, "-X", "DELETE"], "/secret-svc/secrets", `{"key":"${key}"}`);
      expect(removed.stdout).toBe(`200 ${version === "--http1.1" ? "1.1" : "2"}`);
    });

    test("sends a compressed body, and a large one that waits to be asked for", async () => {
      const headers = [...bearer(), "-H", "content-type: application/json", "--data-binary", "@-", "-X", "PUT"];
      const body = (key: string) => `{"secrets":[{"key":"${key}","value":"${"v".repeat(60_000)}"}]}`;
      const gzip = ["-H", "content-encoding: gzip"];
      const packed = await call([...headers, ...gzip], "/secret-svc/secrets", gzipSync(body("curl/gzip")));
      expect(JSON.parse(packed.stdout).results).toMatchObject([{ outcome: "SAVE_OUTCOME_CREATED" }]);
      const asking = ["--http1.1", "-H", "expect: 100-continue"];
      const large = await call([...headers, ...asking], "/secret-svc/secrets", body("curl/large"));
      expect(JSON.parse(large.stdout).results).toMatchObject([{ outcome: "SAVE_OUTCOME_CREATED" }]);
    });

    test("fails with --fail for what is refused, and needs no token for probes", async () => {
      expect(await call(["--fail"], "/secret-svc/whoami")).toMatchObject({ code: 22, stdout: "" });
      expect((await call(["--fail"], "/healthz")).stdout).toBe("ok\n");
      const head = await call(["--head", ...bearer()], "/openapi.json");
      expect(head.stdout).toMatch(/^HTTP\/[12.]+ 200/);
    });
  });
});
