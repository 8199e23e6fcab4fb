import { expect, test } from "vitest";
import { lintPlanted } from "../support/console/lint-planted.ts";

const rules = /^lint\/style\/(?:noRestrictedGlobals|noRestrictedImports)$/;

/** What only the session may use, and files of the service that are not for the page. */
const refused = [
  'fetch("/");',
  'localStorage.getItem("x");',
  'sessionStorage.getItem("x");',
  'indexedDB.open("x");',
  "new XMLHttpRequest();",
  'new WebSocket("wss://x");',
  ...["rules/access.ts", "crypto/aead.ts", "text/byte-order.ts", "cli/files/find-files.ts", "error.ts"].map(
    (file) => `import "../src/${file}";`,
  ),
  'import "node:fs";',
];

const allowed = [
  ...["limits.ts", "text/access-list-names.ts", "text/glob.ts", "text/key-grammar.ts", "cli/formats/yaml.ts"].map(
    (file) => `import "../src/${file}";`,
  ),
  'import "../gen/secret/v1/secret_service_pb.ts";',
];

test("the linter lets the page import only what it shares with the service, and leaves calls and storage to the session", () => {
  const files = (name: string, lines: readonly string[]) =>
    lines.map((line, at) => [`console/${name}-${at}.ts`, `${line}\n`] as const);
  const planted = new Map(files("refused", refused));
  const session = ["console/session.ts", 'fetch("/");\nlocalStorage.getItem("x");\n'] as const;
  expect(lintPlanted(new Map([...planted, ...files("allowed", allowed), session]), rules)).toEqual(
    [...planted.keys()].sort(),
  );
});
