import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import tls from "node:tls";
import { afterEach, expect, test } from "vitest";
import { programPath } from "../support/built-package.ts";
import { runProgram } from "../support/cli/run-process.ts";
import { makeCertificate } from "../support/clients/certificate.ts";
import { startServer } from "../support/server-process.ts";
import { lineTo, startTeamService } from "../support/workers/team-service.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "secret-svc-settings-"));
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test("SIGHUP reaches all workers: each has the new certificate, and a line of the log says which one wrote it", async () => {
  const folder = aFolder();
  const [first, second] = [makeCertificate(folder, "first", 40), makeCertificate(folder, "second", 40)];
  const at = (name: string) => join(folder, name);
  const install = ({ cert, key }: { cert: string; key: string }) => {
    copyFileSync(cert, at("tls.pem"));
    copyFileSync(key, at("tls-key.pem"));
  };
  install(first);
  const args = ["--tls-cert", at("tls.pem"), "--tls-key", at("tls-key.pem")];
  const service = await startTeamService(cleanups, { args });
  expect(service.url).toMatch(/^https:/);
  for (const pid of service.workers()) {
    const line = await lineTo(service, pid);
    expect((await line.call(service.token, "GET", "/secret-svc/whoami")).status).toBe(200);
    line.close();
  }
  install(second);
  service.signal("SIGHUP");
  await service.printed("secret-svc[1]: info: the TLS certificate was reloaded");
  await service.printed("secret-svc[2]: info: the TLS certificate was reloaded");
  const { port } = new URL(service.url);
  for (let at = 0; at < 12; at += 1) expect(await nameServed(Number(port))).toBe("second");
});

async function nameServed(port: number): Promise<string> {
  const socket = tls.connect({ port, host: "127.0.0.1", rejectUnauthorized: false });
  await new Promise((resolve, reject) => socket.once("secureConnect", resolve).once("error", reject));
  const { subject } = socket.getPeerCertificate();
  socket.destroy();
  return String(subject.CN);
}

test("each worker reads the header of a listed proxy", async () => {
  const env = { SECRET_SVC_TRUSTED_PROXIES: "127.0.0.1", SECRET_SVC_PROXY_PROTOCOL: "on" };
  const service = await startTeamService(cleanups, { env });
  const { port } = new URL(service.url);
  for (let at = 0; at < 6; at += 1) {
    const socket = net.connect(Number(port), "127.0.0.1");
    socket.write(`PROXY TCP4 192.0.2.${at} 127.0.0.1 1000 11337\r\n`);
    socket.write(
      `GET /secret-svc/whoami HTTP/1.1\r\nhost: a\r\nconnection: close\r\nauthorization: Bearer ${service.token}\r\n\r\n`,
    );
    let answer = "";
    for await (const more of socket.setEncoding("utf8")) answer += more;
    expect(answer).toMatch(/^HTTP\/1.1 200/);
  }
});

test("threat 328: no worker has a secret in its environment or arguments", async () => {
  const key = Buffer.alloc(32, 0x5a).toString("base64");
  const service = await startTeamService(cleanups, { env: { OB_ENCRYPTION_KEY: key } });
  for (const pid of service.workers()) {
    for (const file of ["environ", "cmdline"]) {
      const text = readFileSync(`/proc/${pid}/${file}`, "utf8");
      expect(text).not.toContain(key);
      expect(text).not.toContain(service.token);
      expect(text).not.toContain(service.mongoUri);
    }
  }
});

test("a program that prints the key runs once, also when a worker is replaced", async () => {
  const folder = aFolder();
  const key = join(folder, "key");
  const [runs, script] = [join(folder, "runs"), join(folder, "print-key")];
  writeFileSync(key, Buffer.alloc(32, 0x3c).toString("base64"), { mode: 0o600 });
  writeFileSync(script, `#!/bin/sh\necho run >>${runs}\ncat ${key}\n`, { mode: 0o700 });
  const env = { OB_ENCRYPTION_KEY_COMMAND: script };
  const service = await startTeamService(cleanups, { env, withoutKey: true });
  expect(service.workers()).toHaveLength(2);
  process.kill(service.workers()[1] ?? 0, "SIGKILL");
  await expect.poll(async () => (await service.metrics()).get("secret_svc_workers_ended_total")).toBe(1);
  await expect.poll(async () => (await service.metrics()).get("secret_svc_workers"), { timeout: 60_000 }).toBe(2);
  expect(readFileSync(runs, "utf8")).toBe("run\n");
});

test("a start that cannot succeed ends with the code and the message of the worker", async () => {
  const program = programPath("secret-svc");
  const dataDir = aFolder();
  const env = { PATH: process.env.PATH ?? "", SECRET_SVC_LISTEN: "127.0.0.1:0", SECRET_SVC_DATA_DIR: dataDir };
  const run = (more: Record<string, string>, ...args: string[]) =>
    runProgram(program, ["serve", ...args], { env: { ...env, ...more } });
  expect(await run({}, "--workers", "2")).toMatchObject({
    code: 78,
    stderr: expect.stringMatching(/SECRET_SVC_WORKERS is 2.*SECRET_SVC_STORE/),
  });

  const service = await startTeamService(cleanups);
  const store = { SECRET_SVC_STORE: service.mongoUri, SECRET_SVC_WORKERS: "2" };
  const other = { ...store, OB_ENCRYPTION_KEY: Buffer.alloc(32, 1).toString("base64") };
  const refused = await run(other);
  expect(refused).toMatchObject({ code: 78, stderr: expect.stringContaining("needs the encryption key") });
  expect(refused.stderr).toContain("worker 1 has ended with exit code 78 before it served calls");

  const taken = await run({ ...other, SECRET_SVC_LISTEN: new URL(service.url).host });
  expect(taken).toMatchObject({ code: 1, stderr: expect.stringContaining("EADDRINUSE") });

  const pipe = join(dataDir, "pipe");
  execFileSync("mkfifo", [pipe]);
  expect(await run({ ...other, SECRET_SVC_AUDIT_EXPORT: pipe })).toMatchObject({
    code: 78,
    stderr: expect.stringMatching(/SECRET_SVC_AUDIT_EXPORT.*is not a file.*SECRET_SVC_WORKERS/),
  });
});

test("the export of the audit log has whole lines of all workers", async () => {
  const file = join(aFolder(), "audit.jsonl");
  const service = await startTeamService(cleanups, { env: { SECRET_SVC_AUDIT_EXPORT: file } });
  const lines = await Promise.all(service.workers().map((pid) => lineTo(service, pid)));
  const secrets = [{ key: "app/KEY", value: "v" }];
  expect((await lines[0]?.call(service.token, "PUT", "/secret-svc/secrets", { secrets }))?.status).toBe(200);
  const read = (line: (typeof lines)[number]) =>
    line.call(service.token, "POST", "/secret-svc/secrets", { keys: ["app/KEY"], view: "SECRET_VIEW_FULL" });
  for (let at = 0; at < 40; at += 1) await Promise.all(lines.map(read));
  for (const line of lines) line.close();
  await service.stop();
  const exported = readFileSync(file, "utf8").trimEnd().split("\n");
  const actions = exported.map((line) => (JSON.parse(line) as { action: string }).action);
  expect(actions.filter((action) => action === "secret.read")).toHaveLength(80);
});

test("without the setting there is one process, and no other", async () => {
  const server = await startServer();
  cleanups.push(() => server.stop());
  expect(readFileSync(`/proc/${server.pid}/task/${server.pid}/children`, "utf8")).toBe("");
});

test("the command of a worker says who starts it", async () => {
  const { code, stderr } = await runProgram(programPath("secret-svc"), ["worker"]);
  expect(code).toBe(1);
  expect(stderr).toContain("'worker' is for 'secret-svc serve --workers', which starts it");
});
