import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "./markdown.ts";

/** A word that the field does not use, or that readers stumble over, and what to write instead. */
interface Rule {
  readonly pattern: RegExp;
  readonly better: string;
}

/**
 * Between two words of a sentence: also the end of a line, and the mark with which the next line of a comment begins.
 */
const gap = String.raw`\s+(?:(?:[*#]|//)\s+)?`;

/** "It is no longer there" is plain English, and so are these. */
const afterNo = "longer|more|less|fewer|better|worse|matter|one|as";

const rules: readonly Rule[] = [
  { pattern: phrase("\\bholes?\\b"), better: "vulnerability, gap" },
  { pattern: phrase("\\bsigns? of life\\b"), better: "heartbeat" },
  { pattern: phrase("\\b(?:tells?|told|telling)\\b"), better: "report, log, send, show, say, distinguish" },
  { pattern: phrase("\\bkept\\b"), better: "cached (memory), retained (history), stored" },
  {
    pattern: sentence("\\b(?:[Ss]ome|[Aa]ny|[Ee]very|[Nn]o)body(?: else)?\\b"),
    better: "an attacker, the caller, another process, any user, no one",
  },
  { pattern: phrase("\\bwho(?:m|so)?ever\\b"), better: "anyone who, the caller, whichever call" },
  // A relative "who" follows the noun that it refers to. This one begins a sentence that is not a question.
  {
    pattern: sentence("(?<=(?:[.:;]|/\\*\\*|//|\\*) )Who\\b(?! may\\b)(?![^.?]*\\?)"),
    better: "anyone who, the caller",
  },
  {
    pattern: sentence("(?<!\\b[Tt]?here )\\b(?:is|are|was|were) none\\b(?! of\\b)"),
    better: "is not an X, does not have an X",
  },
  {
    pattern: sentence(`(?<!\\b[Tt]?here )\\b(?:is|are|was|were) no (?!(?:${afterNo})\\b)\\w+`),
    better: "is not an X, must not be an X",
  },
  { pattern: phrase("\\bbeside\\b"), better: "next to, alongside, in addition to" },
  { pattern: phrase(",\\s+too(?=[.,;:)!?\"'`]|\\s*\\*/|\\s*\\n\\s*\\n)"), better: "also" },
  { pattern: phrase("\\b(?:he|him|his|himself)\\b"), better: "they, them, their, themselves" },
  { pattern: phrase("\\bmost (?:members|disks)\\b"), better: "by a majority, durable on a majority" },
  {
    pattern: phrase("\\b(?:stored|cached|remembered|retained|recorded) answers?\\b"),
    better: "idempotency records",
  },
  // Names in code.
  {
    pattern: /\b(?:kept|tell|told|beside|doubts?|holes?)[A-Z]\w*|\b[a-z]\w*(?:Kept|Told|Tell|Beside|Doubts?|Holes?)\b/g,
    better: "the word of the field",
  },
];

/** Names of the contract, of the command line, of types and of users in tests, which stay as they are. */
const allowed =
  /\bwho-can\b|\bwhoCan\b|--forget-answers\b|\bforget_?[aA]nswers\b|\bkey-beside-data\b|"anybody"|(["'`])nobody\1|writeTokenOf: nobody|"kept"|\bkept: Seal|\bKEPT\b|: Who;/g;

/** A place where a wrong word stands. */
export interface Finding {
  readonly line: number;
  readonly word: string;
  readonly better: string;
}

/** Every wrong word of a text, line by line. */
export function findWords(text: string): readonly Finding[] {
  const checked = text.replaceAll(allowed, (name) => "-".repeat(name.length));
  return rules
    .flatMap(({ pattern, better }) =>
      [...checked.matchAll(pattern)].map(({ 0: found, index }) => {
        const line = checked.slice(0, index).split("\n").length;
        return { line, word: found.replaceAll(new RegExp(gap, "g"), " "), better };
      }),
    )
    .sort((one, other) => one.line - other.line);
}

const folders = ["src", "console", "proto", "bench", "scripts", "docs", "deploy", "clients", "test", "bin", ".ci"];
const fronts = ["README.md", "SECURITY.md", "CONTRIBUTING.md", "CHANGELOG.md"];
const isText = /\.(?:tsx?|md|go|java|py|proto|ya?ml|toml|xml)$|\/[A-Za-z][\w-]*$/;
/** What programs write (code made from the contract, installed files, built files), and the words of this check. */
const leftOut = [
  /^clients\/(?:.*\/)?(?:gen|generated|dist|target|build)\//,
  /^clients\/python\/src\/secret_svc\/v1\//,
  /^test\/(?:support\/)?docs\/words\./,
  /\/\./,
];

/** The files that people write and read: their path and text. */
export function readWrittenFiles(): readonly (readonly [file: string, text: string])[] {
  return globSync(`{${folders.join()}}/**`, {
    cwd: repository,
    withFileTypes: true,
    exclude: ({ name }) => name === "node_modules",
  })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(repository.length + 1))
    .filter((file) => isText.test(file) && !leftOut.some((form) => form.test(file)))
    .concat(fronts)
    .map((file) => [file, readFileSync(join(repository, file), "utf8")]);
}

/** Also at the start of a sentence. */
function phrase(source: string): RegExp {
  return sentence(source, "gi");
}

function sentence(source: string, flags = "g"): RegExp {
  return new RegExp(source.replaceAll(" ", gap), flags);
}
