import { describe, expect, test } from "vitest";
import { createKeyring } from "../../src/crypto/keyring.ts";
import { SecretError } from "../../src/error.ts";
import { createPageToken, pageSizeOf, readPageToken } from "../../src/rules/page-token.ts";

const keyring = createKeyring(Buffer.alloc(32, 1), []);
const binding = ["ListSecrets", "default", "alice", "view=keys"];
const refusal = { reason: "INVALID_PAGE_TOKEN", field: "pageToken" };

function failureOf(work: () => unknown) {
  try {
    work();
  } catch (error) {
    if (error instanceof SecretError) return error.failures[0];
    throw error;
  }
  return undefined;
}

describe("page tokens", () => {
  test("give the position only to the caller they are for", () => {
    for (const position of ["alice/A", "x", "a".repeat(255)]) {
      expect(readPageToken(keyring, binding, createPageToken(keyring, binding, position))).toBe(position);
    }
    expect(readPageToken(keyring, binding, "")).toBe("");
  });

  test("are opaque: a list may stop at a key that is not shown", () => {
    const token = createPageToken(keyring, binding, "alice/A");
    expect(token).toMatch(/^[A-Za-z0-9_-]{128}$/);
    expect(Buffer.from(token, "base64url").includes("alice")).toBe(false);
    expect(createPageToken(keyring, binding, "alice/A")).not.toBe(token);
  });

  test.each([
    ["another method", ["ListUsers", "default", "alice", "view=keys"]],
    ["another tenant", ["ListSecrets", "other", "alice", "view=keys"]],
    ["another caller", ["ListSecrets", "default", "bob", "view=keys"]],
    ["another filter", ["ListSecrets", "default", "alice", "view=full"]],
    ["fields shifted", ["ListSecrets", "default", "alicev", "iew=keys"]],
    ["a field more", [...binding, ""]],
  ])("are refused with %s", (_name, other) => {
    const token = createPageToken(keyring, binding, "alice/A");
    expect(failureOf(() => readPageToken(keyring, other, token))).toMatchObject(refusal);
  });

  test("are refused when any character is another one, is missing or is added", () => {
    for (const position of ["a", "ab", "abc"]) {
      const token = createPageToken(keyring, binding, position);
      const refused = (text: string) =>
        expect(failureOf(() => readPageToken(keyring, binding, text))).toMatchObject(refusal);
      for (let at = 0; at < token.length; at += 1) {
        for (const other of ["A", "B", "z", "9", "_", "-", "=", " ", "é"]) {
          if (token[at] !== other) refused(token.slice(0, at) + other + token.slice(at + 1));
        }
        refused(token.slice(0, at) + token.slice(at + 1));
        if (at > 0) refused(token.slice(0, at));
        refused(`${token.slice(0, at)}.${token.slice(at)}`);
      }
    }
  });

  test("are read under a previous key, and not under an unknown one", () => {
    const token = createPageToken(keyring, binding, "alice/A");
    const rotated = createKeyring(Buffer.alloc(32, 2), [Buffer.alloc(32, 1)]);
    expect(readPageToken(rotated, binding, token)).toBe("alice/A");
    const foreign = createKeyring(Buffer.alloc(32, 2), []);
    expect(failureOf(() => readPageToken(foreign, binding, token))).toMatchObject(refusal);
  });
});

describe("page sizes", () => {
  const limit = { standard: 100, max: 1_000 };
  test.each([
    [0, 100],
    [1, 1],
    [1_000, 1_000],
  ])("%i means %i", (requested, size) => {
    expect(pageSizeOf(requested, limit)).toBe(size);
  });

  test("over the limit is an error that gives both", () => {
    const failure = failureOf(() => pageSizeOf(1_001, limit));
    expect(failure).toMatchObject({ reason: "LIMIT_EXCEEDED", field: "pageSize", limit: 1_000, actual: 1_001 });
  });
});
