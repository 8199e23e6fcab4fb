import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { repository } from "../support/docs/markdown.ts";

const read = (file: string) => readFileSync(join(repository, file), "utf8");
const runtime = JSON.parse(read("scripts/runtime/package.json")) as { optionalDependencies: Record<string, string> };
const lock = JSON.parse(read("package-lock.json")) as {
  packages: Record<string, { version?: string; integrity?: string; os?: string; cpu?: string; dev?: boolean }>;
};

test.each(Object.entries(runtime.optionalDependencies))(
  "fault C11: package-lock.json has the integrity of %s",
  (name, version) => {
    const locked = lock.packages[`node_modules/${name}`];
    expect(locked).toMatchObject({ version, integrity: expect.stringMatching(/^sha512-/), dev: true });
    expect(locked?.os && locked.cpu, "npm installs it where it runs").toBeTruthy();
  },
);

test("fault C11: no script fetches a runtime that is not in package-lock.json", () => {
  const { devDependencies, allowScripts } = JSON.parse(read("package.json"));
  expect(devDependencies["secret-svc-runtime"]).toBe("file:scripts/runtime");
  expect(Object.keys(lock.packages).filter((name) => /^node_modules\/node(?:-bin-setup)?$/.test(name))).toEqual([]);
  expect(allowScripts).not.toHaveProperty("node");
});

/** Debian's packages with libraries that the Node of `npm ci` needs and a minimal Debian lacks. */
const packages: Readonly<Record<string, string>> = { "libatomic.so.1": "libatomic1" };
/** What every Debian has. */
const present = /^(?:linux-vdso|.*\/ld-linux-.*|lib(?:c|m|dl|pthread|gcc_s|stdc\+\+))\.so/;

test.runIf(process.platform === "linux")(
  "fault C11: README.md names what a minimal Debian lacks for the runtime",
  () => {
    const printed = execFileSync("ldd", [join(repository, "node_modules/.bin/node")], { encoding: "utf8" });
    const libraries = printed.split("\n").flatMap((line) => line.trim().split(" ")[0] || []);
    expect(libraries).toContain("libc.so.6");
    const missing = libraries
      .filter((library) => !present.test(library))
      .map((library) => packages[library] ?? library);
    const [, start = ""] = read("README.md").split("## Start it");
    const [before = ""] = start.split("npm ci && npm start");
    const named =
      before
        .replaceAll(/\s+/g, " ")
        .match(/`apt-get install ([^`]*)`/)?.[1]
        ?.split(" ") ?? [];
    expect(named.sort()).toEqual(missing.sort());
  },
);
