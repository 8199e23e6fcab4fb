import type { ClientSession, Db, Filter, MongoClient } from "mongodb";
import type { RestoreMark } from "../restore/restore-mark.ts";
import { recordName } from "../rows/audit-row.ts";
import type { Named } from "../rows/schema.ts";
import { usageName } from "../rows/usage-row.ts";
import { fromNote, noteField, sumOf, type UsageChange } from "./usage-note.ts";

/**
 * Adds what transactions noted to the rows of `usage`. A transaction notes what it changes in its last audit record,
 * because a statement of its own would take a fifth of a save. The sums are made of the notes later, and a mark says up
 * to which record of a chain that is done: so nothing is added twice or forgotten, whichever process does it and
 * whichever ends.
 */
export interface UsageNotes {
  /** Must be called before this process commits to the chain. */
  begin(chain: string): Promise<void>;
  /** Must be called after a transaction with a note was committed. */
  noted(): void;
  /** Adds what this process and others have noted up to now. */
  addAll(): Promise<void>;
  /** Adds all of one chain, before its records are dropped. */
  addChain(chain: string): Promise<void>;
  /** In a transaction that has no audit record to note it in. */
  addNow(changes: readonly UsageChange[], session: ClientSession): Promise<void>;
  close(): Promise<void>;
}

export interface UsageNotesOptions {
  readonly client: MongoClient;
  readonly db: Db;
  readonly mark: RestoreMark;
  readonly maxTimeMs: number;
  /** The number of this process, which no other one on the database has at the time. */
  readonly slot: () => number;
}

/** How long notes of this process wait to be added. */
const addAfterMs = 1_000;

/** How often a process adds what ended processes have left, and shows that it has not ended. */
const addAllEveryMs = 10 * 60_000;

/** The chain of a process that was not heard of for this long is only looked at when a process starts. */
const silentMs = 3_600_000;

/** The mark of such a chain is deleted after this time. */
const forgottenMs = 30 * 24 * 3_600_000;

/** Notes that are added at a time. */
const notesMax = 5_000;

export function createUsageNotes(options: UsageNotesOptions): UsageNotes {
  const { client, db, mark, maxTimeMs, slot } = options;
  const usage = db.collection<Named>("usage");
  const marks = db.collection<Named>("usage_marks");
  const changes = db.collection<Named>("changes");
  let own: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  const timerOfAll = setInterval(() => void add(keepUp).catch(() => undefined), addAllEveryMs);
  timerOfAll.unref();

  /** One at a time. What fails is added the next time. */
  function add(work: () => Promise<void>): Promise<void> {
    const next = running.then(work, work);
    running = next.catch(() => undefined);
    return next;
  }

  const heardWithin = (ms: number) => ({ $expr: { $gte: ["$heardAt", { $subtract: ["$$NOW", ms] }] } });

  async function addAll(filter: Filter<Named> = heardWithin(silentMs)): Promise<void> {
    const found = await marks.find(filter, { projection: { _id: 1 }, maxTimeMS: maxTimeMs }).toArray();
    for (const { _id } of found) await addChain(_id);
  }

  async function keepUp(): Promise<void> {
    const heard = { $currentDate: { heardAt: true } } as const;
    if (own !== undefined) await marks.updateOne({ _id: { $eq: own } }, heard, { maxTimeMS: maxTimeMs });
    await addAll();
  }

  /** What processes have left that ended before this one began. */
  async function recover(): Promise<void> {
    await addAll({});
    await marks.deleteMany({ $nor: [heardWithin(forgottenMs)] }, { maxTimeMS: maxTimeMs });
  }

  async function addChain(chain: string): Promise<void> {
    while (await addSome(chain));
  }

  /** Returns true when there may be more. */
  async function addSome(chain: string): Promise<boolean> {
    const from = await marks.findOne({ _id: { $eq: chain } }, { maxTimeMS: maxTimeMs });
    const upTo = from?.upTo;
    if (typeof upTo !== "string") return false;
    const after = {
      _id: { $gt: upTo, $lte: recordName(chain, Number.MAX_SAFE_INTEGER) },
      [noteField]: { $exists: true },
    };
    const page = { projection: { [noteField]: 1 }, sort: { _id: 1 }, limit: notesMax, maxTimeMS: maxTimeMs } as const;
    const notes = await changes.find(after, page).toArray();
    const last = notes.at(-1)?._id;
    if (last === undefined) return false;
    const sums = sumOf(notes.flatMap(fromNote));
    await client.withSession((session) =>
      session.withTransaction(
        async () => {
          await mark.hold(session);
          const filter = { _id: { $eq: chain }, upTo: { $eq: upTo } };
          const change = { $set: { upTo: last }, $currentDate: { heardAt: true } } as const;
          const { matchedCount } = await marks.updateOne(filter, change, { session, maxTimeMS: maxTimeMs });
          // Otherwise another process has added them.
          if (matchedCount === 1) await addNow(sums, session);
        },
        { readConcern: { level: "snapshot" }, readPreference: "primary", maxCommitTimeMS: maxTimeMs },
      ),
    );
    return notes.length === notesMax;
  }

  async function addNow(sums: readonly UsageChange[], session: ClientSession): Promise<void> {
    const writes = sums.map(({ tenant, slug, secrets, bytes }) => {
      const filter = { _id: { $eq: usageName(tenant, slug, slot())._id } };
      const update = { $inc: { secrets, bytes }, $setOnInsert: { tenant, slug, slot: slot() } };
      return { updateOne: { filter, update, upsert: true } };
    });
    if (writes.length > 0) await usage.bulkWrite(writes, { session, maxTimeMS: maxTimeMs });
  }

  function addOwn(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const chain = own;
    return chain === undefined ? Promise.resolve() : add(() => addChain(chain));
  }

  return {
    async begin(chain) {
      const change = { $setOnInsert: { upTo: recordName(chain, 0) }, $currentDate: { heardAt: true } } as const;
      await mark.holding(async (session) => {
        const within = session === undefined ? {} : { session };
        await marks.updateOne({ _id: { $eq: chain } }, change, { ...within, upsert: true, maxTimeMS: maxTimeMs });
      });
      own = chain;
      void add(recover).catch(() => undefined);
    },
    noted() {
      if (timer !== undefined) return;
      timer = setTimeout(() => void addOwn().catch(() => undefined), addAfterMs);
      timer.unref();
    },
    addAll: () => add(() => addAll()),
    addChain: (chain) => add(() => addChain(chain)),
    addNow,
    async close() {
      clearInterval(timerOfAll);
      await addOwn().catch(() => undefined);
    },
  };
}
