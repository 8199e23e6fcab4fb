import { expect, it } from "vitest";
import { SaveOutcome, SecretState, SecretView } from "../../../gen/secret/v1/secret_service_pb.ts";
import { expectFailure } from "../../support/api/failure.ts";
import type { Callers } from "./describe-api.ts";

/** Saving, reading and removing, the same over every transport. */
export function describeSecretFlows(callers: () => Callers): void {
  it("creates, reads, updates and removes a secret", async () => {
    const { alice } = callers();
    const key = "alice/STRIPE_KEY";
    const created = await alice.secrets.saveSecrets({ secrets: [{ key, value: "sk_1", metadata: { team: "pay" } }] });
    expect(created.results).toMatchObject([{ key, outcome: SaveOutcome.CREATED, version: 1 }]);
    const first = await alice.secrets.listSecrets({ keys: [key] });
    expect(first.secrets).toMatchObject([
      {
        key,
        value: "sk_1",
        encrypted: false,
        owner: "alice",
        version: 1,
        createdBy: "alice",
        metadata: { team: "pay" },
      },
    ]);
    expect(first.secrets[0]?.readers).toEqual(["alice"]);
    expect(first.secrets[0]?.state).toBe(SecretState.ACTIVE);

    const updated = await alice.secrets.saveSecrets({ secrets: [{ key, value: "sk_2", readers: ["backend"] }] });
    expect(updated.results).toMatchObject([
      {
        outcome: SaveOutcome.UPDATED,
        version: 2,
        changedFields: ["value", "readers"],
        listChanges: [{ list: "readers", added: ["backend"], removed: [] }],
      },
    ]);
    const again = await alice.secrets.saveSecrets({ secrets: [{ key, value: "sk_2" }] });
    expect(again.results).toMatchObject([{ outcome: SaveOutcome.UNCHANGED, version: 2 }]);

    const removed = await alice.secrets.removeSecrets({ key });
    expect(removed.removed).toMatchObject([{ key, version: 3, id: created.results[0]?.id }]);
    const gone = await alice.secrets.listSecrets({ keys: [key] });
    expect(gone).toMatchObject({ secrets: [], missingKeys: [key] });
  });

  it("keeps values byte for byte", async () => {
    const { alice } = callers();
    const values = [
      "  spaces  ",
      "line\r\n\ttab\n",
      "\u0000\u0001\u001b[31m",
      "\u{1f511} ключ ￿",
      '"\\{}$(x)`y`',
      "﻿bom",
    ];
    const secrets = values.map((value, at) => ({ key: `alice/exact/${at}`, value }));
    await alice.secrets.saveSecrets({ secrets });
    const { secrets: read } = await alice.secrets.listSecrets({ keys: secrets.map(({ key }) => key) });
    expect(read.map(({ value }) => value)).toEqual(values);
  });

  it("threat 33: pages through metadata without values, in the order of the bytes of the key", async () => {
    const { admin } = callers();
    const names = ["a", "B", "a.b", "a-b", "a/b", "Z_9", "10", "9"];
    await admin.secrets.saveSecrets({ secrets: names.map((name) => ({ key: `paged/${name}`, value: "v" })) });
    const seen: string[] = [];
    let pageToken = "";
    do {
      const page = await admin.secrets.listSecrets({ namespace: "paged", pageSize: 3, pageToken });
      expect(page.secrets.length).toBeLessThanOrEqual(3);
      for (const secret of page.secrets) expect(secret.value).toBeUndefined();
      seen.push(...page.secrets.map(({ key }) => key));
      pageToken = page.nextPageToken;
    } while (pageToken !== "");
    expect(seen).toEqual(names.map((name) => `paged/${name}`).sort());
  });

  it("shows keys, metadata or everything", async () => {
    const { alice } = callers();
    await alice.secrets.saveSecrets({
      secrets: [{ key: "alice/VIEWS", value: "v", metadata: { expires: "2031-12-31" } }],
    });
    const of = async (view: SecretView) =>
      (await alice.secrets.listSecrets({ keys: ["alice/VIEWS"], view })).secrets[0];
    expect(await of(SecretView.KEYS)).toMatchObject({ key: "alice/VIEWS", owner: "", state: SecretState.UNSPECIFIED });
    const metadata = await of(SecretView.METADATA);
    expect(metadata).toMatchObject({ owner: "alice", metadata: { expires: "2031-12-31" } });
    expect(metadata?.value).toBeUndefined();
    expect(metadata?.expireAt?.seconds).toBe(BigInt(Date.UTC(2032, 0, 1) / 1000));
    expect((await of(SecretView.FULL))?.value).toBe("v");
  });

  it("threat 98: answers a repeated request without carrying it out again", async () => {
    const { alice } = callers();
    const request = { secrets: [{ key: "alice/ONCE", value: "v" }], idempotencyKey: "deploy-1" };
    const first = await alice.secrets.saveSecrets(request);
    expect(first.results).toMatchObject([{ outcome: SaveOutcome.CREATED, version: 1 }]);
    expect((await alice.secrets.saveSecrets(request)).results).toEqual(first.results);
    await expectFailure(alice.secrets.saveSecrets({ ...request, secrets: [{ key: "alice/ONCE", value: "w" }] }), {
      code: "AlreadyExists",
      reason: "IDEMPOTENCY_KEY_REUSED",
      field: "idempotencyKey",
    });
  });

  it("threats 57, 58: keeps metadata of any name", async () => {
    const { alice } = callers();
    const metadata = Object.fromEntries(
      ["__proto__", "constructor", "toString", "hasOwnProperty", "$where", "a.b", "ключ"].map((name) => [name, "x"]),
    );
    const key = "alice/META";
    await alice.secrets.saveSecrets({ secrets: [{ key, value: "v", metadata }] });
    const stored = (await alice.secrets.listSecrets({ keys: [key] })).secrets[0]?.metadata;
    expect(Object.keys(stored ?? {}).sort()).toEqual(Object.keys(metadata).sort());
  });
}
