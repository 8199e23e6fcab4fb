// What `oo` says, and to whom.
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { auditActions } from "../../src/cli/frame/audit-names.ts";
import { isLoopback, proxyFor } from "../../src/cli/frame/proxy.ts";
import { formatTable } from "../../src/cli/print/table.ts";
import { loaderOf } from "../../src/cli/run/loader-names.ts";
import { printedOnTerminal } from "../support/cli/printed-on-terminal.ts";
import { runOo } from "../support/cli/run-oo.ts";
import { type CliService, startCliService } from "../support/cli/service.ts";

let service: CliService;
beforeAll(async () => {
  service = await startCliService();
  await service.admin(["secret", "save", "prod/web/A", "v"]);
});
afterAll(() => service.stop());

describe("fault D16: what means nothing is an error", () => {
  test("a pattern that names a namespace without /*", async () => {
    for (const [pattern, hint] of [
      ["read:prod", "read:prod/*"],
      ["read:prod/web", "read:prod/web/*"],
      ["read:prod/", "read:prod/*"],
    ]) {
      const made = await service.admin(["token", "create", "--can", pattern ?? ""]);
      expect(made).toMatchObject({ code: 2, stdout: "" });
      expect(made.stderr).toContain(`--can '${hint}'`);
    }
    expect(await service.admin(["token", "create", "--can", "read:prod/web/A"])).toMatchObject({ code: 0 });
    const later = await service.admin(["token", "create", "--can", "create:prod/NEW"]);
    expect(later).toMatchObject({ code: 0, stderr: expect.stringContaining("there is none of that name yet") });
  });

  test.each([
    [["--action", "secret.reed"], "--action secret.reed matches nothing known, did you mean secret.read?"],
    [["--principal", "admni"], "--principal admni matches nothing known, did you mean admin?"],
    [["--key", "prod/web/B"], "--key prod/web/B matches nothing known, did you mean prod/web/A?"],
    [["--key", "elsewhere/NOPE"], "--key elsewhere/NOPE matches nothing known"],
    [["--key", "elsewhere/*"], "--key elsewhere/* matches nothing known"],
    [["--key", "*/NOPE"], "--key */NOPE matches nothing known"],
    [["--key", "prod/wbe/*"], "--key prod/wbe/* matches nothing known, did you mean prod/web/*?"],
  ])("audit list %j", async (filter, message) => {
    const { code, stdout, stderr } = await service.admin(["audit", "list", ...filter]);
    expect({ code, stdout, stderr }).toEqual({ code: 1, stdout: "", stderr: `oo: error: ${message}\n` });
    // To ask leaves no record of the key, so the second answer is the first.
    expect((await service.admin(["audit", "list", ...filter])).stderr).toBe(stderr);
  });

  test("what the log knows is not refused, also when it is removed or the other filters leave nothing", async () => {
    await service.admin(["secret", "save", "known/GONE", "v"]);
    await service.admin(["secret", "rm", "known/GONE"]);
    await service.admin(["secret", "purge", "known/GONE", "--auto-approve"]);
    for (const key of ["known/GONE", "known/*"]) {
      const shown = await service.admin(["audit", "list", "--key", key, "--until", "2020-01-01T00:00:00Z"]);
      expect(shown, key).toMatchObject({ code: 0, stderr: "" });
    }
  });

  test("oo knows every action that the service records", () => {
    const folder = join(import.meta.dirname, "../../src");
    const found = readdirSync(folder, { recursive: true, encoding: "utf8" });
    const sources = found.filter((file) => file.endsWith(".ts") && !file.startsWith("cli/"));
    const named = sources.flatMap((file) =>
      [
        ...readFileSync(join(folder, file), "utf8").matchAll(
          /"((?:secret|user|permit|team|token|session|login|passkey|audit|quota|tenant|key)\.[a-z-]+)"/g,
        ),
      ].map(([, name = ""]) => name),
    );
    const files = ["audit.db", "key.age"];
    const unknown = new Set(named.filter((name) => !auditActions.includes(name) && !files.includes(name)));
    expect([...unknown]).toEqual([]);
  });

  test("a filter of known names that nothing matches is an empty list", async () => {
    expect(await service.admin(["audit", "list", "--action", "secret.purge"])).toMatchObject({ code: 0 });
  });
});

describe("fault D15: errors of the service for people", () => {
  test("an expired, a revoked and an unknown token are three things", async () => {
    const token = await service.addUser("gone");
    const [{ id }] = JSON.parse((await service.admin(["token", "list", "gone", "-o", "json"])).stdout);
    await service.admin(["token", "revoke", id]);
    expect((await service.as(token, ["user", "whoami"])).stderr).toMatch(/^oo: error: the token was revoked\n/);
    const unknown = await service.as(`oo_${"A".repeat(43)}`, ["user", "whoami"]);
    expect(unknown.stderr).toMatch(/^oo: error: the token is missing, malformed or unknown\n/);
    expect(unknown.stderr).not.toMatch(/header|admin\.token/);
  });

  test("no path of a request is shown", async () => {
    const bad = await service.admin(["user", "save", "Not A Slug"]);
    expect(bad.stderr).toMatch(/^oo: error: slug /);
    expect(bad.stderr).not.toContain("users[");
  });
});

describe("fault D17: tables fit the terminal, and nothing else changes", () => {
  test("on a terminal no line is wider, on a pipe it is as ever", async () => {
    await service.admin(["secret", "save", `wide/${"K".repeat(100)}`, "v", "--readers", "a-reader,another-reader"]);
    const shown = await printedOnTerminal(service, 80, "secret", "list", "-n", "wide");
    for (const line of shown.split("\n")) expect([...line].length).toBeLessThanOrEqual(80);
    expect(shown).toContain("…");
    const { stdout } = await service.admin(["secret", "list", "-n", "wide"]);
    expect(stdout).toContain(`wide/${"K".repeat(100)}  ********  admin `);
    expect(formatTable(["A", "B"], [["x".repeat(60), "y".repeat(60)]], true)).toBe(
      `A${" ".repeat(61)}B\n${"x".repeat(60)}  ${"y".repeat(60)}\n`,
    );
  });

  test("what did not change is one line, what changes has a colour", async () => {
    const { writeFileSync } = await import("node:fs");
    const file = join(service.folder, "many.yaml");
    const entries = Array.from({ length: 20 }, (_, i) => `- {key: many/${i}, value: v}\n`);
    writeFileSync(file, entries.join(""));
    await service.admin(["secret", "save", file]);
    expect(await printedOnTerminal(service, 80, "secret", "save", file)).toBe("20 unchanged\n");
    expect((await service.admin(["secret", "save", file])).stdout.split("\n")).toHaveLength(21);
    writeFileSync(file, `${entries.slice(1).join("")}- {key: many/NEW, value: v}\n- {key: many/0, value: w}\n`);
    const plan = await printedOnTerminal(service, 80, "secret", "plan", file);
    const marker = "\u001b";
    const plain = plan.replaceAll(`${marker}[32mcreate`, "GREEN").replaceAll(`${marker}[33mupdate`, "YELLOW");
    expect(plain.split("\n").map((line) => line.split(" ")[0])).toEqual(["ACTION", "GREEN", "YELLOW", "", "1", ""]);
    expect(plain).toContain("\n1 to create, 1 to update, 19 unchanged\n");
  });

  test("states and decisions have one spelling", async () => {
    await service.admin(["secret", "save", "spelled/A", "v", "--metadata", "expires=2020-01-01"]);
    const [secret] = JSON.parse((await service.admin(["secret", "list", "spelled/A", "-o", "json"])).stdout);
    expect(secret.state).toBe("expired");
    expect((await service.admin(["secret", "list", "spelled/A"])).stdout).toContain("  expired  ");
    const [record] = JSON.parse((await service.admin(["audit", "list", "--limit", "1", "-o", "json"])).stdout);
    expect(record.decision).toBe("allowed");
  });
});

describe("fault D12: the token and hostile services", () => {
  test("http:// to another machine gets a warning, this machine none", async () => {
    const env = { OO_TOKEN: "oo_x", OO_URL: "http://service.invalid:1" };
    const { stderr } = await runOo(["user", "whoami"], { env });
    expect(stderr).toMatch(
      /^oo: warning: the token and all values go to service\.invalid:1 unencrypted: use https:\/\/\n/,
    );
    for (const url of ["http://localhost:1", "http://127.3.2.1", "http://[::1]:80", "http://a.localhost"])
      expect(isLoopback(url)).toBe(true);
    for (const url of ["http://127.0.0.1.example.com", "http://localhost.example.com"])
      expect(isLoopback(url)).toBe(false);
  });
});

describe("fault D13: proxies, and plaintext to a port of TLS", () => {
  test("which proxy is used", () => {
    const env = { HTTPS_PROXY: "http://proxy:3128", no_proxy: "internal.example.com, .corp,10.0.0.1:8443" };
    expect(proxyFor("https://secrets.example.com", env)).toBe("http://proxy:3128");
    expect(proxyFor("http://secrets.example.com", env)).toBeUndefined();
    for (const host of ["internal.example.com", "a.internal.example.com", "x.corp", "10.0.0.1:8443", "localhost"]) {
      expect(proxyFor(`https://${host}`, env), host).toBeUndefined();
    }
    expect(proxyFor("https://10.0.0.1:1", env)).toBe("http://proxy:3128");
    expect(proxyFor("https://x", { ...env, no_proxy: "*" })).toBeUndefined();
  });

  test("a call goes through it, and a dead one is named", async () => {
    const seen: string[] = [];
    const proxy = createServer((socket) => {
      socket.once("data", (data) => {
        seen.push(String(data).split("\r\n")[0] ?? "");
        socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
      });
      socket.on("error", () => undefined);
    });
    const port = await new Promise<number>((resolve) => {
      proxy.listen(0, "127.0.0.1", () => resolve((proxy.address() as { port: number }).port));
    });
    const call = (through: number) =>
      runOo(["user", "whoami"], {
        env: {
          OO_TOKEN: "oo_x",
          OO_URL: "https://service.invalid",
          HTTPS_PROXY: `http://user:sk_live@127.0.0.1:${through}`,
        },
      });
    const refused = await call(port);
    await new Promise((resolve) => proxy.close(resolve));
    expect(seen).toEqual(["CONNECT service.invalid:443 HTTP/1.1"]);
    expect(refused.stderr).toContain(`through the proxy 127.0.0.1:${port}`);
    const dead = await call(port);
    expect(dead.stderr).toMatch(
      new RegExp(
        `^oo: error: cannot reach the service at https://service.invalid through the proxy 127.0.0.1:${port}: connection refused\n`,
      ),
    );
    expect(refused.stderr + dead.stderr).not.toContain("sk_live");
  });

  test("a connection that breaks during a read has changed nothing", async () => {
    const server = createServer((socket) => socket.destroy());
    const port = await new Promise<number>((resolve) => {
      server.listen(0, "127.0.0.1", () => resolve((server.address() as { port: number }).port));
    });
    const env = { OO_TOKEN: "oo_x", OO_URL: `http://127.0.0.1:${port}` };
    const read = await runOo(["secret", "list"], { env });
    const save = await runOo(["secret", "save", "a/B", "v"], { env });
    await new Promise((resolve) => server.close(resolve));
    expect(read.stderr).toContain("if the service uses TLS, its address begins with https://");
    expect(read.stderr).not.toContain("may or may not");
    expect(save.stderr).toContain("a change may or may not have been made");
  });
});

test("fault D11: names that make programs load other code or trust others are refused", () => {
  const names =
    "HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY http_proxy https_proxy REQUESTS_CA_BUNDLE CURL_CA_BUNDLE AWS_CA_BUNDLE LESSOPEN LESSCLOSE KUBECONFIG RUSTC_WRAPPER RUSTC_WORKSPACE_WRAPPER RUSTFLAGS ERL_FLAGS ERL_AFLAGS GIT_TEMPLATE_DIR GIT_DIR GIT_SSL_CAINFO OO_URL OO_TOKEN CC CXX LDFLAGS MAKEFLAGS PKG_CONFIG_PATH DOCKER_HOST DOCKER_CONFIG CARGO_HOME CARGO_BUILD_RUSTC JULIA_LOAD_PATH R_PROFILE_USER R_LIBS SSH_ASKPASS SUDO_ASKPASS MANPAGER INPUTRC XDG_CONFIG_HOME TERMINFO GOROOT GOPATH GOTOOLCHAIN GOSUMDB DOTNET_ROOT COMPlus_EnableDiagnostics MAVEN_ARGS GRADLE_USER_HOME BUNDLE_PATH COMPOSER_HOME PSModulePath TF_CLI_CONFIG_FILE TF_PLUGIN_CACHE_DIR AWS_CONFIG_FILE AWS_ENDPOINT_URL VAULT_ADDR VAULT_CACERT VAULT_SKIP_VERIFY ANSIBLE_CONFIG HOSTALIASES GNUPGHOME DENO_CERT PGSSLROOTCERT KRB5_CONFIG";
  for (const name of names.split(" ")) expect(loaderOf(name), name).toBeDefined();
  for (const name of [
    "DATABASE_URL",
    "CARGO_REGISTRY_TOKEN",
    "NUGET_API_KEY",
    "GIT_TOKEN",
    "AWS_SECRET_ACCESS_KEY",
    "PGPASSWORD",
  ]) {
    expect(loaderOf(name), name).toBeUndefined();
  }
});

test("fault D10: a sealed value of 64 KiB is opened from standard input, and 'seal.' is a value like any other", async () => {
  const value = "x".repeat(65_536);
  const sealed = await service.admin(["secret", "encrypt", "big/A", "-", "-o", "value"], value);
  expect(sealed.stdout.length).toBeGreaterThan(65_536);
  const opened = await service.admin(["secret", "decrypt"], sealed.stdout);
  expect(opened).toEqual({ code: 0, stdout: value, stderr: "" });
  const odd = await service.admin(["secret", "encrypt", "big/B", "seal.of.approval", "-o", "value"]);
  expect((await service.admin(["secret", "decrypt", odd.stdout.trim()])).stdout).toBe("seal.of.approval");
});
