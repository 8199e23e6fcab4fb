import { expect, it } from "vitest";
import { SaveOutcome, SecretView } from "../../../gen/secret/v1/secret_service_pb.ts";
import { expectFailure } from "../../support/api/failure.ts";
import { readOne, saveOne } from "../../support/api/secret-calls.ts";
import type { Callers } from "./describe-api.ts";

/** Values that need not be text, the same over every transport. */
export function describeBytes(callers: () => Callers): void {
  const valueBytes = Uint8Array.of(0, 0xff, 0xc3, 0x28, 0x1b, 10);

  it("saves bytes and reads them back exactly, in place of a text", async () => {
    const { alice } = callers();
    const key = "alice/BYTES";
    expect(await saveOne(alice, { key, valueBytes })).toMatchObject({ outcome: SaveOutcome.CREATED, version: 1 });
    const read = await readOne(alice, key);
    expect(read?.value).toBeUndefined();
    expect(Buffer.from(read?.valueBytes ?? [])).toEqual(Buffer.from(valueBytes));
    expect(await saveOne(alice, { key, valueBytes })).toMatchObject({ outcome: SaveOutcome.UNCHANGED });
    const lists = await saveOne(alice, { key, readers: ["bob"], metadata: { kind: "p12" } });
    expect(lists).toMatchObject({ outcome: SaveOutcome.UPDATED, version: 2 });
    expect(Buffer.from((await readOne(alice, key))?.valueBytes ?? [])).toEqual(Buffer.from(valueBytes));
    const { secrets } = await alice.secrets.listSecrets({ keys: [key], view: SecretView.METADATA });
    expect(secrets[0]).toMatchObject({ key });
    expect(secrets[0]?.valueBytes).toBeUndefined();
    const { versions } = await alice.secrets.listVersions({ key, version: 1, showValues: true });
    expect(Buffer.from(versions[0]?.secret?.valueBytes ?? [])).toEqual(Buffer.from(valueBytes));
  });

  it("the same bytes as text are another value", async () => {
    const { alice } = callers();
    const key = "alice/KIND";
    await saveOne(alice, { key, value: "same" });
    const asBytes = await saveOne(alice, { key, valueBytes: Buffer.from("same") });
    expect(asBytes).toMatchObject({ outcome: SaveOutcome.UPDATED, version: 2, changedFields: ["value"] });
    const back = await alice.secrets.restoreVersion({ key, version: 1 });
    expect(back.result).toMatchObject({ outcome: SaveOutcome.UPDATED, version: 3 });
    expect(await readOne(alice, key)).toMatchObject({ value: "same" });
    await saveOne(alice, { key: "alice/one/K", value: "same" });
    await saveOne(alice, { key: "alice/other/K", valueBytes: Buffer.from("same") });
    const compared = await alice.secrets.compareNamespaces({ left: "alice/one", right: "alice/other" });
    expect(compared.secrets).toMatchObject([{ name: "K", comparison: 2 }]);
    await alice.secrets.copySecrets({ items: [{ source: "alice/other/K", target: "alice/copy/K" }] });
    expect(Buffer.from((await readOne(alice, "alice/copy/K"))?.valueBytes ?? []).toString()).toBe("same");
  });

  it("has the limits and the rights of a text", async () => {
    const { alice, bob } = callers();
    const key = "alice/LIMITED";
    const invalid = { code: "InvalidArgument", field: "secrets[0].valueBytes" } as const;
    const both = { key, value: "v", valueBytes };
    await expectFailure(saveOne(alice, both), { ...invalid, reason: "CONFLICTING_FIELDS" });
    const sealed = { key, value: "seal.v1.x", valueBytes, encrypted: true };
    await expectFailure(saveOne(alice, sealed), { ...invalid, reason: "CONFLICTING_FIELDS" });
    const empty = { key, valueBytes: new Uint8Array() };
    await expectFailure(saveOne(alice, empty), { ...invalid, reason: "INVALID_FIELD" });
    const long = { key, valueBytes: new Uint8Array(65_537) };
    await expectFailure(saveOne(alice, long), { ...invalid, reason: "LIMIT_EXCEEDED" });
    await saveOne(alice, { key, valueBytes: new Uint8Array(65_536).fill(0xff) });
    expect((await readOne(alice, key))?.valueBytes).toHaveLength(65_536);
    expect((await bob.secrets.listSecrets({ keys: [key] })).missingKeys).toEqual([key]);
  });

  it("seals bytes, saves them sealed, and opens them as bytes", async () => {
    const { alice } = callers();
    const key = "alice/SEALED_BYTES";
    const { value: text = "" } = await alice.secrets.encryptValue({ valueBytes, key });
    await saveOne(alice, { key, value: text, encrypted: true });
    expect(Buffer.from((await readOne(alice, key))?.valueBytes ?? [])).toEqual(Buffer.from(valueBytes));
    const opened = await alice.secrets.decryptValue({ value: text });
    expect(opened.value).toBeUndefined();
    expect(Buffer.from(opened.valueBytes ?? [])).toEqual(Buffer.from(valueBytes));
    const several = { code: "InvalidArgument", reason: "INVALID_FIELD", field: "values[0]" } as const;
    await expectFailure(alice.secrets.decryptValue({ values: [text] }), several);
    const conflict = { code: "InvalidArgument", reason: "CONFLICTING_FIELDS", field: "valueBytes" } as const;
    await expectFailure(alice.secrets.encryptValue({ value: "v", valueBytes, key }), conflict);
    const empty = { code: "InvalidArgument", reason: "INVALID_FIELD", field: "valueBytes" } as const;
    await expectFailure(alice.secrets.encryptValue({ valueBytes: new Uint8Array(), key }), empty);
  });
}
