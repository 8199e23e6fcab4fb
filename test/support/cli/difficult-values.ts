import fc from "fast-check";
import { sampleRandom } from "../random-draws.ts";

/** A key as files hold it, on many lines. */
export const pem = `-----BEGIN PRIVATE KEY-----\n${"MIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n".repeat(12)}-----END PRIVATE KEY-----\n`;

/**
 * Values that some quoting gets wrong, and `count` more made of pieces of them. The commands in them would make the
 * file `canary`.
 */
export function difficultValues(count: number, canary: string): string[] {
  const known = [
    ...[
      "v",
      "it's",
      'say "hi"',
      `it's "both"`,
      "$HOME",
      "$" + "{HOME}",
      "$$",
      "\\$HOME",
      "%HOME%",
      "!!",
      "~",
      "*",
      "a b",
      " lead",
    ],
    ...[
      "trail ",
      " ",
      "\t",
      "\n",
      "a\nb",
      "\na\n",
      "a\n\nb\n",
      "a\r\nb",
      "\r",
      "end\r",
      "\\",
      "\\\\",
      "a\\",
      "\\n",
      "\\'",
      '\\"',
    ],
    ...[
      "#",
      "#a",
      "a #b",
      "a#b",
      "=",
      "a=b",
      "export A=b",
      "A='",
      "'\nB='x",
      '"\nB="x',
      "`",
      "''",
      '""',
      "'",
      '"',
      "a'b",
      'a"b',
    ],
    ...[
      `$(touch ${canary})`,
      `\`touch ${canary}\``,
      `'; touch ${canary}; '`,
      `"; touch ${canary}; "`,
      `'$(touch ${canary})'`,
    ],
    ...[
      `\n touch ${canary}\n`,
      `' && touch ${canary} #`,
      `$(touch ${canary})'`,
      `<(touch ${canary})`,
      `;touch ${canary}`,
    ],
    ...[
      "null",
      "true",
      "1234",
      "12e4",
      "0x1F",
      "~",
      "yes",
      "2024-01-01",
      "<<",
      "- a",
      "a: b",
      "{a: b}",
      "!!str a",
      "&a",
      "*a",
      "|",
      ">",
    ],
    ...[
      "\ufeff",
      "\ufeffa",
      "é",
      "e\u0301",
      "漢",
      "😀",
      "\u2028",
      "\u0085",
      "\u00a0",
      "\u200b",
      "\u202e",
      "\u{10ffff}",
      "\ufffd",
    ],
    ...[
      "\0",
      "a\0b",
      "\x01",
      "\x1b[31m",
      "\x7f",
      "\v",
      "\f",
      pem,
      pem.replaceAll("\n", "\r\n"),
      JSON.stringify({ a: "it's", b: pem }),
    ],
    ...["x".repeat(65_536), "'".repeat(65_536), `"${"\n".repeat(65_535)}`, "é".repeat(32_768)],
  ];
  const part = fc.oneof(
    fc.constantFrom(...known.filter((value) => value.length < 200)),
    fc.string({ unit: "binary", minLength: 1 }),
  );
  const made = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join(""));
  return [...known, ...sampleRandom(made, count)];
}
