import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hasMarks, piecesOf, warningsOf } from "../../console/model/marks.ts";
import { type Subject, type Viewer, whyNot } from "../../console/model/rights.ts";
import { lengthOf, relative, rotationMs } from "../../console/model/time.ts";
import { countOf, countOrNo, problemOf, problemOfOne, problemOfSave, sentenceOf } from "../../console/model/words.ts";
import { checkRandom } from "../support/random-draws.ts";

const day = 24 * 3600_000;

describe("times", () => {
  test.each([
    [0, "just now"],
    [-6 * 60_000, "6 min. ago"],
    [-3 * 3600_000, "3 hours ago"],
    [9 * day + 1, "in 9 days"],
    [45 * day, "in 45 days"],
    [60 * day + 5, "in 60 days"],
    [-120 * day, "4 months ago"],
    [800 * day, "in 2 years"],
    [5, "in a moment"],
  ])("%d ms from now is %j", (ms, words) => {
    expect(relative(1e12 + ms, 1e12)).toBe(words);
  });

  test("up to 60 days are days", () => {
    checkRandom(
      fc.property(fc.integer({ min: 1, max: 60 }), (days) => {
        expect(lengthOf(days * day)).toBe(days === 1 ? "1 day" : `${days} days`);
      }),
    );
  });
});

test.each([
  ["180d", "2027-01-09"],
  ["36h", "2026-07-15"],
])("a value of 13 July 2026 with the interval %s is to be rotated by %s", (interval, words) => {
  expect(new Date(rotationMs(Date.parse("2026-07-13T12:00:00Z"), interval)).toISOString().slice(0, 10)).toBe(words);
});

describe("texts from people", () => {
  test.each([
    ["plain text, Grüße, 日本", [{ text: "plain text, Grüße, 日本" }]],
    ["a\u202egnp.exe", [{ text: "a" }, { mark: "U+202E" }, { text: "gnp.exe" }]],
    ["a\u0000\u200bb", [{ text: "a" }, { mark: "U+0000" }, { mark: "U+200B" }, { text: "b" }]],
    ["a\u00a0b\u3164", [{ text: "a" }, { mark: "U+00A0" }, { text: "b" }, { mark: "U+3164" }]],
    ["a\nb", [{ text: "a" }, { mark: "U+000A" }, { text: "b" }]],
  ])("%j has its invisible characters as marks", (text, pieces) => {
    expect(piecesOf(text)).toEqual(pieces);
  });

  test("lose nothing: text and marks together are the text", () => {
    checkRandom(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const back = piecesOf(text, { lines: true }).map((piece) =>
          "text" in piece ? piece.text : String.fromCodePoint(Number.parseInt(piece.mark.slice(2), 16)),
        );
        expect(back.join("")).toBe(text);
        expect(hasMarks(text)).toBe(piecesOf(text).some((piece) => "mark" in piece));
      }),
    );
  });

  test.each([
    ["pass word", []],
    ["line\nline", []],
    ["password\n", ["a line break at the end"]],
    ["password ", ["spaces at the end"]],
    [" password", ["spaces at the beginning"]],
    ["pass\u200bword\u202e", ["2 invisible characters"]],
  ])("%j has the warnings %j", (value, warnings) => {
    expect(warningsOf(value)).toEqual(warnings);
  });
});

describe("refusals", () => {
  const dave: Viewer = { slug: "dave", roles: ["payments"], admin: false, isNarrowed: false };
  const secret: Subject = { key: "a", owner: "bob", rights: ["write"] };

  test("of a button say what is missing, and whom to ask", () => {
    expect(whyNot(secret, "write", dave)).toBeUndefined();
    expect(whyNot(secret, "read", dave)).toBe(
      "You may change it but not read it: neither dave nor a role of yours is in readers. Ask bob (owner) or an admin.",
    );
    expect(whyNot({ ...secret, owner: "dave", rights: [] }, "delete", { ...dave, roles: [] })).toBe(
      "You may not remove it: dave is not in deleters. Ask an admin.",
    );
    expect(whyNot({ ...secret, rights: ["read"] }, "write", { ...dave, admin: true, isNarrowed: true })).toContain(
      "this session is narrowed",
    );
  });

  const refusal = { code: "invalid_argument", message: "", reason: "", details: [] };

  test("of the service are its sentence, with the sizes", () => {
    const detail = { reason: "LIMIT_EXCEEDED", index: 0, key: "", field: "value", limit: 65536, actual: 70000 };
    const shown = problemOf({ ...refusal, message: "value is too large", reason: "LIMIT_EXCEEDED", details: [detail] });
    expect(shown.sentence).toBe("Value is too large. It is 70000 of at most 65536.");
    expect(shown.isTemporary).toBe(false);
  });

  test("a missing secret and a hidden one have the same words", () => {
    const one = problemOf({ ...refusal, code: "not_found", message: "secret a does not exist", reason: "NOT_FOUND" });
    expect(one.sentence).toBe("There is no such secret, or none that you may know of.");
  });

  test("without an answer nothing is claimed about the change", () => {
    const shown = problemOf({ ...refusal, code: "unavailable", message: "fetch failed" });
    expect(shown).toMatchObject({ reason: "UNREACHABLE", sentence: "The service does not answer.", isTemporary: true });
  });

  test("of a save to which no answer came say that it may have been made, and to repeat it", () => {
    const unanswered = problemOf({ ...refusal, code: "unavailable", message: "fetch failed" });
    expect(problemOfSave(unanswered)).toMatchObject({
      reason: "OUTCOME_UNKNOWN",
      sentence: "It may or may not have been stored.",
      help: "Repeat it: the same change is never made twice.",
      isTemporary: true,
    });
    const refused = problemOf({ ...refusal, reason: "STALE_VERSION" });
    expect(problemOfSave(refused)).toBe(refused);
  });

  test("sentences begin with a capital and end with a full stop", () => {
    expect(sentenceOf("key must not be empty")).toBe("Key must not be empty.");
    expect(sentenceOf("Is it?")).toBe("Is it?");
    expect(countOf(1, "secret")).toBe("1 secret");
    expect(countOf(20000, "secret")).toBe("20,000 secrets");
    expect([0, 1].map((count) => countOrNo(count, "key"))).toEqual(["No keys", "1 key"]);
  });

  test("about one thing name its field without a list", () => {
    const refused = (sentence: string) =>
      problemOfOne({ reason: "INVALID_FIELD", sentence, help: undefined, isTemporary: false, details: [] }).sentence;
    expect(refused("Secrets[0].key must not be empty.")).toBe("Key must not be empty.");
    expect(refused("Secrets[1].key must not be empty.")).toBe("Secrets[1].key must not be empty.");
  });
});
