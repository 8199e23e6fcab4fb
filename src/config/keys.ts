import { createSecretKey, type KeyObject } from "node:crypto";
import { isDefaultKey, isWeakKey, KeyTextError, type KeyTextForm, parseKeyText } from "../crypto/key-text.ts";
import { createKeyring, type Keyring, KeyringError, keyringKeyBytes } from "../crypto/keyring.ts";
import { ConfigError } from "./config-error.ts";

/** The keyring, and what is known about the texts that its keys were read from. */
export interface ConfiguredKeys {
  readonly keyring: Keyring;
  readonly activeForm: KeyTextForm;
  readonly activeIsDefault: boolean;
  /** The ids of the keys that are easy to guess. */
  readonly weakKids: ReadonlySet<string>;
}

/** Builds the keyring from keys as text. `name` is the source of the active key, for error messages. */
export function keysFromText(name: string, active: string, previous: readonly string[]): ConfiguredKeys {
  const parse = (where: string, text: string) => {
    try {
      return parseKeyText(text);
    } catch (error) {
      if (error instanceof KeyTextError) throw new ConfigError(`${where}: ${error.message}`);
      throw error;
    }
  };
  const first = parse(name, active);
  const others = previous.map((text, index) => parse(`previous encryption key ${index + 1}`, text).key);
  try {
    const keyring = createKeyring(first.key, others);
    const raw = [first.key, ...others];
    const weakKids = new Set(keyring.keys.filter((_, at) => isWeakKey(raw[at] ?? first.key)).map(({ kid }) => kid));
    return { keyring, activeForm: first.form, activeIsDefault: isDefaultKey(first.key), weakKids };
  } catch (error) {
    if (error instanceof KeyringError) throw new ConfigError(error.message);
    throw error;
  }
}

/** Old installations used the characters of their key as the key itself, so only 32 characters worked. */
export function parseLegacyKey(text: string | undefined): KeyObject | undefined {
  if (text === undefined) return undefined;
  const bytes = Buffer.from(text);
  if (bytes.length !== keyringKeyBytes) {
    throw new ConfigError(
      `OB_LEGACY_ENCRYPTION_KEY must be the ${keyringKeyBytes} characters that the old installation used as its key; ` +
        `got ${bytes.length}`,
    );
  }
  return createSecretKey(bytes);
}
