import { isWrite, type Operation, type ReadOperation, type WriteOperation } from "./history.ts";
import { applyWrite, emptyRegister, explainsRead, type RegisterState } from "./register.ts";

/**
 * Configurations that are looked at before the search gives up; histories of real runs need about one for each
 * operation.
 */
const stepsMax = 2_000_000;

/**
 * Whether there is one order of the operations of a register, in which each takes effect at one moment between its
 * start and its end, that explains every answer. Those with an unknown outcome may have taken effect at any moment
 * after their start, or never. Gives undefined when there is one, else an account of where the search ended.
 */
export function checkRegister(operations: readonly Operation[]): string | undefined {
  const history = prepare(operations);
  const first: Configuration = { low: 0, ahead: [], used: [], state: emptyRegister };
  const seen = new Set<string>();
  const open = [first];
  let furthest = first;
  for (let steps = 0; steps < stepsMax; steps += 1) {
    const next = open.pop();
    if (next === undefined) return explain(history, furthest);
    const configuration = takeReads(history, next);
    if (configuration.low >= history.known.length) return undefined;
    if (done(configuration) > done(furthest)) furthest = configuration;
    for (const follower of followers(history, configuration)) {
      const name = nameOf(follower);
      if (seen.has(name)) continue;
      seen.add(name);
      open.push(follower);
    }
  }
  return `undecided after ${stepsMax} steps; ${explain(history, furthest)}`;
}

interface Prepared {
  /** Acknowledged writes and reads, by start. */
  readonly known: readonly Operation[];
  /** Writes of unknown outcome, by start. */
  readonly unknown: readonly WriteOperation[];
  /** The version that such a write made, where someone saw its work. */
  readonly seenVersion: ReadonlyMap<WriteOperation, number>;
  /** Versions of which it is known who made them. */
  readonly claimed: ReadonlySet<number>;
}

/** A part of the history that is explained, and the state after it. */
interface Configuration {
  /** All known operations before this position are explained, */
  readonly low: number;
  /** and these from there on, ascending. */
  readonly ahead: readonly number[];
  /** Positions of the unknown writes that took effect, ascending. */
  readonly used: readonly number[];
  readonly state: RegisterState;
}

function prepare(operations: readonly Operation[]): Prepared {
  const sorted = operations.toSorted((left, right) => left.start - right.start);
  const writes = sorted.filter(isWrite);
  const unknown = writes.filter(({ version }) => version === undefined);
  const firstSeen = new Map<string, number>();
  for (const operation of sorted) {
    if (isWrite(operation) || operation.read.saw === undefined) continue;
    const { tag, version } = operation.read.saw;
    firstSeen.set(tag, Math.min(version, firstSeen.get(tag) ?? version));
  }
  const seenVersion = new Map<WriteOperation, number>();
  for (const each of unknown) {
    const version = firstSeen.get(each.write.tag);
    if (version !== undefined) seenVersion.set(each, version);
  }
  const claimed = new Set([...writes.flatMap(({ version }) => version ?? []), ...seenVersion.values()]);
  const known = sorted.filter((each) => !isWrite(each) || each.version !== undefined);
  return { known, unknown, seenVersion, claimed };
}

/** A read that the state explains can be taken at once: it changes nothing, so nothing is lost by it. */
function takeReads(history: Prepared, configuration: Configuration): Configuration {
  let current = configuration;
  for (;;) {
    const { state } = current;
    const fits = (each: number) => {
      const operation = history.known[each];
      return operation !== undefined && !isWrite(operation) && explainsRead(state, operation.read);
    };
    const found = candidates(history, current).find(fits);
    if (found === undefined) return current;
    current = { ...current, ...withKnown(current, found) };
  }
}

/** Positions of the known operations that may come next: those that began before any unexplained one ended. */
function candidates(history: Prepared, { low, ahead }: Configuration): number[] {
  const found: number[] = [];
  const taken = new Set(ahead);
  let firstEnd = Infinity;
  for (let position = low; position < history.known.length; position += 1) {
    const operation = history.known[position];
    if (operation === undefined || operation.start > firstEnd) break;
    if (taken.has(position)) continue;
    found.push(position);
    firstEnd = Math.min(firstEnd, operation.end);
  }
  return found.filter((position) => (history.known[position]?.start ?? Infinity) <= firstEnd);
}

/** The configurations that one more write leads to; the likeliest comes last. */
function followers(history: Prepared, configuration: Configuration): Configuration[] {
  const { state, used } = configuration;
  const next = state.version + 1;
  const possible = candidates(history, configuration);
  const ends = possible.map((position) => history.known[position]?.end ?? Infinity);
  const found: Configuration[] = [];
  const taken = new Set(used);
  for (const [position, operation] of history.unknown.entries()) {
    if (operation.start > Math.min(...ends)) break;
    const version = history.seenVersion.get(operation);
    // No one's work is put where it is known that another one's is.
    if (taken.has(position) || (version === undefined ? history.claimed.has(next) : version !== next)) continue;
    const after = applyWrite(state, operation.write);
    if (after !== undefined) found.push({ ...configuration, used: sortedWith(used, position), state: after });
  }
  found.reverse();
  for (const position of possible) {
    const operation = history.known[position];
    if (operation === undefined || !isWrite(operation) || operation.version !== next) continue;
    const after = applyWrite(state, operation.write);
    if (after !== undefined) found.push({ ...configuration, ...withKnown(configuration, position), state: after });
  }
  return found;
}

function withKnown({ low, ahead }: Configuration, position: number): Pick<Configuration, "low" | "ahead"> {
  const rest = new Set(ahead).add(position);
  let next = low;
  while (rest.delete(next)) next += 1;
  return { low: next, ahead: [...rest].sort((left, right) => left - right) };
}

function sortedWith(positions: readonly number[], position: number): number[] {
  return [...positions, position].sort((left, right) => left - right);
}

function done({ low, ahead }: Configuration): number {
  return low + ahead.length;
}

function nameOf({ low, ahead, used, state }: Configuration): string {
  return JSON.stringify([low, ahead, used, state.version, state.content]);
}

function explain(history: Prepared, configuration: Configuration): string {
  const { state } = configuration;
  const blocked = candidates(history, configuration).flatMap((position) => history.known[position] ?? []);
  const reached = `${done(configuration)} of ${history.known.length} operations explained`;
  return `${reached}, then version ${state.version} ${describeContent(state)}; not explained: ${blocked.map(describe).join("; ")}`;
}

function describeContent({ content }: RegisterState): string {
  return content === undefined ? "(nothing there)" : `by ${content.tag}${content.open ? ", open" : ""}`;
}

function describe(operation: WriteOperation | ReadOperation): string {
  const when = `${operation.client} at ${operation.start} to ${operation.end}`;
  if (!isWrite(operation)) {
    const { as, saw } = operation.read;
    return `${when} read as ${as} ${saw === undefined ? "nothing" : `version ${saw.version} by ${saw.tag}`}`;
  }
  const { kind, tag, ifVersion } = operation.write;
  const condition = ifVersion === undefined ? "" : ` if at ${ifVersion}`;
  return `${when} ${kind} ${tag}${condition}, answered version ${operation.version}`;
}
