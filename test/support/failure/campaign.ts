import { checkAudit, checkChains, checkOrder, checkRevocations } from "./checks.ts";
import { type Cluster, startCluster } from "./cluster.ts";
import { databaseFaults, type Fault, serviceFaults } from "./faults.ts";
import { createHistory, type History } from "./history.ts";
import { runFaults } from "./nemesis.ts";
import { createRandom } from "./random.ts";
import { type AnswerBody, type AuditEvent, callService } from "./service-call.ts";
import type { Session } from "./session.ts";
import { readEverything, runWorkload } from "./workload.ts";

export interface CampaignOptions {
  readonly store: "mongodb" | "sqlite";
  readonly seed: string;
  /** `SECRET_SVC_AUDIT_SYNC` of the services. Default: not set. */
  readonly auditSync?: "process" | "disk" | "full" | undefined;
  /** All that fit the store unless given. */
  readonly kinds?: readonly Fault[];
  readonly faults: number;
  /** No new fault after this time, counted from the first. */
  readonly limitMs: number;
  /** Longest pause of a client between two calls. */
  readonly pauseMs: number;
  readonly onFault?: (name: string) => void;
}

export interface Report {
  readonly faults: ReadonlyMap<string, number>;
  readonly counts: History["counts"];
  readonly auditRecords: number;
  readonly violations: readonly string[];
  /** By register: what to look into when there is a violation. */
  readonly operations: History["registers"];
  /** What the services printed. */
  readonly output: string;
}

/**
 * With a journal, a read may be this old while a primary is replaced: its bound, and as much again for this machine.
 */
const boundedStaleMs = 1_000;

/** Starts a cluster, works and breaks it at the same time, then checks everything that it answered. */
export async function runCampaign(options: CampaignOptions): Promise<Report> {
  const { store, auditSync } = options;
  const cluster = await startCluster(store, auditSync === undefined ? {} : { SECRET_SVC_AUDIT_SYNC: auditSync });
  try {
    return await runOn(cluster, options);
  } finally {
    await cluster.stop();
  }
}

async function runOn(cluster: Cluster, options: CampaignOptions): Promise<Report> {
  const random = createRandom(options.seed);
  const isBounded = options.store === "mongodb" && options.auditSync !== "full";
  const session = await openSession(cluster, isBounded ? boundedStaleMs : 0);
  const work = runWorkload(session, random.fork("workload"), options);
  const faults = await runFaults(cluster, session, random.fork("faults"), {
    kinds: options.kinds ?? kindsFor(options.store),
    faults: options.faults,
    deadlineMs: Date.now() + options.limitMs,
    onFault: options.onFault ?? (() => {}),
  });
  session.isOver = true;
  await work;
  const silent = await readEverything(session, random.fork("last"));
  const events = await readAudit(session);
  const { history, violations, acknowledged, delivered } = session;
  return {
    faults,
    counts: history.counts,
    auditRecords: events.length,
    operations: history.registers,
    violations: [
      ...violations,
      ...silent.map((name) => `${name} does not answer when all is well again`),
      ...checkOrder(history),
      ...checkRevocations(history),
      ...checkAudit(events, acknowledged, delivered),
      ...checkChains(events),
    ],
    output: cluster.services.map((service) => service.output()).join("\n"),
  };
}

function kindsFor(store: CampaignOptions["store"]): readonly Fault[] {
  return store === "sqlite" ? serviceFaults : [...serviceFaults, ...databaseFaults];
}

const setUpMs = 30_000;

/** Makes the user `reader`, through the first service, and an empty history. */
export async function openSession({ services, adminToken }: Cluster, staleMs = 0): Promise<Session> {
  const post = async (path: string, body: object) => {
    const answer = await callService(services[0], adminToken, ["POST", path], body, setUpMs);
    if (answer.status !== "ok") throw new Error(`${path}: ${JSON.stringify(answer)}`);
    return answer.body as { readonly secret?: string };
  };
  await post("/secret.v1.IdentityService/SaveUsers", { users: [{ slug: "reader" }] });
  const { secret = "" } = await post("/secret.v1.IdentityService/CreateToken", { slug: "reader" });
  return {
    services,
    adminToken,
    readerToken: secret,
    history: createHistory(staleMs),
    acknowledged: [],
    delivered: new Map(),
    progress: new Map(),
    violations: [],
    isOver: false,
  };
}

async function readAudit({ services, adminToken }: Session): Promise<AuditEvent[]> {
  const events: AuditEvent[] = [];
  let pageToken = "";
  // A store on a busy machine may be too late for a page; "unavailable" asks the caller to try again.
  const readPage = async (pageToken: string, attempts: number, service = services[0]): Promise<AnswerBody> => {
    const page = { pageSize: 1_000, pageToken };
    const answer = await callService(service, adminToken, ["POST", "/secret-svc/audit"], page, setUpMs);
    if (answer.status === "ok") return answer.body;
    const mayTryAgain = answer.status === "refused" && answer.code === "unavailable" && attempts > 1;
    if (mayTryAgain) return readPage(pageToken, attempts - 1, service);
    throw new Error(`the audit log could not be read: ${JSON.stringify(answer)}`);
  };
  // Each has its own records in the database before it answers.
  for (const service of services) await readPage("", 5, service);
  do {
    const { events: more = [], nextPageToken = "" } = await readPage(pageToken, 5);
    for (const event of more) events.push(event);
    pageToken = nextPageToken;
  } while (pageToken !== "");
  return events;
}
