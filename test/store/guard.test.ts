import { describe, expect, test } from "vitest";
import {
  requireAuditQuery,
  requireChangeQueries,
  requireFolder,
  requireFolderCount,
  requireReaderQueries,
  requireSecretPage,
} from "../../src/store/guard.ts";
import {
  requireCheckpoint,
  requireCommit,
  requireIdentityCommit,
  requireLoginWrite,
  requireProcess,
  requireRecord,
  requireRewrap,
} from "../../src/store/guard-writes.ts";
import { StoreError } from "../../src/store/store-error.ts";
import {
  aCommit,
  anIdempotencyRecord,
  aPermit,
  aRecord,
  aSecret,
  aToken,
  aUser,
  tenant,
} from "../support/store/rows.ts";

const bytes = new Uint8Array(1);
const ofIdentity = { tenant, expectedRevision: 0, users: [], tokens: [], permits: [], audit: [] };

/** What is in order, with every field that there may be. Each field of it is then broken in turn. */
const calls: Readonly<Record<string, { readonly good: object; readonly check: (given: never) => void }>> = {
  requireSecretPage: {
    good: {
      ...{ tenant, visibleTo: ["alice"], prefix: "", after: "", glob: "a*", limit: 1, scanLimit: 1, maxBytes: 0 },
      removed: true,
    },
    check: requireSecretPage,
  },
  requireFolder: { good: { tenant, visibleTo: ["alice"], folder: "", after: "", limit: 1 }, check: requireFolder },
  requireFolderCount: { good: { tenant, visibleTo: ["alice"], prefix: "", limit: 1 }, check: requireFolderCount },
  requireAuditQuery: {
    good: {
      ...{ tenant, limit: 1, key: "a", principal: "a", actionPrefix: "a", decision: "a", actions: ["a"], fromMs: 0 },
      ...{ toMs: 0, after: { timeMs: 0, chain: "", position: 0 } },
    },
    check: requireAuditQuery,
  },
  "requireAuditQuery, with a pattern": { good: { tenant, limit: 1, keyGlob: "a*" }, check: requireAuditQuery },
  requireChangeQueries: {
    good: { queries: [{ tenant, name: "a", action: "a", isVersioned: true }], limit: 1 },
    check: ({ queries, limit }: { queries: never[]; limit: number }) => requireChangeQueries(queries, limit),
  },
  requireReaderQueries: {
    good: { tenant, queries: [{ key: "a", fromMs: 0 }], limits: { records: 1, readers: 1 } },
    check: ({ tenant: of, queries, limits }: { tenant: string; queries: never[]; limits: never }) =>
      requireReaderQueries(of, queries, limits),
  },
  requireIdentityCommit: {
    good: {
      ...{ tenant, expectedRevision: 0, droppedTokens: ["tok_1"], quotas: "", audit: [aRecord({ names: ["a"] })] },
      users: [
        aUser("alice", { roles: ["dev"], login: { issuer: "i", subject: "s", displayName: "" } } as object),
        aUser("bob", { passkeys: { handle: "h", keys: [], invitation: undefined } } as object),
      ],
      permits: [aPermit("web", ["prod/*"])],
      tokens: [
        aToken("tok_1", {
          grants: ["read:*"],
          session: { issuer: "", parent: "", sid: "", client: "", refreshToken: bytes },
        } as object),
        aToken("tok_2"),
      ],
    },
    check: requireIdentityCommit,
  },
  requireCommit: {
    good: {
      ...aCommit([aSecret("a", { metadata: [["name", "value"]], lists: { readers: ["bob"] } as never })], {
        audit: [aRecord()],
        idempotency: anIdempotencyRecord(),
      }),
      purges: [{ key: "a", version: 3, keepCurrent: true, versions: [1] }],
      permits: [{ name: "web", pattern: "prod/*" }],
    },
    check: requireCommit,
  },
  requireRewrap: {
    good: {
      ...{ kind: "tokens", tenant, name: "a", version: 1, kid: "a", former: bytes, proof: bytes, refreshToken: bytes },
    },
    check: requireRewrap,
  },
  requireLoginWrite: {
    good: { id: "a", former: bytes, next: { endAtMs: 0, sealed: bytes } },
    check: requireLoginWrite,
  },
  requireProcess: { good: { id: "a", kids: ["a"] }, check: requireProcess },
  requireRecord: { good: aRecord({ names: ["a"] }), check: requireRecord },
  requireCheckpoint: {
    good: { chain: "a", position: 0, lastTimeMs: 0, lastMac: bytes, mac: bytes },
    check: requireCheckpoint,
  },
};

/** Of another type than a good one, whatever that is allowed to be. Absent is not among them: some fields may be. */
function wrongFor(good: unknown): readonly unknown[] {
  if (typeof good === "string") return [null, 0, {}, ["a"], { $ne: null }];
  if (typeof good === "number") return [null, -1, 0.5, Number.NaN, 2 ** 53, "1", new Date(0)];
  if (typeof good === "boolean") return [null, 0, "true", {}];
  if (good instanceof Uint8Array) return [null, "text", [1], new Uint16Array(1)];
  return [];
}

interface Broken {
  readonly path: string;
  readonly value: unknown;
  readonly given: unknown;
}

/** Copies in which one thing is wrong. */
function* brokenCopies(good: unknown, path = ""): Generator<Broken> {
  for (const value of wrongFor(good)) yield { path, value, given: value };
  if (typeof good !== "object" || good === null || good instanceof Uint8Array) return;
  for (const [name, field] of Object.entries(good)) {
    for (const broken of brokenCopies(field, `${path}.${name}`)) {
      const copy: unknown[] | Record<string, unknown> = Array.isArray(good) ? [...good] : { ...good };
      Object.assign(copy, { [name]: broken.given });
      yield { ...broken, given: copy };
    }
  }
}

describe("threat 54: what the store refuses", () => {
  test.each(Object.entries(calls))("%s: any field of another type", (_name, { good, check }) => {
    const call = check as (given: unknown) => void;
    expect(() => call(good)).not.toThrow();
    for (const { path, value, given } of brokenCopies(good)) {
      const where = `${path}: ${String(value)}`;
      expect(() => call(given), where).toThrow(StoreError);
    }
  });

  test("an empty name, and what is not a list", () => {
    const page = calls.requireSecretPage?.good;
    for (const fields of [{ tenant: "" }, { visibleTo: [""] }, { visibleTo: "alice" }]) {
      expect(() => requireSecretPage({ ...page, ...fields } as never)).toThrow(StoreError);
    }
    expect(() => requireSecretPage({ ...page, visibleTo: "everyone" } as never)).not.toThrow();
    expect(() => requireRecord({ ...aRecord(), names: "a" } as never)).toThrow(/names must be a list/);
  });

  test.each([
    ["users", aUser("a", { tenant: "other" })],
    ["tokens", aToken("a", { tenant: "other" })],
    ["permits", aPermit("a", ["*"], { tenant: "other" })],
  ])("%s of another tenant", (field, row) => {
    const commit = { tenant, expectedRevision: 0, users: [], tokens: [], permits: [], audit: [], [field]: [row] };
    expect(() => requireIdentityCommit(commit)).toThrow("tenant must be that of the commit");
  });

  test("a record of a repeated request of another tenant", () => {
    const commit = aCommit([aSecret("a")], { idempotency: anIdempotencyRecord({ tenant: "other" }) });
    expect(() => requireCommit(commit)).toThrow("tenant must be that of the commit");
  });

  test("an empty name where a name must be, and no other empty text", () => {
    const wanted: [string, (text: string) => void][] = [
      ["key of a secret", (key) => requireCommit(aCommit([aSecret("a", { key })]))],
      ["id of a secret", (id) => requireCommit(aCommit([aSecret("a", { id })]))],
      ["slug of a user", (slug) => requireIdentityCommit({ ...ofIdentity, users: [aUser(slug)] })],
      ["role of a user", (role) => requireIdentityCommit({ ...ofIdentity, users: [aUser("a", { roles: [role] })] })],
      ["id of a token", (id) => requireIdentityCommit({ ...ofIdentity, tokens: [aToken(id)] })],
      ["slug of a token", (slug) => requireIdentityCommit({ ...ofIdentity, tokens: [aToken("a", { slug })] })],
      ["name of a permit", (name) => requireIdentityCommit({ ...ofIdentity, permits: [aPermit(name, [])] })],
      ["pattern of a permit", (text) => requireIdentityCommit({ ...ofIdentity, permits: [aPermit("a", [text])] })],
      ["dropped token", (id) => requireIdentityCommit({ ...ofIdentity, droppedTokens: [id] })],
      ["id of a login", (id) => requireLoginWrite({ id, former: bytes, next: undefined })],
      ["id of a process", (id) => requireProcess({ id, kids: [] })],
      ["tenant of a record", (of) => requireRecord(aRecord({ tenant: of }))],
    ];
    for (const [what, call] of wanted) {
      expect(() => call("a"), what).not.toThrow();
      expect(() => call(""), what).toThrow(/a non-empty string/);
    }
    const texts = { principal: "", action: "", key: "", decision: "", rule: "", requestId: "", peer: "", names: [""] };
    expect(() => requireRecord(aRecord(texts as object))).not.toThrow();
  });

  test.each([
    ["a row of another tenant", { tenant: "other" }],
    ["version 0", { version: 0 }],
  ])("%s", (_what, fields) => {
    const secret = aSecret("a", fields);
    const changes = [{ secret, expectedVersion: 0 }];
    expect(() => requireCommit({ ...aCommit([aSecret("a")]), changes })).toThrow(StoreError);
  });

  test("a purge without a record, of versions that stay, or without their current one", () => {
    const purge = { key: "a", version: 3, keepCurrent: true, versions: [1, 2] };
    const commit = (fields: object, audit = [aRecord()]) => ({
      ...aCommit([], { audit }),
      purges: [{ ...purge, ...fields }],
    });
    expect(() => requireCommit(commit({}))).not.toThrow();
    expect(() => requireCommit(commit({ versions: [3] }))).toThrow(/older than the version that stays/);
    expect(() => requireCommit(commit({ keepCurrent: false }))).toThrow(/older than the version that stays/);
    expect(() => requireCommit(commit({}, []))).toThrow(/present with a purge/);
  });

  test("a version that cannot be, unless the document is damaged", () => {
    const change = (fields: object) => ({
      ...aCommit([]),
      changes: [{ secret: aSecret("a"), expectedVersion: -5, ...fields }],
    });
    expect(() => requireCommit(change({}))).toThrow(/expectedVersion must be/);
    expect(() => requireCommit(change({ replacesDamaged: true }))).not.toThrow();
    expect(() => requireCommit(change({ replacesDamaged: true, expectedVersion: 0.5 }))).toThrow(/a safe integer/);
  });

  test("an audit query with both a key and a pattern, a step of a login that changes nothing, and rows of another kind", () => {
    expect(() => requireAuditQuery({ tenant, limit: 1, key: "a", keyGlob: "a*" })).toThrow(/absent with key/);
    const nothing = { id: "a", former: undefined, next: undefined };
    expect(() => requireLoginWrite(nothing)).toThrow(/present, or former/);
    expect(() => requireLoginWrite({ ...nothing, former: bytes })).not.toThrow();
    expect(() => requireRewrap({ ...calls.requireRewrap?.good, kind: "changes" } as never)).toThrow(/kind must be/);
  });
});
