import { describe, expect, test } from "vitest";
import { findWords, readWrittenFiles } from "../support/docs/words.ts";

test("code and documents use the words of the field", () => {
  const places = readWrittenFiles().flatMap(([file, text]) => [
    ...findWords(file).map(({ word, better }) => `${file}: its name has "${word}"; better: ${better}`),
    ...findWords(text).map(({ line, word, better }) => `${file}:${line}: "${word}"; better: ${better}`),
  ]);
  expect(places).toEqual([]);
});

test("the check reads every kind of file", () => {
  const files = readWrittenFiles().map(([file]) => file);
  const some = ["README.md", "docs/access.md", "src/limits.ts", "deploy/Dockerfile", "proto/secret/v1/error.proto"];
  const ofClients = ["clients/go/client.go", "clients/go/case_test.go", "clients/python/src/secret_svc/client.py"];
  const ofTests = ["test/api/watch.test.ts", "test/support/docs/step.ts", "bin/oo", ".ci/run"];
  expect(files).toEqual(expect.arrayContaining([...some, ...ofClients, ...ofTests]));
  expect(files.filter((file) => /\/gen\/|_pb2|\/generated\//.test(file))).toEqual([]);
});

describe("the check", () => {
  test.for([
    ["A hole in the log.", "hole"],
    ["The last sign\n * of life.", "sign of life"],
    ["It tells the caller.", "tells"],
    ["It is kept for a day.", "kept"],
    ["Somebody else writes.", "Somebody else"],
    ["It depends on whoever reads it.", "whoever"],
    ["/** Who reads it needs a token. */", "Who"],
    ["The text is no key.", "is no key"],
    ["Most rows are\n// none.", "are none"],
    ["It stands beside the list.", "beside"],
    ["Removed users count, too.", ", too"],
    ["The user and his token.", "his"],
    ["It waits for most members.", "most members"],
    ["It returns stored answers.", "stored answers"],
    ["const keptRows = isTold;", "keptRows"],
  ])("finds the word in %j", ([text, word]) => {
    expect(findWords(`One.\n${text}`)[0]).toMatchObject({ line: 2, word });
  });

  test.for([
    "The user who saved it is no longer there.",
    "Who may read it? There is no answer, and there are none.",
    "It is no more than that, too large, and a whole number.",
    "oo secret who-can read KEY; oo keys rotate --forget-answers",
    "SEALING_KEY_STATE_KEPT, forget_answers",
    'Nothing is listed for the user "nobody".',
    "readonly who: Who;",
  ])("allows %j", (text) => {
    expect(findWords(text)).toEqual([]);
  });
});
