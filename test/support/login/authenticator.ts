import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";

/** What differs from what an honest browser and authenticator would do. */
export interface Differences {
  readonly origin?: string;
  readonly rpId?: string;
  readonly challenge?: string;
  readonly type?: string;
  /** Without: present and verified. */
  readonly flags?: number;
  readonly counter?: number;
  readonly userHandle?: string;
  readonly id?: string;
  readonly key?: KeyObject;
  /** Of a new passkey. */
  readonly format?: string;
  readonly statement?: Cbor;
}

/** An authenticator with one passkey, and the browser that it is used with. */
export interface Authenticator {
  readonly id: string;
  /** The private key, for another one to steal. */
  readonly key: KeyObject;
  /** As the service named the user when the passkey was made. */
  readonly userHandle: string;
  counter: number;
  /** Answers a question for a new passkey, as JSON. */
  make(options: string, differences?: Differences): string;
  /** Answers a question at a sign-in, as JSON. */
  use(options: string, differences?: Differences): string;
}

type Cbor = number | string | Buffer | ReadonlyMap<number | string, Cbor> | readonly Cbor[];

const present = 0x01;
export const verified = 0x04;
const attested = 0x40;

/** `counts`: whether it counts its uses, as keys of hardware do. */
export function createAuthenticator(origin: string, { counts = false } = {}): Authenticator {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const id = randomBytes(32);
  const host = new URL(origin).hostname;
  let userHandle = "";

  const clientData = (type: string, challenge: string, { origin: other = origin }: Differences) =>
    Buffer.from(JSON.stringify({ type, challenge, origin: other, crossOrigin: false }));
  const authenticatorData = (flags: number, counter: number, rpId: string, rest: readonly Buffer[] = []) => {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter);
    return Buffer.concat([createHash("sha256").update(rpId).digest(), Buffer.from([flags]), count, ...rest]);
  };

  const authenticator: Authenticator = {
    id: id.toString("base64url"),
    key: privateKey,
    get userHandle() {
      return userHandle;
    },
    counter: 0,
    make(options, differences = {}) {
      const asked = JSON.parse(options) as { challenge: string; user: { id: string } };
      userHandle = asked.user.id;
      const { challenge = asked.challenge, type = "webauthn.create", rpId = host, format = "none" } = differences;
      const { flags = present | verified, statement = new Map() } = differences;
      const size = Buffer.alloc(2);
      size.writeUInt16BE(id.length);
      const key = encode(coseOf(publicKey));
      const data = authenticatorData(flags | attested, 0, rpId, [Buffer.alloc(16), size, id, key]);
      const parts: [string, Cbor][] = [
        ["fmt", format],
        ["attStmt", statement],
        ["authData", data],
      ];
      const response = {
        clientDataJSON: clientData(type, challenge, differences).toString("base64url"),
        attestationObject: encode(new Map(parts)).toString("base64url"),
        transports: ["internal"],
      };
      return answerOf(differences.id ?? authenticator.id, response);
    },
    use(options, differences = {}) {
      const asked = JSON.parse(options) as { challenge: string };
      if (counts) authenticator.counter += 1;
      const { challenge = asked.challenge, type = "webauthn.get", rpId = host } = differences;
      const { flags = present | verified, counter = authenticator.counter, key = privateKey } = differences;
      const data = authenticatorData(flags, counter, rpId);
      const client = clientData(type, challenge, differences);
      const signed = Buffer.concat([data, createHash("sha256").update(client).digest()]);
      const response = {
        clientDataJSON: client.toString("base64url"),
        authenticatorData: data.toString("base64url"),
        signature: sign("sha256", signed, key).toString("base64url"),
        userHandle: differences.userHandle ?? userHandle,
      };
      return answerOf(differences.id ?? authenticator.id, response);
    },
  };
  return authenticator;
}

function answerOf(id: string, response: object): string {
  return JSON.stringify({ id, rawId: id, type: "public-key", clientExtensionResults: {}, response });
}

/** An ES256 key, as COSE has it. */
function coseOf(key: KeyObject): ReadonlyMap<number, Cbor> {
  const { x = "", y = "" } = key.export({ format: "jwk" });
  return new Map<number, Cbor>([
    [1, 2],
    [3, -7],
    [-1, 1],
    [-2, Buffer.from(x, "base64url")],
    [-3, Buffer.from(y, "base64url")],
  ]);
}

function encode(value: Cbor): Buffer {
  if (typeof value === "number") return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === "string") return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value]);
  if (value instanceof Map) {
    return Buffer.concat([head(5, value.size), ...[...value].flatMap(([name, part]) => [encode(name), encode(part)])]);
  }
  const list = value as readonly Cbor[];
  return Buffer.concat([head(4, list.length), ...list.map(encode)]);
}

function head(major: number, size: number): Buffer {
  if (size < 24) return Buffer.from([(major << 5) | size]);
  if (size < 256) return Buffer.from([(major << 5) | 24, size]);
  return Buffer.from([(major << 5) | 25, size >> 8, size & 255]);
}
