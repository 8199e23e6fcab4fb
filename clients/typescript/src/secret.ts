import { type Timestamp, timestampDate } from "@bufbuild/protobuf/wkt";
import type {
  SaveOutcome,
  SecretChangeKind,
  Secret as SecretMessage,
  SecretState,
} from "./gen/secret/v1/secret_service_pb.ts";
import { Value } from "./value.ts";

/** The fields of a secret that was read. */
export interface SecretFields {
  readonly key: string;
  readonly id: string;
  /** Undefined when a list did not request it. */
  readonly value: Value | undefined;
  readonly readers: readonly string[];
  readonly writers: readonly string[];
  readonly deleters: readonly string[];
  readonly canChangeReaders: readonly string[];
  readonly canChangeWriters: readonly string[];
  readonly canChangeDeleters: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly version: number;
  readonly owner: string;
  readonly createdBy: string;
  readonly updatedBy: string;
  readonly state: SecretState;
  /** Times that the view does not show are undefined, and so is the expiry of a secret without one. */
  readonly createdAt: Date | undefined;
  readonly updatedAt: Date | undefined;
  readonly valueChangedAt: Date | undefined;
  readonly expireAt: Date | undefined;
}

/** A stored secret, as far as the caller may see it. Printing it never shows the value. */
export interface Secret extends SecretFields {
  /**
   * The value. @throws Error when it is bytes, or when a list did not request it; the latter never after `get` and
   * `getMany`.
   */
  reveal(): string;
  /** The bytes of the value; those of a text are UTF-8. @throws Error when a list did not request it. */
  revealBytes(): Uint8Array<ArrayBuffer>;
}

/** What to store for one secret. On update, absent fields stay unchanged. */
export interface SecretInput {
  /** Names the secret; `id` does when there is no key. */
  readonly key?: string | undefined;
  readonly id?: string | undefined;
  /**
   * Needed to create: `new Value("…")`, or with bytes in place of the text, so that printing the input does not show
   * it.
   */
  readonly value?: Value | undefined;
  /** The value is a sealed text. */
  readonly encrypted?: boolean | undefined;
  /** Of the text of the value, in hexadecimal; the algorithm is CRC32 when it is absent. */
  readonly checksum?: string | undefined;
  readonly checksumAlgorithm?: string | undefined;
  /** Empty lists and metadata keep what is stored; `clear` empties it. */
  readonly readers?: readonly string[] | undefined;
  readonly writers?: readonly string[] | undefined;
  readonly deleters?: readonly string[] | undefined;
  readonly canChangeReaders?: readonly string[] | undefined;
  readonly canChangeWriters?: readonly string[] | undefined;
  readonly canChangeDeleters?: readonly string[] | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /** Names of lists to empty, such as `canChangeReaders`, and `metadata`. */
  readonly clear?: readonly string[] | undefined;
  /** The version it must be at; 0: it must not exist. */
  readonly ifVersion?: number | undefined;
  /** Only admins can set it. */
  readonly owner?: string | undefined;
}

/** A secret to remove within a save. */
export interface Removal {
  readonly key: string;
  /** The version it must be at. */
  readonly ifVersion?: number | undefined;
}

/** The outcome of one item of a save. */
export interface SaveResult {
  readonly key: string;
  readonly id: string;
  readonly outcome: SaveOutcome;
  readonly version: number;
  /** Names of what changed. */
  readonly changedFields: readonly string[];
  readonly listChanges: readonly ListChange[];
  /** Set when a plan says FORBIDDEN. */
  readonly missingRight: string;
}

/** The difference between a stored access list and the new one. */
export interface ListChange {
  readonly list: string;
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** A secret that was removed. */
export interface RemovedSecret {
  readonly key: string;
  readonly id: string;
  readonly version: number;
}

/** A change that a watch sends. */
export interface SecretChange {
  readonly kind: SecretChangeKind;
  readonly key: string;
  readonly id: string;
  /** The secret as the change left it, without its value; undefined when it is GONE. */
  readonly secret: Secret | undefined;
}

/** The secret of a response. */
export function secretFromMessage(message: SecretMessage): Secret {
  const { $typeName: _type, $unknown: _unknown, encrypted: _encrypted, valueBytes, ...fields } = message;
  const content = message.value ?? valueBytes;
  const value = content === undefined ? undefined : new Value(content);
  const secret: SecretFields = {
    ...fields,
    value,
    createdAt: dateOf(message.createdAt),
    updatedAt: dateOf(message.updatedAt),
    valueChangedAt: dateOf(message.valueChangedAt),
    expireAt: dateOf(message.expireAt),
  };
  const present = () => {
    if (value === undefined)
      throw new Error(`${message.key} was listed without its value: use get, or SecretView.FULL`);
    return value;
  };
  // Not enumerable, so that a secret prints as its fields. A copy by `...` still has the value, hidden as before.
  return Object.defineProperties(secret, {
    reveal: { value: () => present().reveal() },
    revealBytes: { value: () => present().revealBytes() },
  }) as Secret;
}

function dateOf(time: Timestamp | undefined): Date | undefined {
  return time === undefined ? undefined : timestampDate(time);
}
