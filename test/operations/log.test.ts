import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { describeError, describeErrorAsText, type LoggedError } from "../../src/log/log-error.ts";
import { StoreError } from "../../src/store/store-error.ts";
import { startServer } from "../support/server-process.ts";

const canary = "canary-79";

describe("errors in the log", () => {
  /** What other people's code puts into the messages of its errors. */
  const leaks: readonly (readonly [what: string, throws: () => unknown])[] = [
    ["a parser that quotes its input", () => JSON.parse(canary)],
    ["Node about an argument", () => Buffer.alloc(canary as unknown as number)],
    ["V8 about a name", () => (undefined as unknown as Record<string, string>)[canary]],
    ["a number", () => BigInt(canary)],
    [
      "an error with more fields",
      () => Promise.reject(Object.assign(new Error(canary), { code: canary, value: canary })),
    ],
    ["a message that looks like a place", () => Promise.reject(new Error(`no\n    at ${canary} (file:1:1)`))],
    ["something that is not an error", () => Promise.reject(canary)],
    ["a cause", () => Promise.reject(new StoreError("unavailable", "no", { cause: new TypeError(canary) }))],
  ];

  test.each(leaks)("threat 79: %s", async (_what, throws) => {
    const error: unknown = await (async () => throws())().catch((caught: unknown) => caught);
    const logged = [JSON.stringify(describeError(error)), describeErrorAsText(error)];
    expect(String(error instanceof StoreError ? error.cause : error)).toContain(canary);
    for (const text of logged) expect(text).not.toContain(canary);
  });

  test("what is written for operators is shown, with the code and the place", () => {
    const error = new StoreError("unavailable", "the disk is full", {
      cause: Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC", syscall: "write" }),
    });
    const cause: Partial<LoggedError> = {
      name: "Error",
      code: "ENOSPC",
      message: "ENOSPC: no space left on device, write",
    };
    expect(describeError(error)).toMatchObject({ name: "StoreError", message: "the disk is full", cause });
    expect(describeError(error).at[0]).toContain("log.test.ts");
    const lines = describeErrorAsText(error).split("\n");
    expect(lines[0]).toBe("StoreError: the disk is full");
    expect(lines[1]).toMatch(/^ {4}at /);
    expect(lines).toContain("  caused by Error ENOSPC: ENOSPC: no space left on device, write");
  });

  test("an error that causes itself ends", () => {
    const error = new Error("a");
    error.cause = error;
    expect(describeErrorAsText(error).match(/caused by/g)).toHaveLength(5);
  });
});

describe("the log of the service", () => {
  const call = (url: string, token: string) =>
    fetch(`${url}/secret-svc/secrets`, {
      method: "PUT",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ secrets: [{ key: `${canary}/KEY`, value: `${canary}-value` }] }),
    });

  test("as JSON has one object a line, and at debug one for each call, with its request id and nothing of its content", async () => {
    const server = await startServer({ env: { SECRET_SVC_LOG_FORMAT: "json", SECRET_SVC_LOG_LEVEL: "debug" } });
    const answer = await call(server.url, server.adminToken);
    await call(server.url, `oo_${canary}`);
    await server.stop();
    const entries = server
      .output()
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const requestId = answer.headers.get("x-request-id");
    const rpc = "secret.v1.SecretService/SaveSecrets";
    expect(entries).toContainEqual({
      level: "debug",
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      msg: "call",
      requestId,
      rpc,
      code: "ok",
      ms: expect.any(Number),
    });
    expect(entries).toContainEqual(expect.objectContaining({ rpc, code: "unauthenticated" }));
    expect(entries).toContainEqual(expect.objectContaining({ level: "info", msg: `listening on ${server.url}` }));
    for (const name of entries.flatMap(Object.keys)) {
      expect(["level", "time", "msg", "requestId", "rpc", "code", "ms", "error"]).toContain(name);
    }
    expect(server.output()).not.toContain(canary);
    expect(server.output()).not.toContain(server.adminToken);
  });

  test("as text says nothing of calls that go well, and refuses settings that it does not know", async () => {
    const server = await startServer();
    await call(server.url, server.adminToken);
    await server.stop();
    expect(server.output()).not.toContain("SaveSecrets");
    const { env } = process;
    for (const [name, value, choices] of [
      ["SECRET_SVC_LOG_FORMAT", "xml", "text, json"],
      ["SECRET_SVC_LOG_LEVEL", "trace", "info, error, debug"],
    ] as const) {
      const run = promisify(execFile)("bin/secret-svc", ["serve"], { env: { PATH: env.PATH ?? "", [name]: value } });
      const stderr = `secret-svc: error: ${name} must be one of ${choices}\n`;
      await expect(run).rejects.toMatchObject({ code: 78, stderr });
    }
  });
});
