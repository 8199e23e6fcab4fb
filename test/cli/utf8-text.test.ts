import { expect, test } from "vitest";
import { CliError } from "../../src/cli/formats/cli-error.ts";
import { utf8Text } from "../../src/cli/formats/utf8-text.ts";

const refusal = (bytes: Uint8Array): CliError => {
  try {
    utf8Text(bytes, "standard input", "another hint");
  } catch (error) {
    if (error instanceof CliError) return error;
  }
  throw new Error("no CliError");
};

test("text is taken as it is, with a byte order mark that it has", () => {
  expect(utf8Text(Buffer.from("\ufeffä=1\r\n"), "the file")).toBe("\ufeffä=1\r\n");
  expect(utf8Text(Buffer.of(), "the file")).toBe("");
});

test("other bytes are refused, and UTF-16 by its name", () => {
  for (const mark of [
    [0xff, 0xfe],
    [0xfe, 0xff],
  ]) {
    const { message, hints } = refusal(Buffer.from([...mark, 0x41, 0]));
    expect(message).toBe("standard input is not valid UTF-8");
    expect(hints).toEqual(["it looks like UTF-16: save it as UTF-8", "another hint"]);
  }
  expect(refusal(Buffer.from([0xff])).hints).toEqual(["another hint"]);
});
