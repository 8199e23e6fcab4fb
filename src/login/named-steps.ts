import { hash, randomBytes } from "node:crypto";
import { encodeCanonical } from "../crypto/canonical.ts";
import { IntegrityError } from "../crypto/integrity-error.ts";
import type { Keyring } from "../crypto/keyring.ts";
import { openAtRest, sealAtRest } from "../crypto/rest-envelope.ts";
import type { LoginStore } from "../store/login-store.ts";

export interface StepContext {
  readonly store: LoginStore;
  readonly keyring: Keyring;
  now(): number;
}

/** A step that was found, and what has to be stored still for a change of it to count. */
export interface Found<Content> {
  readonly content: Content;
  readonly endAtMs: number;
  readonly former: Uint8Array;
}

/**
 * Steps of logins of one kind, in the store, so that any process can go on with them. They are found by a secret, or a name, of
 * which the store has only the hash, and their content is encrypted.
 */
export interface Steps<Content> {
  /** False when there is one already. */
  add(name: string, content: Content, endAtMs: number): Promise<boolean>;
  /** Undefined when there is none, when it is over, or when it is not what the service wrote. */
  find(name: string): Promise<Found<Content> | undefined>;
  /** False when it has changed since it was found. */
  replace(name: string, found: Found<Content>, content: Content): Promise<boolean>;
  /** Finds it and removes it. Of several who take it at once, one gets it. */
  take(name: string): Promise<Content | undefined>;
}

/** A secret for one step. */
export function newStepSecret(): string {
  return randomBytes(32).toString("base64url");
}

export function createSteps<Content>({ store, keyring, now }: StepContext, kind: string): Steps<Content> {
  const idOf = (name: string) => `${kind}:${hash("sha256", name, "base64url")}`;
  const dataOf = (id: string, endAtMs: number) => encodeCanonical("secret-svc/login-step/v1", [id, endAtMs]);
  const seal = (id: string, content: Content, endAtMs: number) => {
    const { envelope } = sealAtRest(keyring, Buffer.from(JSON.stringify(content)), dataOf(id, endAtMs));
    return { endAtMs, sealed: new Uint8Array(envelope) };
  };

  async function find(name: string): Promise<Found<Content> | undefined> {
    const id = idOf(name);
    const row = await store.findLogin(id);
    if (row === undefined || now() >= row.endAtMs) return undefined;
    try {
      const text = openAtRest(keyring, row.sealed, dataOf(id, row.endAtMs)).toString();
      return { content: JSON.parse(text) as Content, endAtMs: row.endAtMs, former: row.sealed };
    } catch (error) {
      if (error instanceof IntegrityError) return undefined;
      throw error;
    }
  }

  return {
    find,
    async add(name, content, endAtMs) {
      const id = idOf(name);
      const next = seal(id, content, endAtMs);
      if (await store.writeLogin({ id, former: undefined, next })) return true;
      // One that is over may not have been dropped yet.
      const row = await store.findLogin(id);
      if (row === undefined || now() < row.endAtMs) return false;
      return store.writeLogin({ id, former: row.sealed, next });
    },
    replace(name, { former, endAtMs }, content) {
      const id = idOf(name);
      return store.writeLogin({ id, former, next: seal(id, content, endAtMs) });
    },
    async take(name) {
      const found = await find(name);
      if (found === undefined) return undefined;
      const { former, content } = found;
      return (await store.writeLogin({ id: idOf(name), former, next: undefined })) ? content : undefined;
    },
  };
}
