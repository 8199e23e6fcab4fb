import type { KeyObject } from "node:crypto";
import { type ChangeStream, type ChangeStreamDocument, type Db, type Document, MongoServerError } from "mongodb";
import { isIntactEvent } from "../../event-mac.ts";
import { type SecretEvent, WatchPositionError } from "../../secret-events.ts";
import type { ReadFence } from "../read/read-fence.ts";
import { toFormer, toSecret } from "../rows/documents.ts";
import { bytes } from "../rows/field.ts";

/** By what events are verified. */
export interface EventProof {
  readonly auditKey: KeyObject;
  /** When this process began. All that was written since then has a MAC. */
  readonly startedAtMs: number;
}

/** What events pass before they leave. */
export type EventFence = Pick<ReadFence, "readOnce">;

export interface EventStream {
  /** The next event; undefined when none arrived for a while. Throws `WatchPositionError`, and errors of the driver. */
  next(): Promise<SecretEvent | undefined>;
  /** All events up to this position have been returned. Known after the first `next`. */
  position(): string;
  close(): Promise<void>;
}

/**
 * Follows the rows of new versions in `history`, which the change itself writes in its transaction. Rows that are only
 * rewritten have no `former`. `after` is a position, or "" for events from now on.
 */
export function openEventStream(
  db: Db,
  options: {
    readonly after: string;
    readonly tenant?: string;
    readonly waitMs: number;
    readonly proof: () => EventProof;
    readonly fence: EventFence;
  },
): EventStream {
  const { after, tenant, waitMs, proof, fence } = options;
  if (after !== "" && !positionForm.test(after)) throw new WatchPositionError();
  const ofTenant = tenant === undefined ? {} : { "fullDocument.tenant": { $eq: tenant } };
  const stages = [
    { $match: { operationType: "insert", "fullDocument.former": { $exists: true }, ...ofTenant } },
    { $unset: ["fullDocument.envelope"] },
  ];
  const from = after === "" ? {} : { resumeAfter: { _data: after } };
  const stream: ChangeStream<Document, ChangeStreamDocument> = db
    .collection("history")
    .watch(stages, { ...from, maxAwaitTimeMS: waitMs, batchSize: 200 });
  return {
    async next() {
      try {
        const change = await fence.readOnce(async () => (await stream.tryNext()) ?? undefined);
        return change && toEvent(change, proof());
      } catch (error) {
        throw isPositionLost(error) ? new WatchPositionError() : error;
      }
    },
    position: () => positionOf(stream.resumeToken),
    close: () => stream.close().catch(() => undefined),
  };
}

/**
 * The servers' codes for text that is not a resume token, and for one that is older than the oplog or of another
 * collection.
 */
const positionCodes: readonly unknown[] = [9, 15, 260, 280, 286, 40_647, 40_649, 50_811];

const positionForm = /^([0-9A-F]{2})+$/;

function isPositionLost(error: unknown): boolean {
  return error instanceof MongoServerError && positionCodes.includes(error.code);
}

/** Throws `WatchPositionError` for an event from before events had a MAC. */
function toEvent(change: ChangeStreamDocument, { auditKey, startedAtMs }: EventProof): SecretEvent | undefined {
  const document: Document | undefined = "fullDocument" in change ? change.fullDocument : undefined;
  if (document === undefined) return undefined;
  const content = { secret: toSecret(document), formerLists: toFormer(document.former), seq: 0 };
  if (document.eventMac === undefined && content.secret.updatedAtMs < startedAtMs) throw new WatchPositionError();
  const isIntact = isIntactEvent(auditKey, content, bytes(document.eventMac) ?? new Uint8Array(0));
  const { secret, formerLists } = content;
  return { secret, formerLists, isIntact, position: positionOf(change._id) };
}

function positionOf(token: unknown): string {
  const { _data } = (token ?? {}) as { _data?: unknown };
  return typeof _data === "string" ? _data : "";
}

/**
 * The time of a position in the oplog. A resume token is a sortable text whose first field is that timestamp. After an
 * empty reply, all events of that time have been returned.
 */
export function timeOf(position: string): bigint {
  const time = /^82([0-9A-F]{16})/.exec(position)?.[1];
  return time === undefined ? 0n : BigInt(`0x${time}`);
}
