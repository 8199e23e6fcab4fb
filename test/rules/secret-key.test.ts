import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { limits } from "../../src/limits.ts";
import {
  derivedId,
  isSecretId,
  keyForm,
  keyProblem,
  namespaceOf,
  randomId,
  slugProblem,
} from "../../src/rules/secret-key.ts";
import { checkRandom } from "../support/random-draws.ts";

describe("keys", () => {
  test.each(["A", "alice/A", "a.b/..c/c..", "x/_.+=@-/9", "...", "a/b/c/d/e/f/g/h", "__proto__/constructor"])(
    "%s is a key",
    (key) => {
      expect(keyProblem(key)).toBeUndefined();
    },
  );

  test.each([
    ["", /empty/],
    ["/a", /empty segment/],
    ["a/", /empty segment/],
    ["a//b", /empty segment/],
    ["/", /empty segment/],
    [".", /'\.' or '\.\.'/],
    ["a/../b", /'\.' or '\.\.'/],
    ["a/./b", /'\.' or '\.\.'/],
    ["a b", /may only contain/],
    ["a\0", /may only contain/],
    ["a\n", /may only contain/],
    ["a:b", /may only contain/],
    ["a*", /may only contain/],
    ["a\\b", /may only contain/],
    ["$where", /may only contain/],
    ["a%2fb", /may only contain/],
    // Look-alikes: Cyrillic, full-width, a composed letter, a direction mark.
    ["\u0430uth/X", /may only contain/],
    ["\uff21", /may only contain/],
    ["\u00e9", /may only contain/],
    ["a\u200d", /may only contain/],
    ["\ud800", /may only contain/],
  ])("threats 63, 64: %j is refused", (key, rule) => {
    expect(keyProblem(key)?.rule).toMatch(rule);
  });

  test("errors give the sizes", () => {
    expect(keyProblem("a".repeat(255))).toBeUndefined();
    expect(keyProblem("a".repeat(256))).toMatchObject({ limit: 255, actual: 256 });
    expect(keyProblem("é".repeat(256))).toMatchObject({ limit: 255, actual: 512 });
    expect(keyProblem("a/b/c/d/e/f/g/h/i")).toMatchObject({ limit: 8, actual: 9 });
  });

  test("what is refused agrees with the grammar written as one expression", () => {
    const grammar = /^(?!\.{1,2}(\/|$))[\w.+=@-]+(\/(?!\.{1,2}(\/|$))[\w.+=@-]+){0,7}$/;
    const nearly = fc.string({
      unit: fc.constantFrom("a", "Z", "0", "_", ".", "/", "+", "=", "@", "-", " ", "é", "\n"),
    });
    checkRandom(
      fc.property(nearly, (text) => (keyProblem(text) === undefined) === grammar.test(text)),
      2_000,
    );
  });

  test.each([
    ["alice/A", "alice"],
    ["alice/B/c", "alice"],
    ["A", undefined],
  ])("the namespace of %s", (key, namespace) => {
    expect(namespaceOf(key)).toBe(namespace);
  });
});

describe("slugs", () => {
  test.each(["a", "payment-svc", "a1-b2-c3", "0", "a".repeat(64)])("%s is one", (slug) => {
    expect(slugProblem(slug)).toBeUndefined();
  });

  test.each(["", "-a", "a-", "a--b", "A", "a_b", "a.b", "a/b", "a b", "\u0430", "a\n", "a".repeat(65)])(
    "threat 64: %j is refused",
    (slug) => {
      expect(slugProblem(slug)).toBeDefined();
    },
  );
});

describe("ids", () => {
  test("a derived id is the start of a SHA-256 in base32, as openssl and base32 print it", () => {
    for (const [tenant, key] of [
      ["default", "DATABASE_URL"],
      ["default", "payment-svc/STRIPE_SECRET_KEY"],
      ["other", "DATABASE_URL"],
    ] as const) {
      const digest = execFileSync("openssl", ["dgst", "-sha256", "-binary"], { input: `${tenant}\0${key}` });
      const base32 = execFileSync("base32", { input: digest }).toString().toLowerCase().slice(0, 20);
      expect(derivedId(tenant, key)).toBe(`secr_${base32}`);
    }
  });

  test("ids printed offline stay the same for ever", () => {
    expect(derivedId("default", "DATABASE_URL")).toBe("secr_oj4hdcpnndhyhjf7opho");
    expect(derivedId("default", "payment-svc/STRIPE_SECRET_KEY")).toBe("secr_3jjbwvmsill5bvkbd7do");
  });

  test("tenant and key cannot run into each other", () => {
    expect(derivedId("a", "b/c")).not.toBe(derivedId("ab", "/c"));
  });

  test("both kinds have the form of an id, with 20 characters of base32", () => {
    const form = /^secr_[a-z2-7]{20}$/;
    checkRandom(
      fc.property(fc.string(), (key) => {
        const id = derivedId("default", key);
        return form.test(id) && isSecretId(id);
      }),
    );
    expect(randomId()).toMatch(form);
    expect(randomId()).not.toBe(randomId());
  });

  test.each(["secr_", "secr_a-b", "SECR_a", "secr_a/b", `secr_${"a".repeat(65)}`, " secr_a", "secr_a\n", "secr_é"])(
    "%j is not an id, so it is read as a key",
    (text) => {
      expect(isSecretId(text)).toBe(false);
    },
  );
});

describe("fault C10: the patterns for the description of the contract", () => {
  const part = fc.constantFrom("a", "Z", "0", ".", "..", "...", "/", "-", "_", "é", " ", "*");
  const almostKey = fc.array(part, { maxLength: 20 }).map((parts) => parts.join(""));

  test("match keys and nothing else", () => {
    checkRandom(
      fc.property(almostKey, (text) => {
        expect(keyForm.test(text) && text.length <= limits.keyBytes).toBe(keyProblem(text) === undefined);
      }),
      5000,
    );
  });

  test("take a time that grows with the length only", () => {
    const text = `${".".repeat(200_000)}/`;
    expect(keyForm.test(text)).toBe(false);
  });
});
