/** Settings that cannot be used, and those of the environment. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ClientOptions, SecretClient, Value } from "@secret-svc/client";
import { SecretClient as BrowserClient } from "@secret-svc/client/browser";
import { afterAll, afterEach, expect, test, vi } from "vitest";
import { mustNotShow } from "./plain.ts";

const token = "oo_canary-4711";
const folder = mkdtempSync(join(tmpdir(), "secret-svc-settings-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => vi.unstubAllEnvs());

const wrong: readonly [string, string | undefined, ClientOptions, string][] = [
  ["localhost:11337", token, {}, "must look like https://HOST:PORT"],
  ["grpc://localhost", token, {}, "must look like https://HOST:PORT"],
  ["http://localhost/api", token, {}, "must look like https://HOST:PORT"],
  ["http://localhost?x", token, {}, "must look like https://HOST:PORT"],
  ["http://me:canary-4711@localhost", "oo_x", {}, "must look like https://HOST:PORT"],
  ["http://localhost:canary", token, {}, "must look like https://HOST:PORT"],
  ["http://localhost", undefined, {}, "set OO_TOKEN"],
  ["http://localhost", "oo_canary\n4711", {}, "the token does not hold a token"],
  ["http://localhost", token, { tokenFile: "x" }, "not both"],
  ["http://localhost", token, { timeoutMs: 0 }, "must be positive"],
  ["http://localhost", token, { caFile: "x" }, "without https"],
];

test.each(wrong)("%s, %s, %o", (url, given, options, says) => {
  vi.stubEnv("OO_TOKEN", undefined);
  const error = errorOf(() => new SecretClient(url, given, options));
  expect(error).toBeInstanceOf(TypeError);
  expect(error.message).toContain(says);
  expect(error.message).not.toContain("canary");
});

test("what a page gives", () => {
  expect(errorOf(() => new BrowserClient("/", token)).message).toContain("must look like");
  expect(errorOf(() => new BrowserClient("https://x", "a b")).message).toContain("does not hold a token");
  mustNotShow(token, new BrowserClient("https://x", token));
});

test("a page is asked for the token before each call", async () => {
  const client = new BrowserClient("http://127.0.0.1:1", async () => "oo_canary\n4711");
  const error = await client.get("X").catch((reason: Error) => reason);
  expect(String(error)).toContain("the function for the token does not hold a token");
  expect(String(error)).not.toContain("canary");
});

test("a file that is not there, or holds no token", async () => {
  const gone = join(folder, "gone");
  expect(errorOf(() => new SecretClient("https://localhost", token, { caFile: gone })).message).toContain("ENOENT");
  const client = new SecretClient("http://127.0.0.1:1", undefined, { tokenFile: gone });
  await expect(client.get("X")).rejects.toThrow("ENOENT");
  for (const content of ["", "oo_canary\n4711", "oo_canary\xff"]) {
    writeFileSync(join(folder, "token"), content, "latin1");
    const holder = new SecretClient("http://127.0.0.1:1", undefined, { tokenFile: join(folder, "token") });
    await expect(holder.get("X")).rejects.toThrow(/^the token file does not hold a token(?!.*canary)/);
  }
});

test.each([
  ["", "SecretClient(http://127.0.0.1:11337)"],
  ["https://secrets.example", "SecretClient(https://secrets.example)"],
  ["http://[::1]:11337/", "SecretClient(http://[::1]:11337)"],
])("address and token of the environment: %s", (url, shown) => {
  vi.stubEnv("OO_URL", url);
  vi.stubEnv("OO_TOKEN", token);
  const client = new SecretClient();
  expect(String(client)).toBe(shown);
  mustNotShow(token, client);
});

test("a value that is neither text nor bytes is refused unseen", () => {
  for (const value of [["canary-4711"], "canary-4711\ud800"]) {
    const error = errorOf(() => new Value(value as unknown as string));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).not.toContain("canary");
  }
});

test("a value that is given bare is refused unseen", async () => {
  const client = new SecretClient("http://127.0.0.1:1", token);
  const input = { key: "KEY", value: "canary-4711" as unknown as Value };
  await expect(client.save([input])).rejects.toThrow(/^a value is given as new Value/);
});

test("what cannot be connected to is unavailable", async () => {
  for (const protocol of ["grpc", "connect"] as const) {
    const client = new SecretClient("http://127.0.0.1:1", token, { protocol });
    await expect(client.get("X")).rejects.toMatchObject({ code: 14, reason: 0 });
  }
  await expect(new BrowserClient("http://127.0.0.1:1", token).get("X")).rejects.toMatchObject({ code: 14 });
});

function errorOf(make: () => unknown): Error {
  try {
    make();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("it was accepted");
}
