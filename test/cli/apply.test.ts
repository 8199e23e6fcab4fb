import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startProxy } from "../support/cli/proxy.ts";
import { hasPseudoTerminals, typeOnTerminal } from "../support/cli/pseudo-terminal.ts";
import { runOo } from "../support/cli/run-oo.ts";
import { ooPath } from "../support/cli/run-process.ts";
import { type CliService, startCliService } from "../support/cli/service.ts";

let service: CliService;
beforeAll(async () => {
  service = await startCliService();
});
afterAll(() => service.stop());

beforeEach(() => {
  rmSync(join(service.folder, "files"), { recursive: true, force: true });
  mkdirSync(join(service.folder, "files"));
});
const write = (name: string, text: string) => writeFileSync(join(service.folder, "files", name), text);
const save = (key: string, value: string) => service.admin(["secret", "save", key, value]);
const apply = (...args: string[]) => service.admin(["secret", "apply", "--auto-approve", ...args]);
const stored = async (namespace: string): Promise<Record<string, unknown>> => {
  const { stdout } = await service.admin(["secret", "list", "-n", namespace, "--show", "-o", "json"]);
  const secrets: { key: string; value: string; version: number }[] = JSON.parse(stdout);
  return Object.fromEntries(secrets.map(({ key, value, version }) => [key, `${value}@${version}`]));
};
const isSave = (path: string) => path.endsWith("/SaveSecrets");

test("shows the plan and does it, in one batch", async () => {
  await save("all/EDIT", "1");
  await save("all/GONE", "1");
  write("a.yaml", "- {key: all/EDIT, value: 2}\n- {key: all/NEW, value: 1}\n");
  const { code, stdout, stderr } = await apply("--prune", "-n", "all", "files");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/^ACTION .*\nupdate .*\ncreate .*\nremove .*\n\n1 to create, 1 to update, 1 to remove\n/);
  expect(stdout).toContain(
    "updated all/EDIT (version 2): value\ncreated all/NEW (version 1)\nremoved all/GONE (version 2)\n",
  );
  expect(await stored("all")).toEqual({ "all/EDIT": "2@2", "all/NEW": "1@1" });
  expect(await apply("--prune", "-n", "all", "files")).toMatchObject({ code: 0, stderr: "" });
  expect(await stored("all")).toEqual({ "all/EDIT": "2@2", "all/NEW": "1@1" });
});

test("fault E2: removes several secrets that are at different versions, next to those that it saves", async () => {
  for (const value of ["1", "2", "3"]) await save("surplus/A", value);
  await save("surplus/B", "1");
  for (const value of ["1", "2"]) await save("surplus/C", value);
  write("a.yaml", "- {key: surplus/NEW, value: 1}\n- {key: surplus/MORE, value: 1}\n");
  const { code, stdout, stderr } = await apply("--prune", "-n", "surplus", "files");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain(
    "removed surplus/A (version 4)\nremoved surplus/B (version 2)\nremoved surplus/C (version 3)\n",
  );
  expect(await stored("surplus")).toEqual({ "surplus/MORE": "1@1", "surplus/NEW": "1@1" });
});

test("a key that was removed can be planned and applied again", async () => {
  await save("again/A", "1");
  await service.admin(["secret", "remove", "--key", "again/A"]);
  write("a.yaml", "{key: again/A, value: 2}\n");
  expect(await apply("files")).toMatchObject({ code: 0, stderr: "" });
  expect(await stored("again")).toEqual({ "again/A": "2@3" });
});

test("JSON on standard output is what was done, and needs --auto-approve", async () => {
  write("a.yaml", "{key: json/A, value: sk_live}\n");
  const refused = await service.admin(["secret", "apply", "files", "-o", "json"]);
  expect(refused).toEqual({ code: 2, stdout: "", stderr: "oo: error: -o json needs --auto-approve\n" });
  const done = await apply("files", "-o", "json");
  expect(JSON.parse(done.stdout)).toMatchObject([{ key: "json/A", outcome: "CREATED", version: 1 }]);
  expect(JSON.parse((await apply("files", "-o", "json")).stdout)).toEqual([]);
});

test("without a terminal it is refused, after the plan and with nothing done", async () => {
  write("a.yaml", "{key: asked/A, value: 1}\n");
  const { code, stdout, stderr } = await service.admin(["secret", "apply", "files"], "yes\n");
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr:
      "oo: error: standard input is not a terminal, so there is no way to ask\noo: hint: in a script or pipeline use --auto-approve\n",
  });
  expect(stdout).toContain("1 to create\n");
  expect(await stored("asked")).toEqual({});
});

describe.runIf(hasPseudoTerminals)("on a terminal", () => {
  const type = (keys: string) =>
    typeOnTerminal({
      prompt: "[y/N] ",
      keys,
      program: ooPath,
      args: ["secret", "apply", join(service.folder, "files")],
      env: { OO_URL: service.server.url, OO_TOKEN: service.server.adminToken },
    });

  test("a yes is needed", async () => {
    write("a.yaml", "{key: typed/A, value: 1}\n");
    for (const keys of ["n\r", "\r", "\x03", "\x04", "yesterday\r"]) {
      const { shown, stdout } = await type(keys);
      expect(stdout).toContain("create  typed/A  1        value\n");
      expect(shown).toContain("Apply this (1 to create)? [y/N] ");
      expect(shown).toContain("oo: error: not applied: nothing was changed");
    }
    expect(await stored("typed")).toEqual({});
    expect((await type("yes\r")).stdout).toContain("created typed/A (version 1)\n");
  });
});

describe("what moved since it was planned stops all of it", () => {
  const moved: readonly (readonly [string, string, () => Promise<unknown>, RegExp])[] = [
    ["an updated secret", "m1", () => save("m1/EDIT", "by another"), /m1\/EDIT is at version 2, not at version 1/],
    ["a created one", "m2", () => save("m2/NEW", "by another"), /m2\/NEW exists already/],
    ["an unchanged one", "m3", () => save("m3/SAME", "by another"), /m3\/SAME is at version 2, not at version 1/],
    ["one to remove", "m4", () => save("m4/GONE", "by another"), /m4\/GONE is at version 2, not at version 1/],
    [
      "one that is gone",
      "m5",
      () => service.admin(["secret", "remove", "--key", "m5/EDIT"]),
      /m5\/EDIT does not exist, not at version 1/,
    ],
    [
      "one to remove that is gone",
      "m6",
      () => service.admin(["secret", "remove", "--key", "m6/GONE"]),
      /there is no secret m6\/GONE/,
    ],
  ];

  test.each(moved)("%s", async (_, namespace, move, message) => {
    for (const name of ["EDIT", "SAME", "GONE"]) await save(`${namespace}/${name}`, "1");
    write("a.yaml", "- {key: EDIT, value: 2}\n- {key: SAME, value: 1}\n- {key: NEW, value: 1}\n");
    let saves = 0;
    let before: unknown;
    const proxy = await startProxy(service.server.url, {
      before: async (_call, path) => {
        saves += isSave(path) ? 1 : 0;
        if (saves !== 2) return;
        await move();
        before = await stored(namespace);
      },
    });
    const run = await runOo(["secret", "apply", "--auto-approve", "--prune", "-n", namespace, "files"], {
      env: { OO_URL: proxy.url, OO_TOKEN: service.server.adminToken },
      cwd: service.folder,
    });
    await proxy.stop();
    expect(run.code).toBe(1);
    expect(run.stderr).toMatch(message);
    expect(run.stderr).toContain(
      "oo: hint: something has changed since the plan was made; nothing was applied: run `oo secret plan` again\n",
    );
    expect(run.stdout).not.toMatch(/^(created|updated|removed)/m);
    expect(await stored(namespace)).toEqual(before);
  });
});

test("an answer that gets lost: the batch is sent again and carried out once", async () => {
  await save("lost/A", "1");
  write("a.yaml", "- {key: lost/A, value: 2}\n- {key: lost/B, value: 1}\n");
  let saves = 0;
  const proxy = await startProxy(service.server.url, {
    before: async (_call, path) => {
      saves += isSave(path) ? 1 : 0;
    },
    isAnswerLost: (_call, path) => isSave(path) && saves === 2,
  });
  const run = await runOo(["secret", "apply", "--auto-approve", "files"], {
    env: { OO_URL: proxy.url, OO_TOKEN: service.server.adminToken },
    cwd: service.folder,
  });
  await proxy.stop();
  expect(run).toMatchObject({ code: 0, stderr: "" });
  expect(saves).toBe(3);
  expect(run.stdout).toContain("updated lost/A (version 2): value\ncreated lost/B (version 1)\n");
  expect(await stored("lost")).toEqual({ "lost/A": "2@2", "lost/B": "1@1" });
});

test("narrow rights: one item that is forbidden, and nothing is applied", async () => {
  const token = await service.addUser("narrow");
  write("a.yaml", "- {key: narrow/A, value: 1}\n- {key: foreign/A, value: 1}\n");
  const { code, stdout, stderr } = await service.as(token, ["secret", "apply", "--auto-approve", "files"]);
  expect(code).toBe(1);
  expect(stdout).toContain("forbidden  foreign/A  -        no permit for foreign/*\n");
  expect(stderr).toContain("oo: error: the plan cannot be applied: you may not make 1 of its changes\n");
  expect(await stored("narrow")).toEqual({});
});
