import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, expect, it } from "vitest";
import { limits } from "../../src/limits.ts";
import { runOo } from "../support/cli/run-oo.ts";
import { type Scene, startScene } from "../support/hostile/canary-scene.ts";
import { recordedAtOnce } from "../support/hostile/database.ts";
import { rawFetch } from "../support/hostile/raw-call.ts";

let scene: Scene;

beforeAll(async () => {
  scene = await startScene(recordedAtOnce);
});

afterAll(() => scene.stop());

/** What would become a record of its own, a command to a terminal, or a full disk, if it were written as it is. */
const hostileTexts = [
  'x\n{"action":"secret.read","decision":"allowed"}',
  "x\r\nsecret-svc: info: all is well",
  "\u001b[2J\u001b[31mred",
  "\u009b31m",
  '","decision":"allowed","x":"',
  "'; DROP TABLE audit; --",
  "x\u0000y",
  "\u202eevil\u2066",
  "a\u2028b",
  "%0a%0dx",
  "x decision=allowed view=full",
  "😀",
  "k".repeat(1024 * 1024),
];

/** Every field of text that a caller controls. */
function requestsWith(text: string): readonly (readonly [method: string, path: string, body: object])[] {
  const secrets = "/secret-svc/secrets";
  return [
    ...["keys", "ids"].map((field) => ["POST", secrets, { [field]: [text] }] as const),
    ...["key", "id", "namespace", "keyPattern", "pageToken"].map(
      (field) => ["POST", secrets, { [field]: text }] as const,
    ),
    ...["key", "id", "owner", "checksumAlgorithm", "checksum"].map(
      (field) => ["PUT", secrets, { secrets: [{ key: "k/K", value: "v", ifVersion: 9, [field]: text }] }] as const,
    ),
    ...["readers", "canChangeDeleters", "clear"].map(
      (field) => ["PUT", secrets, { secrets: [{ key: "k/K", value: "v", [field]: [text] }] }] as const,
    ),
    ["PUT", secrets, { secrets: [{ key: "k/K", value: "v", metadata: { [text]: text } }] }],
    ["PUT", secrets, { secrets: [{ key: "k/K", value: "v" }], idempotencyKey: text }],
    ["PUT", secrets, { remove: [{ key: text }] }],
    ["DELETE", secrets, { keys: [text] }],
    ["PUT", "/secret-svc/users", { users: [{ slug: text }] }],
    ["PUT", "/secret-svc/users", { users: [{ slug: "s", roles: [text] }] }],
    ["PUT", "/secret-svc/users", { users: [{ slug: "s" }], tenant: text }],
    ["DELETE", "/secret-svc/users", { slugs: [text] }],
    ["PUT", "/secret-svc/tokens", { slug: text }],
    ["PUT", "/secret-svc/tokens", { slug: "bob", description: text }],
    ["POST", "/secret-svc/tokens", { slug: text }],
    ["DELETE", "/secret-svc/tokens", { id: text }],
    ...["key", "principal", "action"].map((field) => ["POST", "/secret-svc/audit", { [field]: text }] as const),
  ];
}

function auditRows(): readonly Record<string, unknown>[] {
  return ["secrets.db", "audit.db"].flatMap((file) => {
    const db = new DatabaseSync(join(scene.dataDir, file), { readOnly: true });
    const rows = db.prepare("SELECT * FROM audit").all();
    db.close();
    return rows;
  });
}

it("threat 88: whatever a caller sends, a record stays one record of plain, short text", async () => {
  const headers = {
    authorization: `Bearer ${scene.admin}`,
    "content-type": "application/json",
    "x-request-id": "forged, because of its spaces",
    "x-forwarded-for": "203.0.113.7",
    forwarded: "for=203.0.113.7",
    "user-agent": "\u009b31m forged",
  };
  for (const text of hostileTexts) {
    for (const [method, path, body] of requestsWith(text)) {
      const before = auditRows().length;
      const { status } = await rawFetch(scene.server.url + path, { method, headers, body: JSON.stringify(body) });
      expect(status, `${path} ${JSON.stringify(body).slice(0, 80)}`).toBeLessThan(500);
      // A call on users reports each record that it commits; nothing here is about more than one.
      // A save that changes nothing under an idempotency key has a second one: that of the idempotency record.
      const most = "idempotencyKey" in body ? 2 : 1;
      expect(auditRows().length - before, JSON.stringify(body).slice(0, 80)).toBeLessThanOrEqual(most);
    }
  }
  const rows = auditRows();
  expect(rows.length).toBeGreaterThan(100);
  for (const { mac: _mac, ...row } of rows) {
    for (const [column, value] of Object.entries(row)) {
      expect(String(value), column).toMatch(/^[\x20-\x7e]*$/);
      expect(String(value).length, column).toBeLessThan(limits.auditNames * 260);
    }
    expect(row.peer).toMatch(/^(::ffff:)?127\.0\.0\.1$|^::1$|^host$/);
    expect(row.request_id).toMatch(/^([0-9a-f-]{36})?$/);
    expect(JSON.stringify(row)).not.toContain("forged");
  }
});

it("threat 88: a thousand names that are not there are one record with the first twenty", async () => {
  const before = auditRows().length;
  const keys = Array.from({ length: 1000 }, (_, at) => `none/${at}`);
  const headers = { authorization: `Bearer ${scene.bob}`, "content-type": "application/json" };
  for (const [method, path] of [
    ["POST", "/secret-svc/secrets"],
    ["POST", "/secret-svc/remove"],
  ] as const) {
    await rawFetch(scene.server.url + path, { method, headers, body: JSON.stringify({ keys }) });
  }
  const added = auditRows().slice(before - auditRows().length);
  expect(added).toMatchObject([{ count: 1000 }, { count: 1000 }]);
  for (const { names } of added) expect(JSON.parse(String(names))).toEqual(keys.slice(0, limits.auditNames));
});

it("threats 77, 88: what the service and `oo` print has no control characters", async () => {
  const env = { OO_URL: scene.server.url, OO_TOKEN: scene.admin };
  for (const args of [
    ["audit", "list"],
    ["token", "list"],
    ["secret", "list"],
    ["audit", "list", "-o", "json"],
    ["token", "list", "-o", "json"],
  ]) {
    const { code, stdout, stderr } = await runOo(args, { env });
    expect(code, stderr).toBe(0);
    expect(stdout + stderr).toMatch(/^[\n\x20-\x7e\p{L}\p{S}\p{P}]*$/u);
  }
  for (const line of scene.server.output().split("\n")) expect(line).toMatch(/^[\x20-\x7e]*$/);
});
