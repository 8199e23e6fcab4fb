/**
 * The yardstick for JSON over HTTP: a bare `node:http` server that decrypts one stored document for each request and
 * answers with the JSON of a read. It has no tokens, access decisions, audit log or store. Prints its port.
 */
import { randomBytes } from "node:crypto";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { createKeyring } from "../src/crypto/keyring.ts";
import { openDocument, sealDocument } from "../src/secrets/document.ts";
import { secretKey, secretValue } from "./secret.ts";

const keyring = createKeyring(randomBytes(32), []);
const lists = { readers: ["reader"], writers: [], deleters: [] };
const changeLists = { canChangeReaders: [], canChangeWriters: [], canChangeDeleters: [] };
const time = Date.now();
const fields = {
  format: 1,
  tenant: "default",
  id: "secr_bench",
  key: secretKey,
  version: 1,
  owner: "admin",
  lists: { ...lists, ...changeLists },
  metadata: [],
  createdAtMs: time,
  createdBy: "admin",
  updatedAtMs: time,
  updatedBy: "admin",
  valueChangedAtMs: time,
  removed: false,
};
/** Decrypted in turn. There are more than the cache of keys holds, so keys are derived for each answer. */
const documents = Array.from({ length: 2_000 }, () =>
  sealDocument(keyring, fields, { value: secretValue, sealedDigest: undefined }),
);
let turn = 0;

const server = http.createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const { keys } = JSON.parse(Buffer.concat(chunks).toString()) as { keys: string[] };
    const body = JSON.stringify(answerOf(keys[0] ?? ""));
    response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) });
    response.end(body);
  });
});

/** The same fields as the service answers, in the same form. */
function answerOf(key: string) {
  turn = (turn + 1) % documents.length;
  const stored = documents[turn];
  if (stored === undefined) throw new RangeError("there is no document");
  const { value } = openDocument(keyring, stored);
  const secret = {
    id: stored.id,
    key,
    value,
    encrypted: false,
    ...stored.lists,
    metadata: Object.fromEntries(stored.metadata),
    version: stored.version,
    owner: stored.owner,
    createdAt: new Date(stored.createdAtMs).toISOString(),
    createdBy: stored.createdBy,
    updatedAt: new Date(stored.updatedAtMs).toISOString(),
    updatedBy: stored.updatedBy,
    valueChangedAt: new Date(stored.valueChangedAtMs).toISOString(),
    state: "SECRET_STATE_ACTIVE",
    rights: ["read"],
  };
  return { secrets: [secret], missingKeys: [], missingIds: [], errors: [], nextPageToken: "", folders: [] };
}

server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
