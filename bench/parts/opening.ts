import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createKeyring, type Keyring, keyringKey, keyringOf } from "../../src/crypto/keyring.ts";
import { openDocument, sealDocument } from "../../src/secrets/document.ts";
import { listedFacts } from "../../src/secrets/listed-facts.ts";
import { createVerifiedFields } from "../../src/secrets/verified-fields.ts";
import type { StoredSecret } from "../../src/store/secret-rows.ts";
import { openSqliteStore } from "../../src/store/sqlite/open.ts";
import type { Store } from "../../src/store/store.ts";
import { aCommit, aLists, aSecret, auditKey, startMs, tenant } from "../../test/support/store/rows.ts";
import { listedMetadata, secretKey, secretValue } from "../secret.ts";
import { inProcess, type Part, times } from "./part.ts";

const rawKey = randomBytes(32);
const keyring = createKeyring(rawKey, []);
const forgetful: Keyring = keyringOf({ ...keyringKey(rawKey), cachedEnvelopesMax: 0 }, []);
const identities = ["bench-user", "bench-team"];
/** Reads in one turn of the event loop. */
const together = 16;

/** What is there for finding and opening a secret, without the rest of a call. */
export const openingParts: readonly Part[] = [
  {
    name: "cached-secrets",
    async compare(measure) {
      const folder = mkdtempSync(join(tmpdir(), "secret-svc-parts-"));
      const cached = await openFilledStore(join(folder, "with"));
      const uncached = await openFilledStore(join(folder, "without"), 0);
      try {
        await measure({
          what: `a secret found and opened, ${together} in one turn`,
          with: inProcess(() => readAll(cached)),
          without: inProcess(() => readAll(uncached)),
        });
      } finally {
        await cached.close();
        await uncached.close();
        rmSync(folder, { recursive: true });
      }
    },
  },
  {
    name: "document",
    compare(measure) {
      const stored = Object.freeze(sealedSecret());
      return measure({
        what: "a secret opened",
        with: inProcess(times(100, () => openDocument(keyring, stored))),
        without: inProcess(times(100, () => openDocument(keyring, { ...stored }))),
      });
    },
  },
  {
    name: "verified-fields",
    compare(measure) {
      const stored = sealedSecret();
      const known = createVerifiedFields();
      known.add(stored);
      return measure({
        what: "the fields of a secret verified, as each read finds it anew",
        with: inProcess(times(100, () => known.has({ ...stored }))),
        without: inProcess(times(100, () => openDocument(keyring, { ...stored }))),
      });
    },
  },
  {
    name: "listed-facts",
    compare(measure) {
      const stored = Object.freeze(sealedSecret());
      return measure({
        what: "a secret looked at for a list",
        with: inProcess(times(1000, () => listedFacts(stored))),
        without: inProcess(times(1000, () => listedFacts({ ...stored }))),
      });
    },
  },
  {
    name: "envelope-keys",
    compare(measure) {
      const stored = Object.freeze(sealedSecret());
      return measure({
        what: "a secret opened",
        with: inProcess(times(100, () => openDocument(keyring, stored))),
        without: inProcess(times(100, () => openDocument(forgetful, stored))),
      });
    },
  },
];

function sealedSecret(): StoredSecret {
  const lists = aLists({ readers: ["bench-team"] });
  const { kid, envelope, ...fields } = aSecret(secretKey, { lists, metadata: Object.entries(listedMetadata) });
  return sealDocument(keyring, fields, { value: secretValue, sealedDigest: undefined });
}

async function openFilledStore(directory: string, cachedSecretsMax?: number): Promise<Store> {
  const cache = cachedSecretsMax === undefined ? {} : { cachedSecretsMax };
  const store = await openSqliteStore({ directory, auditSync: "process", ...cache });
  await store.beginAudit({ auditKey, chain: "parts", startedAtMs: startMs });
  await store.commitSecrets(aCommit([sealedSecret()]));
  return store;
}

async function readAll(store: Store): Promise<number> {
  const reads = Array.from({ length: together }, async () => {
    const [found] = await store.findSecrets({ tenant, keys: [secretKey], visibleTo: identities });
    if (found === undefined) throw new Error("the secret is not found");
    return openDocument(keyring, found);
  });
  await Promise.all(reads);
  // The next ones are of another turn.
  await new Promise((resolve) => setImmediate(resolve));
  return together;
}
