import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Component, type Dependencies, type Lock, sbomOfLock } from "../../scripts/release/sbom.ts";
import { repository } from "../support/docs/markdown.ts";

interface Sbom {
  readonly serialNumber: string;
  readonly metadata: { readonly timestamp: string; readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly Dependencies[];
}

const make = (lock: Lock) => sbomOfLock(lock, 86_400) as Sbom;

const lock: Lock = {
  name: "service",
  version: "1.0.0",
  packages: {
    "": { version: "1.0.0", license: "Apache-2.0", dependencies: { "@a/b": "^1.0.0", c: "1" } },
    "node_modules/@a/b": { version: "1.2.3", license: "MIT", integrity: "sha512-AAEC", dependencies: { c: "^2" } },
    "node_modules/@a/b/node_modules/c": { version: "2.0.0", license: "(MIT OR BSD-3-Clause)" },
    "node_modules/c": { version: "1.0.0", peerDependencies: { absent: "1", tool: "1" } },
    "node_modules/tool": { version: "9.0.0", dev: true },
    "node_modules/pin": { link: true },
    pin: { version: "26.0.0" },
  },
};

describe("the bill of materials", () => {
  test("has what an installation has, and nothing of development", () => {
    const { components, dependencies, metadata } = make(lock);
    expect(metadata.timestamp).toBe("1970-01-02T00:00:00.000Z");
    expect(metadata.component).toMatchObject({ name: "service", type: "application", purl: "pkg:npm/service@1.0.0" });
    expect(components.map(({ purl }) => purl)).toEqual(["pkg:npm/c@2.0.0", "pkg:npm/%40a/b@1.2.3", "pkg:npm/c@1.0.0"]);
    expect(components[0]?.licenses).toEqual([{ expression: "(MIT OR BSD-3-Clause)" }]);
    expect(components[1]).toMatchObject({
      licenses: [{ license: { id: "MIT" } }],
      hashes: [{ alg: "SHA-512", content: "000102" }],
    });
    expect(Object.fromEntries(dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]))).toEqual({
      "service@1.0.0": ["node_modules/@a/b@1.2.3", "node_modules/c@1.0.0"],
      "node_modules/@a/b@1.2.3": ["node_modules/@a/b/node_modules/c@2.0.0"],
      "node_modules/@a/b/node_modules/c@2.0.0": [],
      "node_modules/c@1.0.0": [],
    });
  });

  test("is the same document for the same lock, and another one for another lock", () => {
    expect(make(structuredClone(lock))).toEqual(make(lock));
    expect(make({ ...lock, version: "1.0.1" }).serialNumber).not.toBe(make(lock).serialNumber);
    expect(make(lock).serialNumber).toMatch(
      /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  });

  test("of this repository has all that the lock installs, each with its licence and hash", () => {
    const own: Lock = JSON.parse(readFileSync(join(repository, "package-lock.json"), "utf8"));
    const installed = Object.entries(own.packages)
      .filter(([path, { dev, link }]) => path.startsWith("node_modules/") && dev !== true && link !== true)
      .map(([path, { version }]) => `${path}@${version}`);
    const { components, dependencies } = make(own);
    expect(components.map((component) => component["bom-ref"]).sort()).toEqual(installed.sort());
    for (const { licenses, hashes, name } of components)
      expect({ name, licenses, hashes }).toMatchObject({
        licenses: [expect.anything()],
        hashes: [{ alg: "SHA-512", content: expect.stringMatching(/^[0-9a-f]{128}$/) }],
      });
    // Each is there because something uses it.
    const used = new Set(dependencies.flatMap(({ dependsOn }) => dependsOn));
    expect(installed.filter((ref) => !used.has(ref))).toEqual([]);
  });
});
