import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const repository = join(import.meta.dirname, "../../..");

/** Suites that are not part of `npm test`, or only of its project for MongoDB. */
export const otherSuites: readonly string[] = [
  "test/timing/**",
  "test/browsers/**",
  "test/mongo/**",
  "test/failure/**",
  "test/store/mongo*.test.ts",
  "test/programs/*/**",
  "test/kubernetes/**",
];

/** Those that start nothing, but take seconds of CPU: mostly one new service for each of many tests. */
export const slowTests: readonly string[] = [
  "test/api/audit-tampering.test.ts",
  "test/api/audit.test.ts",
  "test/api/bad-input.test.ts",
  "test/api/cancelled.test.ts",
  "test/api/concurrency.test.ts",
  "test/api/encrypt-decrypt.test.ts",
  "test/api/grants.test.ts",
  "test/api/key-transports.test.ts",
  "test/api/list-pages.test.ts",
  "test/api/old-format.test.ts",
  "test/api/rotation.test.ts",
  "test/api/transports.test.ts",
  "test/api/watch-disconnects.test.ts",
  "test/api/watch.test.ts",
  "test/audit/fail-closed.test.ts",
  "test/cli/list.test.ts",
  "test/cli/plan.test.ts",
  "test/cli/save-sealed.test.ts",
  "test/cli/yaml-fuzz.test.ts",
  "test/crypto/rest-envelope.test.ts",
  "test/crypto/sealed-value.test.ts",
  "test/hostile/enumeration.test.ts",
  "test/hostile/envelope.test.ts",
  "test/hostile/identity-rows.test.ts",
  "test/hostile/key-rows.test.ts",
  "test/hostile/moved-rows.test.ts",
  "test/hostile/tampering.test.ts",
  "test/hostile/transplant.test.ts",
  "test/http/bodies.test.ts",
  "test/http/connections.test.ts",
  "test/http/console.test.ts",
  "test/http/openapi-limits.test.ts",
  "test/http/openapi.test.ts",
  "test/http/pipelining.test.ts",
  "test/identity/authenticate.test.ts",
  "test/identity/explain-access.test.ts",
  "test/identity/trust.test.ts",
  "test/keys/sealing-keys.test.ts",
  "test/oidc/examples.test.ts",
  "test/operations/readiness.test.ts",
  "test/rules/grants.test.ts",
  "test/secrets/document.test.ts",
  "test/secrets/model.test.ts",
  "test/store/cached-secrets.test.ts",
  "test/store/sqlite.test.ts",
];

/** Why a file is not among the fast tests; undefined: it is one. */
export function reasonNotFast(file: string): string | undefined {
  if (slowTests.includes(file)) return "is slow";
  const specifiers = importsOf(join(repository, file), new Set());
  if (specifiers.has("node:child_process")) return "may start a process";
  if (specifiers.has("playwright-core") || specifiers.has("esbuild")) return "starts a browser or a bundler";
  if (specifiers.has("test/support/mongo/test-database.ts")) return "needs a MongoDB";
  return undefined;
}

/** All tests of the embedded store that start no process, need no MongoDB, and are quick. */
export function fastTests(): string[] {
  const others = new Set(globSync(otherSuites, { cwd: repository }));
  const files = globSync("test/**/*.test.ts", { cwd: repository }).sort();
  return files.filter((file) => !others.has(file) && reasonNotFast(file) === undefined);
}

/** Whether a file draws random inputs, itself or through helpers and suites. */
export function isRandom(file: string): boolean {
  return importsOf(join(repository, file), new Set()).has("test/support/random-draws.ts");
}

/**
 * What a file imports, and what the files of `test/` import that it imports: modules by name, files by their path. An
 * import of types alone runs nothing.
 */
function importsOf(file: string, seen: Set<string>): Set<string> {
  const source = readFileSync(file, "utf8").replaceAll(/^(?:import|export) type [^;]*;$/gm, "");
  for (const [, specifier = ""] of source.matchAll(/(?:\bfrom |\bimport |\bimport\()"([^"]+)"/g)) {
    const path = specifier.startsWith(".") ? join(dirname(file), specifier) : undefined;
    const name = path?.slice(repository.length + 1) ?? specifier;
    // It needs a database only in the project for MongoDB.
    if (seen.has(name) || isOnlyForMongo(file, name)) continue;
    seen.add(name);
    if (path !== undefined && isOfTests(path)) importsOf(path, seen);
  }
  return seen;
}

function isOnlyForMongo(file: string, name: string): boolean {
  return file === join(repository, "test/support/store-settings.ts") && name === "test/support/mongo/test-database.ts";
}

/** Code of the repository that only tests and scripts run. What `src/` imports does not count: it starts no process. */
function isOfTests(path: string): boolean {
  return path.endsWith(".ts") && ["test/", "scripts/"].some((folder) => path.startsWith(join(repository, folder)));
}
