import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Reason } from "../../gen/secret/v1/error_pb.ts";
import { repository } from "../support/docs/markdown.ts";

const read = (file: string) => readFileSync(join(repository, file), "utf8");
const page = read("docs/troubleshooting.md");
const [bySymptom = "", byReason = ""] = page.split("\n## By reason\n");

describe("docs/troubleshooting.md by reason", () => {
  const entries = new Map(
    byReason
      .split("\n### ")
      .slice(1)
      .map((entry) => [entry.slice(0, entry.indexOf("\n")), entry]),
  );
  const reasons = Object.keys(Reason).filter((name) => !/^\d+$/.test(name));

  test("has an entry for each reason of the contract, and no other", () => {
    expect([...entries.keys()].sort()).toEqual(reasons.map((name) => `REASON_${name}`).sort());
  });

  test("names the codes that the contract names", () => {
    const contract = read("proto/secret/v1/error.proto");
    const documented = [...contract.matchAll(/((?: {2}\/\/.*\n)+) {2}(REASON_[A-Z_]+) = /g)];
    expect(documented.length).toBe(reasons.length);
    const code = /\b(?:INVALID_ARGUMENT|[A-Z]+(?:_[A-Z]+)+|UNAUTHENTICATED|ABORTED|UNAVAILABLE|UNKNOWN)\b/g;
    for (const [, comment = "", reason = ""] of documented) {
      const promised = /\bCode (.*)$/.exec(comment.trimEnd().replace(/\n {2}\/\/ /g, " "))?.[1]?.match(code) ?? [];
      const shown = /^Code (.*)$/m.exec(entries.get(reason) ?? "")?.[1]?.match(code) ?? [];
      expect([...new Set(shown)].sort(), reason).toEqual([...new Set(promised)].sort());
    }
  });
});

describe("docs/troubleshooting.md by symptom", () => {
  /** All program text, with texts in one piece that the code puts together from several lines. */
  const source = ["bin/run", ...typescriptOf("src")]
    .map((file) => read(file).replace(/["'`]\s*\+\s*["'`]/g, ""))
    .join("\n");
  /** What Node and the system say, which no file of ours holds. */
  const ofTheSystem = new Set(["listen EADDRINUSE", "listen EADDRNOTAVAIL"]);
  const quoted = [...bySymptom.matchAll(/^\| `([^`]+)` \|/gm)].map(([, message = ""]) => message);

  test("quotes messages", () => {
    expect(quoted.length).toBeGreaterThan(40);
  });

  test.each(quoted.filter((message) => !ofTheSystem.has(message)))("%s", (message) => {
    const parts = message.split("…").filter((part) => /[a-z]{2}/i.test(part));
    expect(parts.length).toBeGreaterThan(0);
    expect(parts.filter((part) => !source.includes(part))).toEqual([]);
  });
});

function typescriptOf(folder: string): string[] {
  return readdirSync(join(repository, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join(folder, name));
}
