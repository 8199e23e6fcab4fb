import type { Clients } from "./canary-scene.ts";

interface Callers {
  /** An admin, who has saved `held/KEY` with the idempotency key `held`. */
  readonly admin: Clients["secrets"];
  /** A deleter of that secret, and nothing else. */
  readonly bob: Clients["secrets"];
  /** Is a value, and no name, number or time. */
  readonly text: string;
  /** A sealed value for that key. */
  readonly sealed: string;
}

/** Calls that rules refuse, each of which holds `text` or a sealed value. */
export function refusedCalls({ admin, bob, text, sealed }: Callers): readonly (() => Promise<unknown>)[] {
  const damaged = sealed.replace(/.{8}$/, "AAAAAAAA");
  const save = (more: object, key = "held/KEY") => admin.saveSecrets({ secrets: [{ key, value: text, ...more }] });
  return [
    ...["CRC32", "SHA-256", "SHA-512", "BLAKE2s"].flatMap((checksumAlgorithm) =>
      ["00", text, Buffer.from(text).toString("base64")].map((checksum) => () => save({ checksum, checksumAlgorithm })),
    ),
    () => save({ checksumAlgorithm: text }),
    () => save({ encrypted: true }),
    () => save({ value: `seal.v1.${text}` }),
    () => save({ value: `seal.v1.${text}`, encrypted: true }),
    () => save({ value: text.repeat(3_000) }),
    () => save({ ifVersion: 77 }),
    () => save({ readers: [text] }),
    () => save({ owner: text }),
    () => save({ clear: [text] }),
    () => save({ id: text }),
    () => save({ metadata: { [text]: "x".repeat(600) } }),
    () => save({ metadata: { expires: text } }),
    () => save({ metadata: { rotation_interval: text } }),
    () => save({}, text),
    () => save({}, `held/${text}`),
    () => admin.saveSecrets({ secrets: Array.from({ length: 1001 }, (_, at) => ({ key: `k/${at}`, value: text })) }),
    () => admin.saveSecrets({ secrets: [{ key: "held/KEY", value: `${text}3` }], idempotencyKey: "held" }),
    () => admin.saveSecrets({ secrets: [{ key: "a/A", value: text }], idempotencyKey: text }),
    () => bob.saveSecrets({ secrets: [{ key: "held/KEY", value: text }] }),
    () =>
      bob.saveSecrets({
        secrets: [
          { key: "bob/A", value: text },
          { key: "other/B", value: text },
        ],
      }),
    () => bob.saveSecrets({ secrets: [{ id: "secr_none", value: text }] }),
    () => admin.encryptValue({ value: text, key: text }),
    () => admin.encryptValue({ value: text, values: [text] }),
    () => admin.encryptValue({ values: [text, ""] }),
    () => admin.encryptValue({ value: text.repeat(3_000) }),
    () => admin.encryptValue({ value: text, checksumAlgorithm: text }),
    () => admin.decryptValue({ value: text }),
    () => admin.decryptValue({ value: `seal.v1.${text}` }),
    () => admin.decryptValue({ values: [text], value: text }),
    () => bob.decryptValue({ value: sealed }),
    () => admin.decryptValue({ value: damaged }),
    () => save({ value: sealed, encrypted: true, checksum: text }),
    () => save({ value: damaged, encrypted: true }),
    () => save({ value: sealed, encrypted: true }, "held/OTHER"),
    () => admin.listSecrets({ keys: [text] }),
    () => admin.listSecrets({ keyPattern: text }),
    () => admin.listSecrets({ pageToken: text }),
    () => admin.removeSecrets({ keys: [text] }),
  ];
}
