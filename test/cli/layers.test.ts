import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { watchedKeys } from "../../src/cli/run/watched-keys.ts";
import { type CliService, startCliService } from "../support/cli/service.ts";

let service: CliService;
let bob: string;

beforeAll(async () => {
  service = await startCliService();
  const secrets = {
    "prod/base/URL": "base url",
    "prod/base/LEVEL": "info",
    "prod/web/URL": "web url",
    "prod/web/db/main-url": "deep",
    "prod/web/db/PORT": "5432",
    "prod/TOP": "top",
    "prod/shared/DB": "shared db",
    "clash/a/b": "1",
    "clash/a_b": "2",
    "deep/one/A": "a",
  };
  const file = Object.entries(secrets).map(([key, value]) => `- key: ${key}\n  value: ${JSON.stringify(value)}\n`);
  writeFileSync(join(service.folder, "save.yaml"), file.join(""));
  expect(await service.admin(["secret", "save", "save.yaml"])).toMatchObject({ code: 0 });
  bob = await service.addUser("bob");
  await service.as(bob, ["secret", "save", "bob/OWN", "mine"]);
  await service.as(bob, ["secret", "save", "bob/sub/OTHER", "mine too"]);
});
afterAll(() => service.stop());

const exportAs = async (token: string, ...args: string[]) => {
  const { code, stdout, stderr } = await service.as(token, ["secret", "export", "--format", "json", ...args]);
  return { code, stderr, json: stdout === "" ? undefined : JSON.parse(stdout) };
};
const exported = (...args: string[]) => exportAs(service.server.adminToken, ...args);

test("only the keys directly in the namespace are taken, and a hint counts the deeper ones", async () => {
  expect(await exported("-n", "prod/web")).toEqual({
    code: 0,
    json: { URL: "web url" },
    stderr: "oo: hint: 2 secrets in folders of prod/web/ are left out; --recursive takes them also\n",
  });
  expect(await exported("-n", "prod")).toMatchObject({
    json: { TOP: "top" },
    stderr: "oo: hint: 6 secrets in folders of prod/ are left out; --recursive takes them also\n",
  });
  expect(await exportAs(bob)).toMatchObject({
    json: { OWN: "mine" },
    stderr: "oo: hint: 1 secret in folders of bob/ is left out; --recursive takes them also\n",
  });
  expect(await exported("-n", "deep")).toMatchObject({
    code: 1,
    stderr:
      "oo: error: there are no secrets directly in deep/ that you may read\n" +
      "oo: hint: 1 in its folders, such as deep/one/: name one of them with -n, or take all with --recursive\n",
  });
});

test("what is left out is not read", async () => {
  const { stdout } = await service.admin(["audit", "list", "--key", "prod/web/db/*", "--action", "secret.read"]);
  expect(stdout).not.toContain("prod/web/db/main-url");
});

test("--recursive joins the segments, and one name for two keys is an error that names both", async () => {
  expect(await exported("-n", "prod/web", "--recursive")).toEqual({
    code: 0,
    json: { URL: "web url", "db_main-url": "deep", db_PORT: "5432" },
    stderr: "",
  });
  expect((await exported("-n", "prod/web", "--recursive", "--upper")).json).toHaveProperty("DB_MAIN_URL", "deep");
  expect(await exported("-n", "clash", "--recursive")).toMatchObject({
    code: 1,
    json: undefined,
    stderr: expect.stringMatching(/^oo: error: clash\/a_b: has the name a_b, and so has clash\/a\/b\n/),
  });
  expect(await exported("--only", "prod/TOP", "--recursive")).toMatchObject({ code: 2 });
});

test("of several namespaces the later one wins, and a hint says which key each such name is", async () => {
  expect(await exported("-n", "prod/base", "-n", "prod/web")).toEqual({
    code: 0,
    json: { LEVEL: "info", URL: "web url" },
    stderr:
      "oo: hint: 2 secrets in folders of prod/web/ are left out; --recursive takes them also\n" +
      "oo: hint: URL is prod/web/URL, not prod/base/URL\n",
  });
  expect((await exported("-n", "prod/web", "-n", "prod/base")).json).toMatchObject({ URL: "base url" });
  expect((await exported("-n", "prod/web", "-n", "prod/base", "-n", "prod/web")).json).toMatchObject({
    URL: "web url",
  });
  expect(await exported("-n", "prod/web", "-n", "nowhere")).toMatchObject({ code: 1, json: undefined });
  expect(await exported("-n", "prod/base", "-n", "prod/web", "--only", "URL")).toMatchObject({ code: 2 });
});

test("--map gives one key a name, within the namespaces or anywhere", async () => {
  const base = ["-n", "prod/base", "-n", "prod/web"];
  const mapped = await exported("-q", ...base, "--map", "DATABASE=prod/shared/DB", "--map", "LOG=LEVEL");
  expect(mapped).toEqual({
    code: 0,
    json: { DATABASE: "shared db", LOG: "info", URL: "web url" },
    stderr: "",
  });
  expect((await exported("--map", "X=prod/shared/DB", "--map", "Y=prod/shared/DB")).json).toEqual({
    X: "shared db",
    Y: "shared db",
  });
  expect(await exported("-n", "prod/base", "--map", "URL=prod/shared/DB")).toMatchObject({
    json: { LEVEL: "info", URL: "shared db" },
    stderr: "oo: hint: URL is prod/shared/DB, not prod/base/URL\n",
  });
  expect((await exportAs(bob, "--map", "X=OWN")).json).toEqual({ X: "mine" });
  expect((await exportAs(bob, "--map", "X=bob/sub/OTHER")).json).toEqual({ OWN: "mine", X: "mine too" });
  expect((await exportAs(bob, "--only", "OWN", "--map", "X=bob/sub/OTHER")).json).toEqual({
    OWN: "mine",
    X: "mine too",
  });
  const eve = await service.addUser("eve");
  await service.as(bob, ["secret", "save", "bob/SHARED", "for eve", "--readers", "eve"]);
  expect(await exportAs(eve, "--map", "X=bob/SHARED")).toMatchObject({ code: 0, json: { X: "for eve" } });
  expect(await exportAs(bob, "--map", "X=prod/TOP")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("oo: error: not found, or not readable by you: prod/TOP\n"),
  });
  expect(await exported(...base, "--map", "X=NONE")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("not readable by you: prod/web/NONE or prod/base/NONE\n"),
  });
  for (const wrong of ["", "X", "=prod/TOP", "X=", "X=a//b"]) {
    expect(await exported("--map", wrong)).toMatchObject({ code: 2, json: undefined });
  }
  expect((await exported("--map", "")).stderr).toContain("--map must be of the form NAME=KEY");
  expect(await exported("--map", "X=prod/TOP", "--map", "X=prod/shared/DB")).toMatchObject({ code: 2 });
});

test("a renamed key has only its new name, and what it hid stays hidden", async () => {
  const base = ["-n", "prod/base", "-n", "prod/web", "-q"];
  expect((await exported(...base, "--map", "DB=prod/web/URL")).json).toEqual({ DB: "web url", LEVEL: "info" });
  expect((await exported(...base, "--map", "DB=prod/base/URL")).json).toEqual({
    DB: "base url",
    LEVEL: "info",
    URL: "web url",
  });
  expect(await exported("-n", "prod/web", "-n", "prod/base", "--map", "URL=prod/web/URL")).toMatchObject({
    json: { LEVEL: "info", URL: "web url" },
    stderr: expect.stringContaining("oo: hint: URL is prod/web/URL, not prod/base/URL\n"),
  });
  const renamed = ["--map", "X=clash/a/b"];
  expect((await exported("-n", "clash", "--recursive", ...renamed)).json).toEqual({ X: "1", a_b: "2" });
});

test("threat 16: a name of --map that changes how programs load is refused, unless it is meant", async () => {
  expect((await exported("--map", "NODE_OPTIONS=prod/TOP")).stderr).toContain("--allow-name NODE_OPTIONS");
  expect((await exported("--map", "PATH=prod/TOP", "--allow-name", "PATH")).json).toEqual({ PATH: "top" });
});

test("the Kubernetes Secret has the name of the one namespace", async () => {
  const manifest = await service.admin(["secret", "export", "--format", "k8s", "-n", "prod/base"]);
  expect(manifest.stdout).toContain("  name: prod-base\n");
  const two = await service.admin(["secret", "export", "--format", "k8s", "-n", "prod/base", "-n", "prod/web"]);
  expect(two).toMatchObject({ code: 2, stderr: expect.stringContaining("needs the --name") });
});

test("one watch is enough for all that was chosen, and other changes do not matter", () => {
  const of = (options: Parameters<typeof watchedKeys>[0]) => watchedKeys(options);
  const two = of({ namespace: ["prod/base", "prod/web"], map: ["X=prod/shared/DB"] });
  expect(two.namespace).toBe("prod");
  expect(
    ["prod/base/A", "prod/web/A", "prod/shared/DB", "prod/web/deep/A", "prod/shared/E"].map(two.isWatched),
  ).toEqual([true, true, true, false, false]);
  expect(of({ namespace: ["prod/web"], recursive: true }).isWatched("prod/web/deep/A")).toBe(true);
  expect(of({ namespace: ["prod", "product"] }).namespace).toBe("");
  const keys = of({ only: ["prod/web/A", "prod/base/B"] });
  expect(keys.namespace).toBe("prod");
  expect(["prod/web/A", "prod/base/B", "prod/web/C"].map(keys.isWatched)).toEqual([true, true, false]);
  expect(of({ namespace: ["prod"], only: ["web/A"] })).toMatchObject({ namespace: "prod/web" });
  expect(of({ only: ["A", "prod/B"] })).toMatchObject({ namespace: "" });
  expect(of({ only: ["A", "prod/B"] }).isWatched("me/A")).toBe(true);
  expect(of({})).toMatchObject({ namespace: "" });
  const mapped = { map: ["X=prod/web/A"] };
  expect(of(mapped).namespace).toBe("prod/web");
  expect(["prod/web/A", "prod/web/B"].map(of(mapped).isWatched)).toEqual([true, false]);
  const withOwn = watchedKeys(mapped, "bob");
  expect(withOwn.namespace).toBe("");
  expect(["prod/web/A", "bob/A", "prod/web/B"].map(withOwn.isWatched)).toEqual([true, true, false]);
});
