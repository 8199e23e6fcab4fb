import { type Db, type Document, type MongoClient, MongoServerError } from "mongodb";
import type { ServerFacts } from "../../server-facts.ts";
import { knownVulnerabilities } from "./known-bad-versions.ts";

const loopback = /^(localhost|127\.[\d.]+|\[?::1\]?)(:\d+)?$/;

/** Asks the server how securely it is set up. What the service's user may not see counts as secure. */
export async function describeServer(client: MongoClient, db: Db, maxTimeMS: number): Promise<ServerFacts> {
  const admin = db.admin();
  const [{ version }, { authInfo }] = await Promise.all([
    admin.command({ buildInfo: 1, maxTimeMS }),
    admin.command({ connectionStatus: 1, maxTimeMS }),
  ]);
  const [settings, set] = await Promise.all([
    ifAllowed(() => admin.command({ getCmdLineOpts: 1, maxTimeMS })),
    ifAllowed(() => admin.command({ replSetGetConfig: 1, maxTimeMS })),
  ]);
  const { hosts, srvHost, tls, writeConcern } = client.options;
  return {
    version: String(version),
    vulnerabilities: knownVulnerabilities(String(version)),
    authenticates: authInfo?.authenticatedUsers?.length > 0 && (settings === undefined || checksUsers(settings)),
    encrypted: tls === true,
    isLocal: srvHost === undefined && hosts.every((host) => host.socketPath !== undefined || loopback.test(`${host}`)),
    acknowledgedByMajority: writeConcern?.w === "majority",
    majorityIsDurable: set?.config?.writeConcernMajorityJournalDefault !== false,
  };
}

/** Without access control every connection may do everything, whether or not it gave a password. */
function checksUsers({ parsed }: Document): boolean {
  const { authorization, keyFile, clusterAuthMode } = parsed?.security ?? {};
  return authorization === "enabled" || keyFile !== undefined || clusterAuthMode !== undefined;
}

async function ifAllowed(ask: () => Promise<Document>): Promise<Document | undefined> {
  try {
    return await ask();
  } catch (error) {
    // Not allowed for this user, or unknown to a router.
    if (error instanceof MongoServerError) return undefined;
    throw error;
  }
}
