import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { programPath } from "../support/built-package.ts";

const program = programPath("secret-svc");
const value = "canary-4711";

interface Started {
  readonly dataDir: string;
  readonly stdout: NodeJS.ReadableStream;
  /** Status and body of a call. */
  call(path: string, body?: object, method?: string): Promise<{ status: number; text: string }>;
  read(): Promise<{ status: number; text: string }>;
  save(key: string): Promise<{ status: number; text: string }>;
}

/** Starts a service by way of a shell, so that limits of the shell hold for it. */
async function start(environment: Readonly<Record<string, string>>, before = ""): Promise<Started> {
  const dataDir = mkdtempSync(join(tmpdir(), "audit-process-"));
  const env = { SECRET_SVC_LISTEN: "127.0.0.1:0", SECRET_SVC_DATA_DIR: dataDir, PATH: process.env.PATH ?? "" };
  const child = spawn("bash", ["-c", `${before} exec "$0" serve`, program], {
    env: { ...env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(async () => {
    child.kill("SIGKILL");
    if (child.exitCode === null) await once(child, "exit");
    rmSync(dataDir, { recursive: true });
  });
  const url = await new Promise<string>((resolve, reject) => {
    let text = "";
    const look = (more: Buffer) => {
      text += more;
      const found = /listening on (http:\S+)/.exec(text)?.[1];
      if (found !== undefined) resolve(found);
    };
    child.stderr.on("data", look);
    if (environment.SECRET_SVC_AUDIT_EXPORT !== "stdout") child.stdout.on("data", look);
    child.once("exit", () => reject(new Error(text)));
  });
  const token = readFileSync(join(dataDir, "admin.token"), "utf8").trim();
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const call = async (path: string, body?: object, method = "POST") => {
    const request = body === undefined ? {} : { method, body: JSON.stringify(body) };
    const response = await fetch(url + path, { ...request, headers });
    return { status: response.status, text: await response.text() };
  };
  return {
    dataDir,
    stdout: child.stdout,
    call,
    read: () => call("/secret-svc/secrets", { key: "A" }),
    save: (key) => call("/secret-svc/secrets", { secrets: [{ key, value }] }, "PUT"),
  };
}

async function expectClosed(service: Started): Promise<void> {
  const answer = await service.read();
  expect(answer.status).toBe(503);
  expect(answer.text).toContain("AUDIT_UNAVAILABLE");
  expect(answer.text).not.toContain(value);
}

async function expectOpenAgain(service: Started): Promise<void> {
  await expect.poll(async () => (await service.read()).text, { timeout: 60_000 }).toContain(value);
  await expect.poll(async () => (await service.call("/readyz")).status, { timeout: 60_000 }).toBe(200);
}

test("threat 101: while the export is full nothing is read or changed, and it recovers by itself", async () => {
  const folder = mkdtempSync(join(tmpdir(), "audit-export-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "audit.jsonl");
  const service = await start({ SECRET_SVC_AUDIT_EXPORT: path });
  expect((await service.save("A")).status).toBe(200);
  expect((await service.read()).text).toContain(value);
  renameSync(path, `${path}.1`);
  symlinkSync("/dev/full", path);
  await expectClosed(service);
  expect((await service.save("B")).status).toBe(503);
  expect((await service.call("/readyz")).status).toBe(503);
  rmSync(path);
  await expectOpenAgain(service);
  expect((await service.call("/secret-svc/secrets", { key: "B" })).text).toContain('"missingKeys":["B"]');
  const lines = readFileSync(`${path}.1`, "utf8") + readFileSync(path, "utf8");
  expect(lines).not.toContain(value);
  const actions = lines
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(actions.filter(({ action, key }) => action === "secret.save" && key === "A")).toHaveLength(1);
  expect(
    actions.filter(({ action, key, decision }) => action === "secret.read" && key === "A" && decision === "allowed")
      .length,
  ).toBeGreaterThanOrEqual(3);
});

test("threat 101: while no one reads standard output, where the export goes, nothing is read", async () => {
  const service = await start({ SECRET_SVC_AUDIT_EXPORT: "stdout" });
  expect((await service.save("A")).status).toBe(200);
  // A pipe holds 64 KiB, and the stream some more.
  let last = await service.read();
  for (let at = 0; last.status === 200 && at < 20_000; at += 100) {
    const answers = await Promise.all(Array.from({ length: 100 }, () => service.read()));
    last = answers.find(({ status }) => status !== 200) ?? last;
  }
  await expectClosed(service);
  let exported = "";
  service.stdout.on("data", (more: Buffer) => {
    exported += more;
  });
  await expectOpenAgain(service);
  await expect.poll(() => exported.endsWith("\n")).toBe(true);
  for (const line of exported.trim().split("\n")) expect(JSON.parse(line)).toHaveProperty("action");
});

test("threat 101: when the file of the records may not grow any more, no value leaves", async () => {
  // In units of 1 KiB. Both files are made within it.
  const service = await start({}, "ulimit -f 2048;");
  expect((await service.save("A")).status).toBe(200);
  let last = await service.read();
  for (let at = 0; last.status === 200 && at < 20_000; at += 100) {
    const answers = await Promise.all(Array.from({ length: 100 }, () => service.read()));
    last = answers.find(({ status }) => status !== 200) ?? last;
  }
  await expectClosed(service);
  expect((await service.call("/readyz")).status).toBe(503);
});

test("threat 101: when the file of the records is deleted or replaced, no value leaves", async () => {
  const service = await start({});
  expect((await service.save("A")).status).toBe(200);
  expect((await service.read()).status).toBe(200);
  const away = join(service.dataDir, "away");
  mkdirSync(away);
  renameSync(join(service.dataDir, "audit.db"), join(away, "audit.db"));
  await expectClosed(service);
  execFileSync("cp", [join(away, "audit.db"), join(service.dataDir, "audit.db")]);
  await expectClosed(service);
  renameSync(join(away, "audit.db"), join(service.dataDir, "audit.db"));
  await expectOpenAgain(service);
});

test("an export that cannot be written to keeps the service from starting", async () => {
  const starting = start({ SECRET_SVC_AUDIT_EXPORT: "/no-such-folder/audit.jsonl" });
  await expect(starting).rejects.toThrow(
    "SECRET_SVC_AUDIT_EXPORT: cannot write to /no-such-folder/audit.jsonl (ENOENT)",
  );
});
