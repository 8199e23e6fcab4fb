import type { AuditCheckpoint } from "../../audit/checkpoint.ts";
import { requireBytes, requireCount, requireName } from "../guard.ts";
import {
  requireCheckpoint,
  requireCommit,
  requireIdentityCommit,
  requireLoginWrite,
  requireRewrap,
} from "../guard-writes.ts";
import type { IdentityCommit } from "../identity-rows.ts";
import type { LoginWrite } from "../login-store.ts";
import type { Rewrap } from "../rewrappable-rows.ts";
import type { SecretCommit } from "../secret-store.ts";
import type { StoredKey } from "../stored-key.ts";
import type { KeyReplacement } from "./writer-requests.ts";

// A message to a thread copies the whole memory block that a view of bytes lies in, and small buffers of Node share
// blocks of several KiB. So bytes are copied into a block of their own size first.
// 2.5 times as many saves handed over to the thread (`npm run bench:parts -- --only write-message`).

/** Checks a commit and makes it cheap to send to the thread. Throws `StoreError`. */
export function secretsMessage(commit: SecretCommit): SecretCommit {
  requireCommit(commit);
  const { idempotency } = commit;
  return {
    tenant: commit.tenant,
    changes: commit.changes.map((change) => ({
      ...change,
      secret: { ...change.secret, envelope: ownBytes(change.secret.envelope) },
    })),
    ...(commit.purges === undefined ? {} : { purges: commit.purges }),
    audit: commit.audit,
    usageLimits: commit.usageLimits,
    ...(commit.permits === undefined ? {} : { permits: commit.permits }),
    idempotency: idempotency && {
      ...idempotency,
      requestMac: ownBytes(idempotency.requestMac),
      mac: ownBytes(idempotency.mac),
    },
  };
}

/** As `secretsMessage`. */
export function identityMessage(commit: IdentityCommit): IdentityCommit {
  requireIdentityCommit(commit);
  return {
    ...commit,
    ...(commit.permits && { permits: commit.permits.map((permit) => ({ ...permit, mac: ownBytes(permit.mac) })) }),
    users: commit.users.map((user) => ({ ...user, mac: ownBytes(user.mac) })),
    tokens: commit.tokens.map(({ session, ...token }) => ({
      ...token,
      hash: ownBytes(token.hash),
      mac: ownBytes(token.mac),
      ...(session && { session: { ...session, refreshToken: ownBytes(session.refreshToken) } }),
    })),
  };
}

/** As `secretsMessage`. */
export function loginMessage(write: LoginWrite): LoginWrite {
  requireLoginWrite(write);
  const { id, former, next } = write;
  return { id, former: former && ownBytes(former), next: next && { ...next, sealed: ownBytes(next.sealed) } };
}

/** As `secretsMessage`. */
export function keyMessage(key: StoredKey): StoredKey {
  requireName(key.kid, "kid");
  requireName(key.purpose, "purpose");
  requireCount(key.createdAtMs, "createdAtMs");
  requireBytes(key.data, "data");
  return { ...key, data: ownBytes(key.data) };
}

/** As `secretsMessage`. */
export function keyReplacementMessage({ key, former }: KeyReplacement): KeyReplacement {
  const { data, kid, purpose } = keyMessage({ ...key, createdAtMs: 0 });
  requireBytes(former, "former");
  return { key: { kid, purpose, data }, former: ownBytes(former) };
}

/** As `secretsMessage`. */
export function rewrapMessage(rewraps: readonly Rewrap[]): readonly Rewrap[] {
  rewraps.forEach(requireRewrap);
  return rewraps.map((rewrap) => ({
    ...rewrap,
    former: ownBytes(rewrap.former),
    proof: ownBytes(rewrap.proof),
    refreshToken: rewrap.refreshToken && ownBytes(rewrap.refreshToken),
  }));
}

/** As `secretsMessage`. */
export function checkpointMessage(checkpoint: AuditCheckpoint): AuditCheckpoint {
  requireCheckpoint(checkpoint);
  return { ...checkpoint, lastMac: ownBytes(checkpoint.lastMac), mac: ownBytes(checkpoint.mac) };
}

function ownBytes(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes);
}
