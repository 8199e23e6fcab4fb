const dateForm = /^(\d{4})-(\d{2})-(\d{2})$/;
const timeForm = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/;
const dayMs = 24 * 3600 * 1000;

/** The range of a timestamp in the contract. Users often write the last day for "never". */
const firstMs = Date.parse("0001-01-01T00:00:00Z");
const lastMs = Date.parse("9999-12-31T23:59:59.999Z");

/**
 * The end of validity in ms since 1970. A date means the end of that day in UTC. Undefined when the text is malformed.
 * The range is the year 1 to the end of 9999; a later time becomes that end.
 */
export function parseExpires(text: string): number | undefined {
  const start = startOfDay(text.slice(0, 10));
  if (start === undefined) return undefined;
  if (text.length === 10) return withinRange(start + dayMs);
  return timeForm.test(text) ? withinRange(Date.parse(text.toUpperCase())) : undefined;
}

function startOfDay(date: string): number | undefined {
  const match = dateForm.exec(date);
  if (match === null) return undefined;
  const start = Date.parse(`${date}T00:00:00Z`);
  // Date.parse reads 2026-02-30 as 2 March.
  return new Date(start).getUTCDate() === Number(match[3]) ? start : undefined;
}

function withinRange(ms: number): number | undefined {
  return ms >= firstMs ? Math.min(ms, lastMs) : undefined;
}
