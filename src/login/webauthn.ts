import type { MadePasskey } from "../identity/passkeys.ts";
import { limits } from "../limits.ts";
import type { Passkey } from "../store/identity-rows.ts";
import type { PasskeyPlace } from "./host.ts";
import type { Answer } from "./passkey-fields.ts";

// The library is loaded when the first person uses a passkey: it takes 160 ms.
const library = () => import("@simplewebauthn/server");
const helpers = () => import("@simplewebauthn/server/helpers");

/** EdDSA, ES256 and RS256: between them, every authenticator has one. */
const algorithms = [-8, -7, -257];

/** What a browser is asked, as JSON, and what its answer must repeat. */
export interface Asked {
  readonly options: string;
  readonly challenge: string;
}

interface NewUser {
  readonly tenant: string;
  readonly slug: string;
  readonly handle: string;
  readonly keys: readonly Passkey[];
}

/** Asks for a new passkey that needs no name at the sign-in, and a person who shows that they are the owner. */
export async function askToMake(place: PasskeyPlace, { tenant, slug, handle, keys }: NewUser): Promise<Asked> {
  const { generateRegistrationOptions } = await library();
  const options = await generateRegistrationOptions({
    rpName: `secrets at ${place.rpId}`,
    rpID: place.rpId,
    userID: new Uint8Array(Buffer.from(handle, "base64url")),
    userName: `${slug} (${tenant})`,
    userDisplayName: slug,
    timeout: limits.passkeyMs,
    attestationType: "none",
    authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
    excludeCredentials: keys.map(({ credential }) => ({ id: credential })),
    supportedAlgorithmIDs: algorithms,
  });
  return { options: JSON.stringify(options), challenge: options.challenge };
}

/** Asks for any passkey of this place. Which ones there are is not said. */
export async function askToSignIn(place: PasskeyPlace): Promise<Asked> {
  const { generateAuthenticationOptions } = await library();
  const options = await generateAuthenticationOptions({
    rpID: place.rpId,
    timeout: limits.passkeyMs,
    userVerification: "required",
    allowCredentials: [],
  });
  return { options: JSON.stringify(options), challenge: options.challenge };
}

/**
 * Undefined when the answer is not that of a new passkey for this challenge, made at this place by a verified person.
 */
export async function verifyMade(
  place: PasskeyPlace,
  challenge: string,
  answer: Answer,
): Promise<Omit<MadePasskey, "name"> | undefined> {
  const { verifyRegistrationResponse } = await library();
  try {
    if (!(await isWithoutCertificates(answer))) return undefined;
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: answer.whole as Parameters<typeof verifyRegistrationResponse>[0]["response"],
      expectedChallenge: challenge,
      expectedOrigin: place.origin,
      expectedRPID: place.rpId,
      requireUserVerification: true,
      supportedAlgorithmIDs: algorithms,
    });
    if (!verified) return undefined;
    const { id, publicKey, counter } = registrationInfo.credential;
    const isSmall = publicKey.length <= limits.passkeyKeyBytes && id.length <= (limits.passkeyCredentialBytes * 4) / 3;
    if (!isSmall || id !== answer.id) return undefined;
    return { credential: id, publicKey: Buffer.from(publicKey).toString("base64url"), counter };
  } catch {
    // The library throws for everything that is wrong, and its messages quote the answer.
    return undefined;
  }
}

/**
 * The library follows certificates in an answer, and asks addresses in them whether they were revoked: then a stranger
 * could have this service call any address. No certificate is asked for, so an honest browser sends none.
 */
async function isWithoutCertificates({ response }: Answer): Promise<boolean> {
  const { decodeAttestationObject, isoBase64URL } = await helpers();
  const statement = decodeAttestationObject(isoBase64URL.toBuffer(String(response.attestationObject)));
  const format = statement.get("fmt");
  return format === "none" || (format === "packed" && statement.get("attStmt").get("x5c") === undefined);
}

/** `counter`: the one of a passkey that has been copied, or of an answer that was seen before. */
export type UseProblem = "answer" | "counter";

/**
 * The count after this use; a problem when the passkey did not sign this challenge at this place for a verified person.
 */
export async function verifyUse(
  place: PasskeyPlace,
  challenge: string,
  answer: Answer,
  passkey: Passkey,
): Promise<number | UseProblem> {
  const { verifyAuthenticationResponse } = await library();
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: answer.whole as Parameters<typeof verifyAuthenticationResponse>[0]["response"],
      expectedChallenge: challenge,
      expectedOrigin: place.origin,
      expectedRPID: place.rpId,
      requireUserVerification: true,
      // Compared below, once the signature is known to be good.
      credential: { id: passkey.credential, publicKey: bytesOf(passkey.publicKey), counter: 0 },
    });
    if (!verified) return "answer";
    const { newCounter } = authenticationInfo;
    return isCountedUp(passkey.counter, newCounter) ? newCounter : "counter";
  } catch {
    return "answer";
  }
}

/** Passkeys that are copied between devices do not count: theirs is always 0. */
export function isCountedUp(before: number, now: number): boolean {
  return now > before || (now === 0 && before === 0);
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(text, "base64url"));
}
