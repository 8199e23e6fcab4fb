import type { Invitation, Passkey, Passkeys } from "./identity-rows.ts";

/** One passkey as a text. The order of its fields is frozen: the MAC of the row is over these texts. */
export function passkeyText({ id, credential, publicKey, counter, name, createdAtMs }: Passkey): string {
  return JSON.stringify([id, credential, publicKey, counter, name, createdAtMs]);
}

/** What a row has of a user's passkeys in addition to the handle, which has a column of its own. */
export function passkeysText(passkeys: Passkeys | undefined): string {
  if (passkeys === undefined) return "";
  const { keys, invitation } = passkeys;
  const link = invitation === undefined ? [] : [invitation.hash, invitation.endAtMs];
  return JSON.stringify([keys.map(passkeyText), link]);
}

/** Reads what `passkeysText` wrote. A text that was edited into something else has no passkeys, and does not verify. */
export function readPasskeys(handle: string, text: string): { passkeys?: Passkeys } {
  if (handle === "" && text === "") return {};
  const [keys, link] = list(parse(text));
  const invitation = readInvitation(list(link));
  const read = list(keys).flatMap((each) => readPasskey(list(typeof each === "string" ? parse(each) : undefined)));
  return { passkeys: { handle, keys: read, ...(invitation && { invitation }) } };
}

function readPasskey(fields: readonly unknown[]): readonly Passkey[] {
  const [id, credential, publicKey, counter, name, createdAtMs] = fields;
  const texts = [id, credential, publicKey, name];
  if (!texts.every((text) => typeof text === "string") || !isCount(counter) || !isCount(createdAtMs)) return [];
  return [
    {
      id: String(id),
      credential: String(credential),
      publicKey: String(publicKey),
      counter,
      name: String(name),
      createdAtMs,
    },
  ];
}

function readInvitation([hash, endAtMs]: readonly unknown[]): Invitation | undefined {
  return typeof hash === "string" && isCount(endAtMs) ? { hash, endAtMs } : undefined;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
