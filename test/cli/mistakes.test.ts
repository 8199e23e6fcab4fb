// Mistakes on the command line and in files that would cost a secret.
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
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

const write = (name: string, text: string) => writeFileSync(join(service.folder, name), text);
const save = (...args: string[]) => service.admin(["secret", "save", ...args]);
const keysOf = async (namespace: string): Promise<string[]> => {
  const { stdout } = await service.admin(["secret", "list", "-n", namespace, "-o", "json"]);
  return JSON.parse(stdout).map(({ key }: { key: string }) => key);
};
const storedValue = async (key: string): Promise<string> => {
  const { stdout } = await service.admin(["secret", "list", key, "--show", "-o", "json"]);
  return JSON.parse(stdout)[0]?.value;
};

describe("fault D2: pruning removes nothing of a file that was left out", () => {
  const prune = (command: string, ...more: string[]) =>
    service.admin(["secret", command, "--prune", "-n", "app", "files", ...more]);

  test.each([
    ["a name in upper case", () => write("files/b.YAML", "{key: app/B, value: 1}\n"), "files/b.YAML"],
    ["a hidden file", () => write("files/.b.yaml", "{key: app/B, value: 1}\n"), "files/.b.yaml"],
    [
      "a file in a hidden folder",
      () => {
        mkdirSync(join(service.folder, "files/.old"));
        write("files/.old/b.yml", "{key: app/B, value: 1}\n");
      },
      "files/.old/b.yml",
    ],
    [
      "a symbolic link out of the folder",
      () => {
        write("b.yaml", "{key: app/B, value: 1}\n");
        symlinkSync("../b.yaml", join(service.folder, "files/b.yaml"));
      },
      "files/b.yaml (it is a symbolic link to something outside of files)",
    ],
    [
      "a symbolic link to a folder elsewhere",
      () => symlinkSync("/etc", join(service.folder, "files/more")),
      "files/more",
    ],
    [
      "a symbolic link to nothing",
      () => symlinkSync("none.yaml", join(service.folder, "files/b.yaml")),
      "files/b.yaml (it is a symbolic link to nothing)",
    ],
  ])("%s", async (_, make, named) => {
    await save("app/B", "1");
    write("files/a.yaml", "{key: app/A, value: 1}\n");
    make();
    for (const [command, ...more] of [["plan"], ["apply", "--auto-approve"]] as const) {
      const { code, stdout, stderr } = await prune(command, ...more);
      expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
      expect(stderr).toContain(`oo: error: --prune would remove the secrets of files that are left out: ${named}`);
    }
    expect(await keysOf("app")).toContain("app/B");
  });

  test("a mounted ConfigMap, which consists of links, is read as it is", async () => {
    mkdirSync(join(service.folder, "files/..2026"));
    write("files/..2026/a.yaml", "{key: mount/A, value: 1}\n");
    write("files/..2026/b.yaml", "{key: mount/B, value: 1}\n");
    symlinkSync("..2026", join(service.folder, "files/..data"));
    for (const name of ["a.yaml", "b.yaml"]) symlinkSync(`..data/${name}`, join(service.folder, "files", name));
    await save("mount/GONE", "1");
    const applied = await service.admin(["secret", "apply", "--auto-approve", "--prune", "-n", "mount", "files"]);
    expect(applied).toMatchObject({ code: 0, stderr: "" });
    expect(await keysOf("mount")).toEqual(["mount/A", "mount/B"]);
  });

  test("links in a circle are read once", async () => {
    write("files/a.yaml", "{key: circle/A, value: 1}\n");
    symlinkSync(".", join(service.folder, "files/again"));
    symlinkSync("a.yaml", join(service.folder, "files/z.yaml"));
    expect(await save("files")).toEqual({ code: 0, stdout: "created circle/A (version 1)\n", stderr: "" });
  });
});

describe("fault D3: seal leaves no plaintext behind", () => {
  const seal = () => service.admin(["secret", "seal", "files"]);

  test.each([
    ["key: A\nvalue: sk_live_1\nencrypted: true\n", "'encrypted: true', but the value is not a sealed value"],
    ["key: A\nvalue: seal.v1.sk_live\nencrypted: true\n", "'encrypted: true', but the value"],
    ["key: A\nvalue: 'value: seal.v1.sk_live'\n", "the value is sealed already: it lacks 'encrypted: true'"],
  ])("%j", async (text, message) => {
    write("files/a.yaml", "key: B\nvalue: plain\n");
    write("files/b.yaml", text);
    const { code, stdout, stderr } = await seal();
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(`oo: error: files/b.yaml:2:8: ${message}`);
    expect(stderr).not.toContain("sk_live");
    expect(readFileSync(join(service.folder, "files/a.yaml"), "utf8")).toContain("plain");
  });
});

describe("fault D4: a change of lists or metadata asks for no value", () => {
  test.each([
    ["--readers", "a,b"],
    ["--metadata", "x=y"],
    ["--owner", "someone"],
  ])("%s", async (...change) => {
    await save("KEEP", "kept");
    const changed = await service.admin(["secret", "save", "KEEP", ...change], "not a value");
    expect(changed).toMatchObject({ code: 0, stderr: expect.stringContaining("the value stays as it is") });
    expect(await storedValue("KEEP")).toBe("kept");
  });

  test("'-' reads one all the same, and a secret that does not exist needs one", async () => {
    await service.admin(["secret", "save", "BOTH", "-", "--readers", "a"], "given");
    expect(await storedValue("BOTH")).toBe("given");
    expect(await save("NONE", "--readers", "a")).toMatchObject({ code: 1, stdout: "" });
  });
});

describe("fault D7: input that is hardly a key makes no secret", () => {
  test.each([
    [["-"], "the key comes first, then '-'"],
    [["A=sk_live"], "the key holds '='"],
    [["A=sk_live", "B=c"], "the key holds '='"],
    [[".env"], ".env is a file, and not one of YAML"],
    [[".env", "prod"], ".env is a file, and not one of YAML"],
    [["list.json"], "list.json is a file, and not one of YAML"],
    [["README"], "README is a file, and not one of YAML"],
  ])("%j", async (args, message) => {
    for (const name of [".env", "list.json", "README"]) write(name, "A=sk_live\n");
    const before = (await service.admin(["secret", "list"])).stdout;
    for (const command of ["save", "encrypt"]) {
      const { code, stdout, stderr } = await service.admin(["secret", command, ...args], "sk_live");
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toContain(`oo: error: ${message}`);
      expect(stderr).not.toContain("sk_live");
    }
    expect((await service.admin(["secret", "list"])).stdout).toBe(before);
    const forced = args[0] === "-" ? undefined : await service.admin(["secret", "save", "--key", args[0] ?? "", "v"]);
    if (forced !== undefined) expect(forced.code).toBe(0);
  });

  test("a value that names a file is stored as it is, with a hint", async () => {
    write("cert.pem", "secret\n");
    expect((await save("CERT", "cert.pem")).stderr).toContain("not the content of the file of that name");
    expect((await save("CERT", "@cert.pem")).stderr).toContain("not the content of the file of that name");
    expect(await storedValue("CERT")).toBe("@cert.pem");
  });
});
