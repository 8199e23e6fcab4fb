import { expect, test } from "vitest";
import { lintPlanted } from "../support/console/lint-planted.ts";

const rules = /^lint\/style\/(?:noRestrictedGlobals|noRestrictedImports)$/;

const importing = (specifier: string) => `import ${JSON.stringify(specifier)};`;

/** What only the session may use, and files of the service that are not for the page. */
const refused = [
  'fetch("/");',
  'localStorage.getItem("x");',
  'sessionStorage.getItem("x");',
  'indexedDB.open("x");',
  "new XMLHttpRequest();",
  'new WebSocket("wss://x");',
  ...[
    "../src/rules/access.ts",
    "../src/crypto/aead.ts",
    "../src/text/address.ts",
    "../src/cli/files/find-files.ts",
    "../src/error.ts",
    "node:fs",
  ].map(importing),
];

const allowed = [
  "../src/limits.ts",
  "../src/text/access-list-names.ts",
  "../src/text/byte-order.ts",
  "../src/text/expires.ts",
  "../src/text/glob.ts",
  "../src/text/key-grammar.ts",
  "../src/cli/formats/yaml.ts",
  "../gen/secret/v1/secret_service_pb.ts",
].map(importing);

test("the linter lets the page import only what it shares with the service, and leaves calls and storage to the session", () => {
  const files = (name: string, lines: readonly string[]) =>
    lines.map((line, at) => [`console/${name}-${at}.ts`, `${line}\n`] as const);
  const planted = new Map(files("refused", refused));
  const session = ["console/session.ts", 'fetch("/");\nlocalStorage.getItem("x");\n'] as const;
  expect(lintPlanted(new Map([...planted, ...files("allowed", allowed), session]), rules)).toEqual(
    [...planted.keys()].sort(),
  );
});
