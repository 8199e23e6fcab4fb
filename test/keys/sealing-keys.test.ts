import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createKeyring, type Keyring } from "../../src/crypto/keyring.ts";
import { envelopeKid } from "../../src/crypto/rest-envelope.ts";
import { parseSealed, type SealedPlace } from "../../src/crypto/sealed-text.ts";
import { SecretError } from "../../src/error.ts";
import { mapInLanes } from "../../src/flow/lanes.ts";
import { KeysInUseError } from "../../src/keys/keys-in-use.ts";
import { openSealing } from "../../src/keys/sealing-keys.ts";
import { openSqliteStore } from "../../src/store/sqlite/open.ts";
import type { Store } from "../../src/store/store.ts";
import type { StoredKey } from "../../src/store/stored-key.ts";
import { startMs } from "../support/secrets/core.ts";

const [rawA, rawB, rawC] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2), Buffer.alloc(32, 3)];
const onlyA = createKeyring(rawA, []);
const defaultKey = Buffer.from("changeMeToSomethingSecureForReal");
const place: SealedPlace = { tenant: "default", scope: "key", target: "prod/KEY" };

let directory: string;
let store: Store;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "secret-svc-sealing-"));
  store = await openSqliteStore({ directory, auditSync: "process" });
});
afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true });
});

const open = (keyring: Keyring) => openSealing(store, keyring, startMs);
const storedKeys = async (): Promise<StoredKey[]> =>
  (await store.listKeys()).filter(({ purpose }) => purpose === "sealing");

describe("sealing keys", () => {
  test("seal and open, and are the same in a store that is set up anew", async () => {
    const first = await open(onlyA);
    const text = await first.seal(place, "value");
    for (const key of await storedKeys()) expect(key).toMatchObject({ kid: onlyA.active.kid, createdAtMs: startMs });
    const elsewhere = mkdtempSync(join(tmpdir(), "secret-svc-sealing-"));
    const other = await openSqliteStore({ directory: elsewhere, auditSync: "process" });
    const again = await openSealing(other, onlyA, startMs);
    expect(again.publicKey()).toEqual(first.publicKey());
    expect(await again.open(parseSealed(text))).toBe("value");
    await other.close();
    rmSync(elsewhere, { recursive: true });
  });

  test("open what was sealed for a previous key, also after it was dropped, through several rotations", async () => {
    const texts = [await (await open(onlyA)).seal(place, "for A")];
    const withB = await open(createKeyring(rawB, [rawA]));
    texts.push(await withB.seal(place, "for B"));
    const onlyB = await open(createKeyring(rawB, []));
    const withC = await open(createKeyring(rawC, [rawB]));
    const onlyC = await open(createKeyring(rawC, []));
    texts.push(await onlyC.seal(place, "for C"));
    for (const sealing of [onlyB, withC, onlyC]) {
      expect(await sealing.open(parseSealed(texts[0] ?? ""))).toBe("for A");
      expect(await sealing.open(parseSealed(texts[1] ?? ""))).toBe("for B");
    }
    expect(await onlyC.open(parseSealed(texts[2] ?? ""))).toBe("for C");
    await expect(onlyB.open(parseSealed(texts[2] ?? ""))).rejects.toThrow(/which this service does not have/);
    const wrapped = await storedKeys();
    expect(wrapped).toHaveLength(3);
    for (const { data } of wrapped) expect(envelopeKid(data)).toBe(createKeyring(rawC, []).active.kid);
    const needed = `encryption key with the fingerprint ${createKeyring(rawC, []).active.kid}`;
    await expect(open(createKeyring(rawB, []))).rejects.toThrow(needed);
  });

  test("one that does not verify stops the start: edited, or under the name of another", async () => {
    await open(onlyA);
    await open(createKeyring(rawB, [rawA]));
    const [one, two] = await storedKeys();
    if (one === undefined || two === undefined) throw new Error("two keys are stored");
    const edited = Buffer.from(one.data);
    edited.writeUInt8((edited.at(-1) ?? 0) ^ 1, edited.length - 1);
    for (const data of [edited, two.data, new Uint8Array(3)]) {
      expect(
        await store.replaceKeyData(
          { ...one, data },
          (await storedKeys()).find(({ kid }) => kid === one.kid)?.data ?? data,
        ),
      ).toBe(true);
      await expect(open(createKeyring(rawB, [rawA]))).rejects.toThrow(KeysInUseError);
    }
  });

  test("threat 107: nothing is sealed for the key that everyone knows, nor stored under it", async () => {
    const text = await (await open(onlyA)).seal(place, "value");
    const before = await storedKeys();
    const sealing = await open(createKeyring(defaultKey, [rawA]));
    expect(() => sealing.publicKey()).toThrow(SecretError);
    await expect(sealing.seal(place, "value")).rejects.toThrow(SecretError);
    expect(await sealing.open(parseSealed(text))).toBe("value");
    expect(await storedKeys()).toEqual(before);
    await open(createKeyring(rawA, [defaultKey]));
    expect(await storedKeys()).toEqual(before);
  });

  test("processes that start at once keep one", async () => {
    const all = await Promise.all([open(onlyA), open(onlyA), open(createKeyring(rawB, [rawA]))]);
    const text = await (all[0] ?? (await open(onlyA))).seal(place, "value");
    for (const sealing of all) expect(await sealing.open(parseSealed(text))).toBe("value");
    expect(await storedKeys()).toHaveLength(2);
  });
});

describe("lanes of a sealing key", () => {
  test("a large batch lets others in between", async () => {
    const sealing = await open(onlyA);
    const order: string[] = [];
    const batch = mapInLanes(
      Array.from({ length: 100 }, (_, at) => at),
      8,
      async (at) => {
        await sealing.seal(place, "batch");
        order.push(`batch ${at}`);
      },
    );
    await sealing.seal(place, "single").then(() => order.push("single"));
    await batch;
    expect(order.indexOf("single")).toBeLessThan(30);
  });
});
