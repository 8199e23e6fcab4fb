import type { KnownFailing, Transport } from "./known-failing.ts";

/** One case of a report of h2spec. `section` is like `http2/5.1`, and the numbers are those of its output, from 1. */
export interface Result {
  readonly section: string;
  readonly number: number;
  readonly title: string;
  readonly outcome: "passed" | "failed" | "skipped";
}

const testCase = /<testcase package="([^"]*)" classname="([^"]*)"[^>]*?(?:\/>|>(.*?)<\/testcase>)/gs;

/** Reads a JUnit report as h2spec writes it. */
export function readReport(xml: string): Result[] {
  const numbers = new Map<string, number>();
  return [...xml.matchAll(testCase)].map(([, section = "", title = "", inner = ""]) => {
    const number = (numbers.get(section) ?? 0) + 1;
    numbers.set(section, number);
    const outcome = /<(failure|error)\b/.test(inner) ? "failed" : inner.includes("<skipped") ? "skipped" : "passed";
    return { section, number, title: withoutEntities(title), outcome };
  });
}

/**
 * What differs from the list: a case that fails or is skipped without being in it, and one that is in it and does not
 * fail.
 */
export function compare(results: readonly Result[], transport: Transport, known: readonly KnownFailing[]): string[] {
  const listed = known.filter(({ over }) => over === undefined || over === transport);
  const found = new Set<KnownFailing>();
  const surprises = results.flatMap((result) => {
    const { section, number, title, outcome } = result;
    const entry = listed.find((one) => one.section === section && one.number === number && one.title === title);
    if (entry !== undefined) found.add(entry);
    if (outcome === (entry === undefined ? "passed" : "failed")) return [];
    const what = entry === undefined ? "is not in the list" : "is in the list";
    return [`${transport}: ${section}/${number} ${outcome}, and ${what}: ${title}`];
  });
  const missing = listed.filter((entry) => !found.has(entry));
  return [
    ...surprises,
    ...missing.map((one) => `${transport}: there is no ${one.section}/${one.number}: ${one.title}`),
  ];
}

function withoutEntities(text: string): string {
  const entities: Readonly<Record<string, string>> = { "#34": '"', "#39": "'", lt: "<", gt: ">", amp: "&" };
  return text.replaceAll(/&(#34|#39|lt|gt|amp);/g, (whole, name: string) => entities[name] ?? whole);
}
