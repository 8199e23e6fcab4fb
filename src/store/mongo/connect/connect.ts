import { type Db, type Document, MongoClient, type MongoClientOptions, ReadPreference } from "mongodb";
import type { Follower } from "../../../files/follow-files.ts";
import { StoreError } from "../../store-error.ts";
import { explain, watchServers } from "./explain.ts";
import { findDatabase } from "./find-database.ts";
import { openTls } from "./open-tls.ts";
import { type ConnectionWatch, watchPrimary } from "./primary-watch.ts";

/** How long things may take, in milliseconds. */
export interface StoreTimes {
  /** Until a suitable server is found, and a connection to it is open or free. */
  readonly findServerMs: number;
  /** A single command, on the server. */
  readonly commandMs: number;
  /**
   * Until a reply arrives on a connection. A frozen server, or a network that drops everything, is noticed after this
   * long.
   */
  readonly answerMs: number;
  /** A commit, including all waiting and retries. Longer than MongoDB needs to elect a new primary. */
  readonly writeMs: number;
}

export const defaultTimes: StoreTimes = { findServerMs: 5_000, commandMs: 5_000, answerMs: 8_000, writeMs: 20_000 };

/**
 * More connections make MongoDB slower, not faster, because reads share queries. The address may set another number.
 */
const poolSize = 16;

export interface Connection {
  readonly client: MongoClient;
  readonly db: Db;
  readonly watch: ConnectionWatch;
}

/** Writes are acknowledged by a majority, unless the options say otherwise. */
export interface ConnectOptions {
  readonly uri: string;
  readonly times: StoreTimes;
  readonly w?: "majority" | 1;
  /** Reads the certificates of the connection again when they change. */
  readonly follower?: Follower | undefined;
  /**
   * Whether a read leaves before a majority has its record. Then the replies have to name elections, and the driver
   * does not repeat a read by itself, perhaps on another server: a repeat needs a beginning of its own.
   */
  readonly hasJournal?: boolean;
}

/**
 * Connects to the primary of a replica set, or to a router. Throws `StoreError` with a text for the operator of the
 * service. No text contains more of the address than its hosts and its files, because there may be a password in it.
 */
export async function connect(options: ConnectOptions): Promise<Connection> {
  const { uri, times } = options;
  const client = await createClient(options);
  const watch = watchPrimary(client);
  const servers = watchServers(client);
  try {
    await client.connect();
    const db = await findDatabase(client, uri, times.commandMs);
    await requireServer(db, options);
    return { client, db, watch };
  } catch (error) {
    await client.close();
    throw explain(error, client, servers);
  }
}

async function createClient(connect: ConnectOptions): Promise<MongoClient> {
  const { uri, times, w = "majority", follower, hasJournal = false } = connect;
  const options = { ...tunable(uri, times), ...fixed, retryReads: !hasJournal, writeConcern: { w, journal: true } };
  const client = parse(uri, options);
  const tls = await openTls(client.options, follower);
  return tls === undefined ? client : parse(uri, { ...options, ...tls });
}

function parse(uri: string, options: MongoClientOptions): MongoClient {
  try {
    return new MongoClient(uri, options);
  } catch {
    // Without the cause: the parser's message quotes what it cannot read.
    const message =
      "the MongoDB address cannot be read; it looks like mongodb://user:password@host1,host2/database?replicaSet=rs0, " +
      "with special characters of the password percent-encoded, and only options that MongoDB's drivers know";
    throw new StoreError("unavailable", message);
  }
}

/** The name under which the service connects to the server. */
export const appName = "secret-svc";

/** Settings that the promises of the store depend on. No address can change them. */
const fixed: MongoClientOptions = {
  appName,
  readPreference: ReadPreference.primary,
  readConcern: { level: "majority" },
  retryWrites: true,
  ignoreUndefined: false,
  // Damaged text reads as other text, which does not verify. The other rows are still read.
  enableUtf8Validation: false,
  promoteValues: true,
  promoteLongs: true,
  promoteBuffers: false,
  raw: false,
};

/** Settings that an address may adapt to its network. */
function tunable(uri: string, times: StoreTimes): MongoClientOptions {
  const defaults = {
    maxPoolSize: poolSize,
    waitQueueTimeoutMS: times.findServerMs,
    serverSelectionTimeoutMS: times.findServerMs,
    connectTimeoutMS: times.findServerMs,
    socketTimeoutMS: times.answerMs,
  };
  const isGiven = (name: string) => new RegExp(`[?&]${name}=`, "i").test(uri);
  return Object.fromEntries(Object.entries(defaults).filter(([name]) => !isGiven(name)));
}

/** The oldest version that is tested. */
const oldestVersion = 6;

/** What a router says of itself. */
const router = "isdbgrid";

async function requireServer(db: Db, { times: { commandMs }, hasJournal }: ConnectOptions): Promise<void> {
  const admin = db.admin();
  const hello: Document = await admin.command({ hello: 1, maxTimeMS: commandMs });
  if (hello.msg === router && hasJournal === true) throw withoutElections();
  if (hello.setName === undefined && hello.msg !== router) {
    throw new StoreError(
      "unavailable",
      "MongoDB runs as a standalone server, which has no transactions; start it with --replSet and call rs.initiate(): " +
        "a replica set may have a single member",
    );
  }
  const { version }: Document = await admin.command({ buildInfo: 1, maxTimeMS: commandMs });
  if (!(Number.parseInt(version, 10) >= oldestVersion)) {
    throw new StoreError(
      "unavailable",
      `MongoDB has version ${version}; the service needs ${oldestVersion}.0 or newer`,
    );
  }
}

/** For a service that has to know the election in which a read was answered. */
export function withoutElections(): StoreError {
  return new StoreError(
    "unavailable",
    "MongoDB does not name its elections, as behind a router (mongos), so a read could be older than is promised; set " +
      "SECRET_SVC_AUDIT_SYNC=full: then a majority has the record of a read before its value leaves",
  );
}
