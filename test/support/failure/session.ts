import type { History, Outcome } from "./history.ts";
import type { Random } from "./random.ts";
import type { Write } from "./register.ts";
import { type Answer, type AnswerBody, callService } from "./service-call.ts";

/** A service that may be down, and elsewhere when it is back. */
export interface Endpoint {
  readonly name: string;
  readonly url: string;
}

/** What all clients share. */
export interface Session {
  readonly services: readonly [Endpoint, ...Endpoint[]];
  readonly adminToken: string;
  /** Of the user `reader`, who is among the readers of some secrets for some of the time. */
  readonly readerToken: string;
  readonly history: History;
  /** Acknowledged changes: `key version`. */
  readonly acknowledged: string[];
  /** Values that were given out: `principal key version`, and how often. */
  readonly delivered: Map<string, number>;
  /** Acknowledged writes, by the name of the service. */
  readonly progress: Map<string, number>;
  /** What contradicts a promise at first sight. */
  readonly violations: string[];
  isOver: boolean;
}

/** Secrets that are only changed together: one register. */
export interface Register {
  readonly name: string;
  readonly keys: readonly [string, ...string[]];
}

/**
 * One client: its name, its own random numbers, how many writes it sent, and whether its secret is there for certain.
 */
export interface Client {
  readonly name: string;
  readonly random: Random;
  serial: number;
  hasMade: boolean;
}

const timeoutMs = 5_000;
const hastyMs = 20;
const saving = ["PUT", "/secret-svc/secrets"] as const;
const listing = ["POST", "/secret-svc/secrets"] as const;

/**
 * Carries out a write and records it. With `repeats`, an unknown outcome is asked for again, under one idempotency key.
 */
export async function write(
  session: Session,
  client: Client,
  register: Register,
  change: Omit<Write, "tag">,
  repeats = 0,
): Promise<Outcome> {
  client.serial += 1;
  const tag = `${client.name}-${client.serial}`;
  const body = { ...bodyOf(register, { ...change, tag }), ...(repeats > 0 ? { idempotencyKey: tag } : {}) };
  const end = session.history.invokeWrite(register.name, client.name, { ...change, tag });
  let outcome: Outcome = { status: "fail" };
  for (let attempt = 0; attempt <= repeats; attempt += 1) {
    const service = client.random.pick(session.services);
    // Some callers hang up: what they asked for may be carried out all the same.
    const limitMs = client.random.oneIn(50) ? client.random.below(hastyMs) : timeoutMs;
    const answer = await callService(service, session.adminToken, saving, body, limitMs);
    const latest = outcomeOf(session, register, service, answer);
    if (latest.status !== "fail" || outcome.status === "fail") outcome = latest;
    if (outcome.status === "ok") break;
  }
  end(outcome);
  return outcome;
}

function bodyOf({ keys }: Register, { kind, tag, value, open, ifVersion }: Write): object {
  const condition = ifVersion === undefined ? {} : { ifVersion };
  if (kind === "remove") return { remove: keys.map((key) => ({ key, ...condition })) };
  const lists = open === undefined ? {} : open ? { readers: ["reader"] } : { clear: ["readers"] };
  const content = value === undefined ? {} : { value };
  return { secrets: keys.map((key) => ({ key, metadata: { tag }, ...content, ...lists, ...condition })) };
}

function outcomeOf(session: Session, register: Register, service: Endpoint, answer: Answer): Outcome {
  if (answer.status === "refused") return { status: "fail" };
  if (answer.status === "unknown") return { status: "unknown" };
  if (answer.status === "unexpected") {
    session.violations.push(`${service.name} answered a write of ${register.name}: ${answer.code} ${answer.message}`);
    return { status: "unknown" };
  }
  const results = answer.body.results ?? [];
  const versions = new Set(results.map(({ version }) => version));
  const [version] = versions;
  if (version === undefined || versions.size !== 1 || results.length !== register.keys.length) {
    session.violations.push(`half a batch was acknowledged: ${JSON.stringify(results)}`);
    return { status: "unknown" };
  }
  for (const { key } of results) session.acknowledged.push(`${key} ${version}`);
  session.progress.set(service.name, (session.progress.get(service.name) ?? 0) + 1);
  return { status: "ok", version };
}

/** What a client learned of a register: the version to write on, 0 when nothing is there. */
export interface Seen {
  readonly version: number;
}

/** Reads the named keys in one call and records what it saw of each; undefined when there was no answer. */
export async function read(
  session: Session,
  client: Client,
  as: "admin" | "reader",
  reads: readonly { readonly register: string; readonly key: string }[],
  service: Endpoint = client.random.pick(session.services),
): Promise<readonly Seen[] | undefined> {
  const token = as === "admin" ? session.adminToken : session.readerToken;
  const ends = reads.map(({ register }) => session.history.invokeRead(register, client.name));
  const body = { keys: reads.map(({ key }) => key), view: "SECRET_VIEW_FULL" };
  const answer = await callService(service, token, listing, body, timeoutMs);
  if (answer.status === "unexpected") {
    session.violations.push(`${service.name} answered a read as ${as}: ${answer.code} ${answer.message}`);
  }
  if (answer.status !== "ok") return undefined;
  const { errors = [] } = answer.body;
  if (errors.length > 0) session.violations.push(`a document does not verify: ${JSON.stringify(errors)}`);
  return reads.map(({ key }, index) => {
    const shown = shownOf(answer.body, key);
    ends[index]?.({ kind: "read", as, saw: shown });
    if (shown === undefined) return { version: 0 };
    const delivery = `${as} ${key} ${shown.version}`;
    session.delivered.set(delivery, (session.delivered.get(delivery) ?? 0) + 1);
    return { version: shown.version };
  });
}

function shownOf({ secrets = [] }: AnswerBody, name: string) {
  const found = secrets.find(({ key }) => key === name);
  if (found === undefined) return undefined;
  return { version: found.version, tag: found.metadata.tag ?? "", value: found.value ?? "" };
}
