import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { MessageChannel, receiveMessageOnPort } from "node:worker_threads";
import { chainStartMac } from "../../src/audit/chain.ts";
import type { StoredSecret } from "../../src/store/secret-rows.ts";
import type { SecretPageQuery } from "../../src/store/secret-store.ts";
import { createSecretCommit } from "../../src/store/sqlite/apply-secrets.ts";
import { createCachedSecrets } from "../../src/store/sqlite/cached-secrets.ts";
import { openForReading, openForWriting } from "../../src/store/sqlite/database.ts";
import { createGroupCommit } from "../../src/store/sqlite/group-commit.ts";
import { createKnownRows } from "../../src/store/sqlite/known-rows.ts";
import { createPageStatements } from "../../src/store/sqlite/page-statements.ts";
import { createSecretReader, visibleSecret } from "../../src/store/sqlite/read-secrets.ts";
import { prepareSecrets, toSecret } from "../../src/store/sqlite/row.ts";
import { secretsSchema } from "../../src/store/sqlite/schema.ts";
import { createSnapshot } from "../../src/store/sqlite/snapshot.ts";
import { secretsMessage } from "../../src/store/sqlite/write-message.ts";
import type { WriteRequest } from "../../src/store/sqlite/writer-requests.ts";
import { aCommit, aLists, aRecord, aSecret, auditKey, startMs, tenant } from "../../test/support/store/rows.ts";
import { listedMetadata, pageSize } from "../secret.ts";
import { inProcess, type Part, times } from "./part.ts";

const identities = ["bench-user", "bench-team"];
const lists = aLists({ readers: ["bench-team"], writers: ["bench-team"] });
const keyOf = (at: number) => `bench/KEY_${String(at).padStart(4, "0")}`;
const metadata = Object.entries(listedMetadata);
/** Of a value such as an address with a password, and of a certificate with its key and its chain. */
const shortEnvelopeBytes = 180;
const longEnvelopeBytes = 8 * 1024;
const benchSecret = (key: string, envelopeBytes = shortEnvelopeBytes) =>
  aSecret(key, { lists, metadata, envelope: new Uint8Array(randomBytes(envelopeBytes)) });
/** What shares a commit, a snapshot or a message. */
const together = 16;

/** Parts of the embedded store. */
export const sqliteParts: readonly Part[] = [
  onDatabase("read-secrets", (db, measure) => {
    const once = prepareSecrets(db, visibleSecret(2));
    const read = (statement: ReturnType<typeof prepareSecrets>) => statement.get(tenant, keyOf(7), ...identities);
    return measure({
      what: "a secret found, with a statement that was prepared before",
      with: inProcess(times(100, () => read(once))),
      without: inProcess(times(100, () => read(prepareSecrets(db, visibleSecret(2))))),
    });
  }),
  onDatabase("row", (db, measure) => {
    const arrays = prepareSecrets(db, visibleSecret(2));
    const named = db.prepare(visibleSecret(2));
    return measure({
      what: "a secret found and made of its row, which is an array",
      with: inProcess(times(100, () => toSecret(arrays.get(tenant, keyOf(7), ...identities) ?? []))),
      without: inProcess(times(100, () => toSecret(Object.values(named.get(tenant, keyOf(7), ...identities) ?? {})))),
    });
  }),
  onDatabase("known-rows", (db, measure) => {
    const known = createKnownRows();
    const rows = prepareSecrets(db, visibleSecret(2).replace("s.envelope", "x'' AS envelope"));
    const read = () => rows.get(tenant, keyOf(7), ...identities) ?? [];
    return measure({
      what: "a secret without its envelope found and made of its row",
      with: inProcess(times(100, () => known(read()))),
      without: inProcess(times(100, () => toSecret(read()))),
    });
  }),
  onDatabase("page-statements", async (db, measure) => {
    const once = createPageStatements(db);
    const range = { from: "bench/", to: "bench0", glob: undefined };
    for (const size of [10, pageSize]) {
      const read = (pages: typeof once) => pages.secrets(query, range, size);
      await measure({
        what: `a page of ${size}, with a statement that was prepared before`,
        with: inProcess(times(10, () => read(once))),
        without: inProcess(times(10, () => read(createPageStatements(db)))),
      });
    }
  }),
  onDatabase("names", (db, measure) => {
    const reader = createSecretReader(db, createCachedSecrets());
    return measure({
      what: `a page of ${pageSize} names, from the index`,
      with: inProcess(times(10, () => reader.listNames(query))),
      without: inProcess(times(10, () => reader.listSecrets({ ...query, fieldsOnly: true }))),
    });
  }),
  fieldsOnly("fields-only", shortEnvelopeBytes),
  fieldsOnly("fields-only", longEnvelopeBytes),
  onDatabase("snapshot", (db, measure) => {
    const cached = createCachedSecrets();
    const snapshot = createSnapshot(db, cached.clear);
    const reader = createSecretReader(db, cached);
    const read = (at: number) =>
      snapshot.read(() => reader.findSecrets({ tenant, keys: [keyOf(at)], visibleTo: identities }));
    const turn = (each: (at: number) => unknown) => async () => {
      const made = times(together, each)();
      await new Promise((resolve) => setImmediate(resolve));
      return made;
    };
    return measure({
      what: `a secret found among ${together} in one turn, cached`,
      with: inProcess(turn(read)),
      without: inProcess(
        turn((at) => {
          read(at);
          snapshot.end();
        }),
      ),
    });
  }),
  {
    name: "group-commit",
    async compare(measure) {
      const folder = mkdtempSync(join(tmpdir(), "secret-svc-parts-"));
      const grouped = openWriter(join(folder, "with.db"));
      const single = openWriter(join(folder, "without.db"));
      try {
        await measure({
          what: `a save among ${together} that wait together`,
          with: inProcess(() => grouped.save(together)),
          without: inProcess(() => single.save(1)),
        });
      } finally {
        grouped.db.close();
        single.db.close();
        rmSync(folder, { recursive: true });
      }
    },
  },
  {
    name: "savepoints",
    async compare(measure) {
      const folder = mkdtempSync(join(tmpdir(), "secret-svc-parts-"));
      const tried = openWriter(join(folder, "with.db"));
      const careful = openWriter(join(folder, "without.db"));
      let groups = 0;
      try {
        await measure({
          what: `a save among ${together} of a group`,
          with: inProcess(() => tried.save(together)),
          without: inProcess(() => {
            // After a request that is undone, the next groups have savepoints.
            if (groups % 30 === 0) careful.refuse();
            groups += 1;
            return careful.save(together);
          }),
        });
      } finally {
        tried.db.close();
        careful.db.close();
        rmSync(folder, { recursive: true });
      }
    },
  },
  {
    name: "protocol",
    compare(measure) {
      const records = Array.from({ length: together }, (_, at) => aRecord({ key: keyOf(at) }));
      return overChannel((deliver) =>
        measure({
          what: `${together} audit records handed to another thread, as JSON`,
          with: inProcess(times(100, () => JSON.parse(deliver(JSON.stringify(records)) as string))),
          without: inProcess(times(100, () => deliver(records))),
        }),
      );
    },
  },
  {
    name: "write-message",
    compare(measure) {
      const pooled = (): StoredSecret => ({ ...benchSecret(keyOf(0)), envelope: Buffer.from("x".repeat(200)) });
      const commit = () => aCommit([pooled()]);
      return overChannel((deliver) =>
        measure({
          what: "a save handed to another thread, its bytes copied first",
          with: inProcess(times(100, () => deliver(secretsMessage(commit())))),
          without: inProcess(times(100, () => deliver(commit()))),
        }),
      );
    },
  },
];

const query: SecretPageQuery = {
  tenant,
  visibleTo: identities,
  right: "any",
  prefix: "",
  glob: undefined,
  after: "",
  limit: pageSize,
  scanLimit: 10_000,
};

function fieldsOnly(name: string, envelopeBytes: number): Part {
  return onDatabase(
    name,
    (db, measure) => {
      const reader = createSecretReader(db, createCachedSecrets());
      return measure({
        what: `a page of ${pageSize} without its envelopes of ${envelopeBytes} bytes`,
        with: inProcess(times(10, () => reader.listSecrets({ ...query, fieldsOnly: true }))),
        without: inProcess(times(10, () => reader.listSecrets(query))),
      });
    },
    envelopeBytes,
  );
}

/** A part that is measured on a read connection to a database of some hundred secrets. */
function onDatabase(
  name: string,
  compare: (db: DatabaseSync, measure: Parameters<Part["compare"]>[0]) => Promise<void>,
  envelopeBytes = shortEnvelopeBytes,
): Part {
  return {
    name,
    async compare(measure) {
      const folder = mkdtempSync(join(tmpdir(), "secret-svc-parts-"));
      const path = join(folder, "secrets.db");
      const { db: writing, save } = openWriter(path, envelopeBytes);
      save(500);
      const db = openForReading(path);
      try {
        await compare(db, measure);
      } finally {
        db.close();
        writing.close();
        rmSync(folder, { recursive: true });
      }
    },
  };
}

/** Commits as a writer thread does. `save` commits so many new secrets in one group and answers how many. */
function openWriter(path: string, envelopeBytes = shortEnvelopeBytes) {
  const db = openForWriting(path, secretsSchema, "FULL");
  const commitSecrets = createSecretCommit(db, () => auditKey);
  const commitGroup = createGroupCommit({
    db,
    sink: "changes",
    apply(request) {
      if (request.kind !== "commit-secrets") throw new Error("only secrets are committed here");
      return commitSecrets(request.body);
    },
    beforeCommit: () => undefined,
  });
  const mac = chainStartMac(auditKey, "chain", "changes", startMs);
  commitGroup([{ kind: "start-chain", body: { auditKey, chain: "chain", mac } }]);
  let saved = 0;
  function saveOne(): WriteRequest {
    const secret = benchSecret(keyOf(saved), envelopeBytes);
    saved += 1;
    return { kind: "commit-secrets", body: aCommit([secret], { audit: [aRecord({ key: secret.key })] }) };
  }
  function save(count: number): number {
    for (const reply of commitGroup(Array.from({ length: count }, saveOne))) {
      if (!reply.stored) throw new Error("a save failed");
    }
    return count;
  }
  /** A save that is stale. */
  function refuse(): void {
    const secret = aSecret(keyOf(0), { version: 1_000 });
    commitGroup([{ kind: "commit-secrets", body: aCommit([secret]) }]);
  }
  return { db, save, refuse };
}

/** Hands a message over as to another thread, within this one, so that both ends are measured. */
async function overChannel(measureIt: (deliver: (message: unknown) => unknown) => Promise<void>): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  try {
    await measureIt((message) => {
      port1.postMessage(message);
      return receiveMessageOnPort(port2)?.message;
    });
  } finally {
    port1.close();
  }
}
