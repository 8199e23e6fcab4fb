import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { IdentityService } from "../../gen/secret/v1/identity_service_pb.ts";
import { SaveOutcome, SecretChangeKind, SecretService } from "../../gen/secret/v1/secret_service_pb.ts";
import { runOo } from "../support/cli/run-oo.ts";

/** Codes that a terminal acts on: with ESC, as one character of C1, and one that turns the direction of text. */
const evil = "x\u001b]0;title\u0007\u009b31m\u202e";
let hostile: http.Server;
let env: Record<string, string>;

beforeAll(async () => {
  const result = {
    key: evil,
    id: evil,
    outcome: SaveOutcome.CREATED,
    version: 1,
    changedFields: [evil],
    missingRight: evil,
  };
  const secret = { key: evil, id: evil, owner: evil, readers: [evil], updatedBy: evil, value: "v" };
  const routes = connectNodeAdapter({
    routes: (router) => {
      router.service(SecretService, {
        listSecrets: () => ({ secrets: [secret] }),
        removeSecrets: () => ({ removed: [{ key: evil, id: evil, version: 1 }] }),
        saveSecrets: () => ({ results: [result] }),
        restoreVersion: () => ({ result }),
        listVersions: () => ({ versions: [{ secret, outcome: SaveOutcome.CREATED, changedFields: [evil] }] }),
        getSealingKey: () => ({ kid: evil, suite: evil, publicKey: new Uint8Array(3) }),
        isSecure: () => ({ isSecure: false, reasons: [evil] }),
        async *watchSecrets() {
          yield { change: { kind: SecretChangeKind.UPDATED, key: evil, id: evil, secret }, resumeToken: evil };
        },
      });
      router.service(IdentityService, {
        whoAmI: () => ({ tenant: evil, slug: evil, admin: true, roles: [evil] }),
        createToken: () => ({ secret: evil, token: { id: evil, slug: evil } }),
        revokeToken: () => ({ token: { id: evil, slug: evil } }),
        saveUsers: () => ({ results: [{ outcome: 1, user: { slug: evil, roles: [evil] } }] }),
        removeUsers: () => ({ removed: [evil], tokensRevoked: 0 }),
      });
    },
  });
  hostile = http.createServer(routes).listen(0, "127.0.0.1");
  await once(hostile, "listening");
  env = { OO_URL: `http://127.0.0.1:${(hostile.address() as AddressInfo).port}`, OO_TOKEN: "oo_x" };
});
afterAll(() => {
  hostile.closeAllConnections();
  hostile.close();
});

test.each([
  ...["secret remove --key a/A", "secret rm a/A", "secret list", "secret save a/A v", "secret history a/A"],
  ...[
    "secret restore a/A --version 1",
    "secret diff a/A 1 2",
    "secret find x",
    "secret sealing-key",
    "secret is-secure",
  ],
  ...["secret watch --limit 1", "secret watch --limit 1 -o json", "secret reader add a/A b", "secret generate a/A"],
  ...[
    "token create",
    "token create -o json",
    "token revoke tok_1",
    "user save a",
    "user remove a",
    "user whoami",
    "status",
  ],
])("fault D12: no terminal code of a hostile service passes in `oo %s`", async (line) => {
  const { stdout, stderr } = await runOo(line.split(" "), { env });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  expect(stdout + stderr).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/);
  expect(stdout + stderr).not.toBe("");
});
