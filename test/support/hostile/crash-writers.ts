/** A change that the service acknowledged. */
export interface Acknowledged {
  readonly key: string;
  readonly version: number;
  /** Undefined for a removal. */
  readonly value: string | undefined;
}

/** What twelve writers know of what they did, over all lives of the service. */
export interface Journal {
  readonly acknowledged: Acknowledged[];
  /** Every value that was ever sent for a key, acknowledged or not. */
  readonly sent: Map<string, Set<string>>;
  /** Keys whose last removal or revival was sent but not answered. */
  readonly unanswered: Set<string>;
}

export const batches = ["first", "second"].map((name) => [1, 2, 3, 4, 5].map((number) => `batch/${name}-${number}`));
export const contended = ["contended/ONE", "contended/TWO"];
export const flipping = ["flipping/ONE", "flipping/TWO"];

interface Answer {
  readonly status: number;
  readonly body: Readonly<Partial<Record<"results" | "removed" | "secrets", readonly Versioned[]>>>;
}

interface Versioned {
  readonly key: string;
  readonly version: number;
}

/** One life of the service, as its writers see it. */
interface Session {
  readonly journal: Journal;
  /** A value, or the end of a key, that was never used before. */
  next(name: string): string;
  send(method: string, path: string, body: object): Promise<Answer>;
  sending(keys: readonly string[], value: string): void;
  acknowledge(answer: Answer, field: "results" | "removed", value: string | undefined): void;
}

/** Starts the writers; each goes on until the service is gone. Resolves when all have ended. */
export async function runWriters(
  service: { readonly url: string; readonly token: string; readonly life: number },
  journal: Journal,
  onAcknowledged: () => void,
): Promise<void> {
  const session = openSession(service, journal, onAcknowledged);
  const work = [
    ...[...contended, ...contended].map((key) => () => compareAndSet(session, key)),
    ...[...batches, ...batches].map((keys) => () => saveBatch(session, keys)),
    ...flipping.map((key) => () => flip(session, key)),
    ...["a", "b"].map((name) => () => create(session, name)),
  ];
  await Promise.all(work.map(untilGone));
}

function openSession(
  service: { readonly url: string; readonly token: string; readonly life: number },
  journal: Journal,
  onAcknowledged: () => void,
): Session {
  let serial = 0;
  return {
    journal,
    next(name) {
      serial += 1;
      return `${name}-${service.life}-${serial}`;
    },
    async send(method, path, body) {
      const response = await fetch(service.url + path, {
        method,
        headers: { authorization: `Bearer ${service.token}`, "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      return { status: response.status, body: (await response.json()) as Answer["body"] };
    },
    sending(keys, value) {
      for (const key of keys) journal.sent.set(key, (journal.sent.get(key) ?? new Set()).add(value));
    },
    acknowledge({ status, body }, field, value) {
      const entries = body[field];
      if (status !== 200 || entries === undefined) throw new Error(`status ${status}: ${JSON.stringify(body)}`);
      journal.acknowledged.push(...entries.map(({ key, version }) => ({ key, version, value })));
      onAcknowledged();
    },
  };
}

const saving = ["PUT", "/secret-svc/secrets"] as const;
/** HTTP status of a write that lost against another one. */
const conflict = 409;

/** Reads the version, writes on it: of two that did, one loses and tries again. */
async function compareAndSet(session: Session, key: string): Promise<void> {
  const named = { keys: [key], view: "SECRET_VIEW_METADATA" };
  const found = await session.send("POST", "/secret-svc/secrets", named);
  const value = session.next("cas");
  session.sending([key], value);
  const ifVersion = found.body.secrets?.[0]?.version ?? 0;
  const answer = await session.send(...saving, { secrets: [{ key, value, ifVersion }] });
  if (answer.status !== conflict) session.acknowledge(answer, "results", value);
}

/** Two writers share a batch: one may lose all eight attempts of the service. */
async function saveBatch(session: Session, keys: readonly string[]): Promise<void> {
  const value = session.next("batch");
  session.sending(keys, value);
  const answer = await session.send(...saving, { secrets: keys.map((key) => ({ key, value })) });
  if (answer.status !== conflict) session.acknowledge(answer, "results", value);
}

async function flip(session: Session, key: string): Promise<void> {
  const value = session.next("flip");
  session.sending([key], value);
  session.journal.unanswered.add(key);
  session.acknowledge(await session.send(...saving, { secrets: [{ key, value }] }), "results", value);
  const answer = await session.send("POST", "/secret-svc/remove", { keys: [key] });
  session.acknowledge(answer, "removed", undefined);
  session.journal.unanswered.delete(key);
}

async function create(session: Session, name: string): Promise<void> {
  const key = `created/${session.next(name)}`;
  const value = session.next("new");
  session.sending([key], value);
  session.acknowledge(await session.send(...saving, { secrets: [{ key, value, ifVersion: 0 }] }), "results", value);
}

/** A refused or broken connection is the end of the service; every other failure is a failure of the test. */
async function untilGone(step: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      await step();
    } catch (error) {
      if (error instanceof TypeError || error instanceof SyntaxError) return;
      throw error;
    }
  }
}
