import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openVault, parseVaultAddress } from "../../src/cli/files/vault-client.ts";
import { walkVault } from "../../src/cli/files/walk-vault.ts";
import { readSecretFile } from "../../src/cli/formats/secret-file.ts";
import { runOo } from "../support/cli/run-oo.ts";
import { type CliService, startCliService } from "../support/cli/service.ts";
import { makeCertificate } from "../support/clients/certificate.ts";

const token = "canary-token-123";
let service: CliService;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "oo-live-"));
  service = await startCliService();
});
afterAll(async () => {
  await service.stop();
  rmSync(folder, { recursive: true });
});

type Answers = Readonly<Record<string, object | number>>;
type Seen = { readonly path: string; readonly token: string | undefined }[];

/** What a server of Vault sends for some paths; test/programs/vault/import.test.ts asks a real one. */
function answering(answers: Answers, seen: Seen = []): http.RequestListener {
  return (request, response) => {
    const path = decodeURIComponent((request.url ?? "").replace("/v1/", ""));
    seen.push({ path, token: request.headers["x-vault-token"]?.toString() });
    const answer = answers[path] ?? 404;
    if (typeof answer === "number") {
      // A server may write anything.
      response
        .writeHead(answer, { location: "http://127.0.0.1:9/v1/other" })
        .end(`canary ${request.headers["x-vault-token"]}`);
    } else response.writeHead(200).end(JSON.stringify(answer));
  };
}

async function serving<Result>(server: http.Server, work: (host: string) => Promise<Result>): Promise<Result> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    return await work(`127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

const importing = (args: string[], env: Readonly<Record<string, string>> = { VAULT_TOKEN: token }) =>
  runOo(["secret", "import", ...args], {
    env: { OO_URL: service.server.url, OO_TOKEN: service.server.adminToken, ...env },
    cwd: folder,
  });
const fromServer = (answers: Answers, path: string, args: string[] = [], seen: Seen = []) =>
  serving(http.createServer(answering(answers, seen)), (host) =>
    importing([...args, "--from", `vault://${host}/${path}`]),
  );

const v2 = { data: { path: "kv/", type: "kv", options: { version: "2" } } };
const version = (number: number, data: object | null) => ({
  data: { data, metadata: { version: number, deletion_time: data === null ? "2026-01-01T00:00:00Z" : "" } },
});
const tree: Answers = {
  "sys/internal/ui/mounts/kv/app": v2,
  "kv/metadata/app?list=true": { data: { keys: ["web", "deep/", "gone"] } },
  "kv/data/app/web": version(3, { URL: "three", PORT: 5432 }),
  "kv/data/app/web?version=2": version(2, { URL: "two" }),
  "kv/data/app/web?version=1": version(1, { URL: "one", OLD: "gone" }),
  "kv/metadata/app/deep?list=true": { data: { keys: ["a b"] } },
  "kv/data/app/deep/a b": version(1, { KEY: "nested", list: ["x"] }),
  "kv/data/app/gone": version(2, null),
  "kv/data/app/gone?version=1": version(1, { PASSWORD: "deleted" }),
};

describe("oo secret import --from vault://", () => {
  test("walks the folders of a live server, and lists what cannot be taken", async () => {
    const seen: Seen = [];
    const refused = await fromServer(tree, "kv/app", ["-n", "live"], seen);
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toContain("gone has no data: its newest version is deleted");
    expect(refused.stderr).toContain("deep/a b/list is a list");
    expect(refused.stderr).toContain("deep/a b/KEY cannot be a key");
    expect(new Set(seen.map((each) => each.token))).toEqual(new Set([token]));
    const args = ["-n", "live", "--partial", "--map", "deep/a b/KEY=DEEP"];
    expect(await fromServer(tree, "kv/app", [...args, "--dry-run"])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^create +live\/DEEP/m),
    });
    expect((await fromServer(tree, "kv/app", args)).stdout).toBe(
      "created live/web/URL (version 1)\ncreated live/web/PORT (version 1)\ncreated live/DEEP (version 1)\n",
    );
    expect((await service.admin(["secret", "get", "live/web/PORT"])).stdout).toBe("5432");
  });

  test("--all-versions saves the earlier ones first", async () => {
    const args = ["-n", "old", "--partial", "--all-versions", "--map", "deep/a b/KEY=DEEP"];
    expect(await fromServer(tree, "kv/app", args)).toMatchObject({ code: 0 });
    const value = async (number: string) =>
      (await service.admin(["secret", "get", "old/web/URL", "--version", number])).stdout;
    expect([await value("1"), await value("2"), await value("3")]).toEqual(["one", "two", "three"]);
    // What was deleted there, or is no longer in the newest version, does not come back here.
    const { stdout } = await service.admin(["secret", "list", "-n", "old", "-o", "json"]);
    expect(stdout).not.toMatch(/OLD|PASSWORD/);
  });

  test("--all-versions saves nothing twice, and goes on where it was interrupted", async () => {
    const args = ["-n", "again", "--partial", "--all-versions", "--map", "deep/a b/KEY=DEEP", "--readers", "web"];
    const seen = await fromServer(tree, "kv/app", [...args, "--dry-run"]);
    expect(seen).toMatchObject({ code: 0, stderr: expect.stringContaining("2 older values would be saved before") });
    // What an import leaves whose second batch was not saved.
    await service.admin(["secret", "save", "again/web/URL", "one"]);
    const done = await fromServer(tree, "kv/app", args);
    expect(done).toMatchObject({ code: 0, stderr: expect.stringContaining("1 older value saved before") });
    expect(done.stdout).toMatch(/^updated again\/web\/URL \(version 3\): value, readers \+web$/m);
    const { stdout } = await service.admin(["secret", "versions", "again/web/URL", "--show", "-o", "json"]);
    const versions = JSON.parse(stdout) as { value: string; readers?: string[] }[];
    expect(versions.map(({ value }) => value)).toEqual(["three", "two", "one"]);
    const repeated = await fromServer(tree, "kv/app", [...args, "-o", "json"]);
    const results = JSON.parse(repeated.stdout) as { outcome: string }[];
    expect(results.map(({ outcome }) => outcome)).toEqual(["UNCHANGED", "UNCHANGED", "UNCHANGED"]);
  });

  test("--all-versions never puts older values after newer ones", async () => {
    await service.admin(["secret", "save", "mine/web/URL", "three"]);
    const args = ["-n", "mine", "--partial", "--all-versions", "--map", "deep/a b/KEY=DEEP"];
    const refused = await fromServer(tree, "kv/app", args);
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toContain("mine/web/URL already has other versions");
    expect((await service.admin(["secret", "list", "-n", "mine"])).stdout.split("\n")).toHaveLength(3);
  });

  test("what is left out is said even when quiet", async () => {
    const { stderr } = await fromServer(tree, "kv/app", ["-q", "-n", "quiet", "--partial", "--dry-run"]);
    expect(stderr).toContain("oo: warning: deep/a b/list is a list");
  });

  test("a server that never comes to an end is left: one answer has a limit, and so has the whole", async () => {
    const endless = http.createServer((_, response) => {
      const timer = setInterval(() => response.write(" "), 5);
      response.on("close", () => clearInterval(timer));
    });
    await serving(endless, async (host) => {
      const read = openVault(`http://${host}`, { VAULT_TOKEN: token }, 60);
      await expect(read(["kv", "app"])).rejects.toThrow("did not answer in 0.06 seconds");
    });
    const address = { origin: "http://vault.test", segments: ["kv", "app"] };
    const mount = { status: 200, text: JSON.stringify(v2) };
    const deep = { status: 200, text: '{"data":{"keys":["deeper/"]}}' };
    let minutes = 0;
    const slow = async (segments: readonly string[]) => {
      minutes += 4;
      return segments[0] === "sys" ? mount : deep;
    };
    const options = { earlierVersions: 0, nowMs: () => minutes * 60_000 };
    await expect(walkVault(slow, address, options)).rejects.toThrow(
      "http://vault.test took more than 30 minutes: nothing was saved",
    );
    expect(minutes).toBe(32);
  });

  test("the token goes to the port that was named, also to one that is usual for another scheme", () => {
    const originOf = (text: string) => parseVaultAddress(text, {}).origin;
    expect(originOf("vault+http://vault.example.com:443/kv/app")).toBe("http://vault.example.com:443");
    expect(originOf("vault://127.0.0.1:443/kv/app")).toBe("http://127.0.0.1:443");
    expect(originOf("vault://vault.example.com:80/kv/app")).toBe("https://vault.example.com:80");
    expect(() => originOf("vault://vault.example.com/kv/100%")).toThrow("a percent sign that no two digits follow");
  });

  test("one secret of version 1 of the engine, over TLS with a CA of its own", async () => {
    const { cert, key } = makeCertificate(folder, "vault");
    const answers = {
      "sys/internal/ui/mounts/secret/one": { data: { path: "secret/", type: "kv", options: null } },
      "secret/one": { data: { PASSWORD: "tls" } },
    };
    const server = https.createServer({ cert: readFileSync(cert), key: readFileSync(key) }, answering(answers));
    await serving(server, async (host) => {
      const from = ["-n", "tls", "--from", `vault+https://${host}/secret/one`];
      const distrusted = await importing(from);
      expect(distrusted).toMatchObject({ code: 1, stdout: "" });
      expect(distrusted.stderr).toContain("the certificate of its CA goes into VAULT_CACERT");
      expect(await importing(from, { VAULT_TOKEN: token, VAULT_CACERT: cert })).toMatchObject({
        code: 0,
        stdout: "created tls/PASSWORD (version 1)\n",
      });
    });
  });

  test.each([
    [403, "the token in VAULT_TOKEN may not read"],
    [307, "is at another address now, which does not get the token"],
    [500, "with status 500"],
    [404, "there is no engine at"],
  ])("threat 222: the token is in no error, and no other server gets it (%i)", async (status, message) => {
    const seen: Seen = [];
    const { code, stdout, stderr } = await fromServer({ "sys/internal/ui/mounts/kv/app": status }, "kv/app", [], seen);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(message);
    expect(stderr).not.toContain("canary");
    expect(seen).toHaveLength(1);
  });

  test("threat 222: a token that breaks a header, an address with one, and no token at all", async () => {
    const at = ["--from", "vault://127.0.0.1:9/kv/app"];
    const broken = await importing(at, { VAULT_TOKEN: "canary\r\nx: y" });
    expect(broken.stderr).toContain("VAULT_TOKEN holds characters that no token has");
    const inAddress = await importing(["--from", "vault://canary@127.0.0.1:9/kv/app"]);
    expect(inAddress).toMatchObject({ code: 2, stderr: expect.stringContaining("must not hold credentials") });
    expect((await importing(at, {})).stderr).toContain("there is no token for Vault");
    const unreachable = await importing(at);
    expect(unreachable.stderr).toContain("cannot read from http://127.0.0.1:9: connection refused");
    expect(broken.stderr + inAddress.stderr + unreachable.stderr).not.toContain("canary");
  });

  test("threat 224: folders without an end, names with paths in them, and huge answers end the import", async () => {
    const endless: Answers = new Proxy(
      {},
      { get: (_, path) => (String(path).startsWith("sys/") ? v2 : listing("x/")) },
    );
    expect((await fromServer(endless, "kv/app")).stderr).toContain("nested too deeply");
    for (const name of ["../up", "..", "a/b"]) {
      const answers = { "sys/internal/ui/mounts/kv/app": v2, "kv/metadata/app?list=true": listing(name) };
      expect((await fromServer(answers, "kv/app")).stderr).toContain("lists a name that no secret has");
    }
    const huge = { "sys/internal/ui/mounts/kv/app": { data: "x".repeat(9 * 1024 * 1024) } };
    expect((await fromServer(huge, "kv/app")).stderr).toContain("sent more than 8388608 bytes");
  });

  test.each([
    [["--from", "vault://127.0.0.1:9/kv", "file"]],
    [["--from", "ftp://x"]],
    [["--from", "vault://127.0.0.1:9"]],
    [["--all-versions", "file"]],
    [["--sealing-key", "key.json", "file"]],
    [[]],
  ])("%j is wrong usage", async (args) => expect(await importing(args)).toMatchObject({ code: 2, stdout: "" }));
});

const listing = (...keys: string[]) => ({ data: { keys } });

describe("oo secret import --seal", () => {
  const sealing = (target: string, text: string, ...args: string[]) =>
    service.admin(["secret", "import", "--seal", target, ...args, "-"], text);
  const read = (name: string) => readFileSync(join(service.folder, name), "utf8");

  test("writes one file that save takes, and stores nothing", async () => {
    const sealed = await sealing("sealed.yaml", "A=canary-one\nB=two\n", "-n", "sealed/web", "--readers", "web");
    expect(sealed).toMatchObject({ code: 0, stdout: "Wrote sealed.yaml.\n" });
    expect(read("sealed.yaml")).not.toContain("canary");
    expect((await service.admin(["secret", "list", "-n", "sealed"])).stdout).toBe("");
    expect(await service.admin(["secret", "lint", "sealed.yaml"])).toMatchObject({ code: 0 });
    expect((await service.admin(["secret", "save", "sealed.yaml"])).stdout).toContain("created sealed/web/A");
    expect((await service.admin(["secret", "get", "sealed/web/A"])).stdout).toBe("canary-one");
    const again = await sealing("sealed.yaml", "A=other\n");
    expect(again).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("sealed.yaml exists, and is not replaced"),
    });
  });

  test("writes a folder with one file for each namespace", async () => {
    const text = JSON.stringify({ prod: { web: { A: "1", B: "2" }, TOP: "3" }, ALONE: "4" });
    const { stdout } = await sealing("git", text);
    expect(stdout).toBe("Wrote git/prod-web.yaml.\nWrote git/prod.yaml.\nWrote git/secrets.yaml.\n");
    const keys = readSecretFile("x", read("git/prod-web.yaml")).map(({ input }) => input.key);
    expect(keys).toEqual(["prod/web/A", "prod/web/B"]);
    expect((await sealing("git", '{"prod":{"NEW":"1"},"other":{"X":"1"}}')).code).toBe(1);
    expect(() => read("git/other.yaml")).toThrow("ENOENT");
  });
});
