import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CliService, startCliService } from "../support/cli/service.ts";

let service: CliService;
beforeAll(async () => {
  service = await startCliService();
  await service.admin(["secret", "save", "shop/eu/TOKEN", "one"]);
  await service.admin(["secret", "save", "shop/us/TOKEN", "two"]);
});
afterAll(() => service.stop());

const oo = (line: string) => service.admin(line.split(" "));

describe("-n with commands for single keys", () => {
  test.each([
    ["secret get -n shop/eu TOKEN", "one"],
    ["secret get -n shop/us shop/us/TOKEN", "two"],
    ["secret reader add -n shop/eu TOKEN web --dry-run", "would be updated: shop/eu/TOKEN (version 2): readers +web\n"],
    ["secret metadata set -n shop/eu TOKEN a=b --dry-run", "would be updated: shop/eu/TOKEN (version 2): metadata\n"],
  ])("oo %s", async (line, stdout) => {
    expect(await oo(line)).toMatchObject({ code: 0, stdout });
  });

  test("history, rollback, rm with several keys, undelete", async () => {
    await oo("secret save -n shop/ap A 1");
    await oo("secret save -n shop/ap A 2");
    await oo("secret save -n shop/ap B 1");
    expect((await oo("secret history -n shop/ap A")).stdout.split("\n")).toHaveLength(4);
    expect((await oo("secret rollback -n shop/ap A")).stdout).toBe(
      "restored shop/ap/A (version 3): the value of version 1\n",
    );
    expect((await oo("secret rm -n shop/ap A shop/ap/B")).stdout).toBe(
      "removed shop/ap/A (version 4)\nremoved shop/ap/B (version 2)\n",
    );
    expect((await oo("secret undelete -n shop/ap B")).stdout).toMatch(/^restored shop\/ap\/B /);
  });
});

describe("a namespace that is not one", () => {
  test("a '/' at its end is named", async () => {
    for (const line of [
      "secret list -n shop/eu/",
      "secret export -n shop/eu/ --format json",
      "secret get -n shop/eu/ TOKEN",
    ]) {
      const { code, stdout, stderr } = await oo(line);
      expect({ code, stdout }, line).toEqual({ code: 2, stdout: "" });
      expect(stderr, line).toContain("the namespace is written without '/' at its end: shop/eu");
    }
  });

  test.each([
    "secret list -n shop/eu -n shop/us",
    "secret save -n shop/eu --namespace=shop/us NEW v",
    "audit list --key A --key B",
  ])("a second value does not replace the first in silence: oo %s", async (line) => {
    const { code, stdout, stderr } = await oo(line);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^oo: error: --(namespace|key) has two values, and oo \w+ \w+ takes one\n/);
  });

  test("the same value twice, lists, and options of the program are taken", async () => {
    expect(await oo("secret list -n shop/eu -n shop/eu")).toMatchObject({ code: 0 });
    expect(await oo("secret export -n shop/eu -n shop/us --format json")).toMatchObject({ code: 0 });
    expect(await oo("secret lint --allow key --allow limit none.yaml")).toMatchObject({ code: 1 });
    const url = `--url ${service.server.url}`;
    expect(await oo(`--url http://127.0.0.1:1 ${url} secret list -n shop/eu`)).toMatchObject({ code: 0 });
  });
});
