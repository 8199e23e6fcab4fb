/** A save that must be refused. */
export interface BadBody {
  readonly title: string;
  readonly body: string | Uint8Array<ArrayBuffer>;
  readonly status: number;
  readonly code: string;
  readonly reason: string;
  readonly message: RegExp;
}

const invalid = { status: 400, code: "invalid_argument", reason: "INVALID_FIELD" };
const noMessage = { ...invalid, reason: "INVALID_BODY" };
const overLimit = { ...invalid, reason: "LIMIT_EXCEEDED" };

/** The body of a save of one secret with this value. */
export function saveBody(value: string, more: object = {}): string {
  return JSON.stringify({ secrets: [{ key: "alice/NEW", value, ...more }] });
}

/** Every kind of bad save, each with `canary` in it wherever it can be. */
export function badBodies(canary: string): readonly BadBody[] {
  return [...malformedBodies(canary), ...brokenRules(canary)];
}

function malformedBodies(canary: string): readonly BadBody[] {
  return [
    {
      title: "threat 59: an unknown field",
      body: saveBody(canary, { reader: ["bob"] }),
      ...noMessage,
      message: /SecretInput has no field "reader"/,
    },
    { title: "an unknown field of the request", body: `{"secretz":["${canary}"]}`, ...noMessage, message: /"secretz"/ },
    {
      title: "an unknown field with a hostile name",
      body: `{"${canary} x":1}`,
      ...noMessage,
      message: /the body names a field that \w+ does not have/,
    },
    {
      title: "threat 60: a duplicate key",
      body: `{"secrets":[{"key":"alice/NEW","value":"${canary}","value":"${canary}"}]}`,
      ...noMessage,
      message: /"value"/,
    },
    {
      title: "threat 60: a duplicate key under another name of the field",
      body: `{"secrets":[{"key":"alice/NEW","value":"${canary}","canChangeReaders":["a"],"can_change_readers":["b"]}]}`,
      ...noMessage,
      message: /"canChangeReaders"/,
    },
    {
      title: "threat 60: a duplicate key in a map",
      body: `{"secrets":[{"key":"alice/NEW","value":"${canary}","metadata":{"a":"1","a":"2"}}]}`,
      ...noMessage,
      message: /twice/,
    },
    {
      title: "threat 61: bytes that are not UTF-8",
      body: new Uint8Array(
        Buffer.concat([Buffer.from(saveBody(canary)).subarray(0, -4), Buffer.from([0xff, 0xc0]), Buffer.from('"}]}')]),
      ),
      ...noMessage,
      message: /not valid UTF-8/,
    },
    {
      title: "threat 62: a lone surrogate",
      body: `{"secrets":[{"key":"alice/NEW","value":"${canary}\\ud800"}]}`,
      ...noMessage,
      message: /value.*Unicode/,
    },
    { title: "no JSON", body: `{"secrets":[{"value": ${canary}`, ...noMessage, message: /not valid JSON/ },
    {
      title: "threat 54: an operator in place of a text",
      body: '{"secrets":[{"key":{"$ne":null},"value":{"$regex":".*"}}]}',
      ...noMessage,
      message: /field "key" of SecretInput must be a string/,
    },
    {
      title: "threat 54: a list in place of a text",
      body: `{"secrets":[{"key":"alice/NEW","value":["${canary}"]}]}`,
      ...noMessage,
      message: /field "value" of SecretInput must be a string/,
    },
    {
      title: "a number in place of a text",
      body: '{"secrets":[{"key":12345}]}',
      ...noMessage,
      message: /must be a string/,
    },
  ];
}

function brokenRules(canary: string): readonly BadBody[] {
  return [
    {
      title: "a value of 65 KiB",
      body: saveBody(canary, { value: canary.padEnd(65 * 1024, "x") }),
      ...overLimit,
      message: /secrets\[0\]\.value must be at most 65536 bytes/,
    },
    {
      title: "an empty value",
      body: saveBody(canary, { value: "" }),
      ...invalid,
      message: /secrets\[0\]\.value must not be empty/,
    },
    {
      title: "threat 55: an empty key",
      body: saveBody(canary, { key: "" }),
      ...invalid,
      message: /secrets\[0\]\.key must not be empty/,
    },
    {
      title: "1,001 secrets",
      body: JSON.stringify({
        secrets: Array.from({ length: 1001 }, (_, at) => ({ key: `alice/${at}`, value: canary })),
      }),
      ...overLimit,
      message: /secrets and remove must have at most 1000 entries/,
    },
    {
      title: "threat 63: a key with a NUL",
      body: saveBody(canary, { key: "alice/\u0000" }),
      ...invalid,
      message: /secrets\[0\]\.key may only contain/,
    },
    {
      title: "threat 18: a key that is too long",
      body: saveBody(canary, { key: `alice/${"a-".repeat(130)}` }),
      ...overLimit,
      message: /secrets\[0\]\.key must be at most 255 bytes/,
    },
    {
      title: "threat 18: a key with too many segments",
      body: saveBody(canary, { key: "alice/b/c/d/e/f/g/h/i" }),
      ...overLimit,
      message: /secrets\[0\]\.key must have at most 8 segments/,
    },
    {
      title: "threat 25: an unknown checksum algorithm",
      body: saveBody(canary, { checksum: "00", checksumAlgorithm: "MD5" }),
      ...invalid,
      message: /checksumAlgorithm must be one of CRC32/,
    },
    {
      title: "threat 26: a wrong checksum",
      body: saveBody(canary, { checksum: "00000000" }),
      ...invalid,
      reason: "CHECKSUM_MISMATCH",
      message: /CRC32 checksum/,
    },
    {
      title: "threat 15: a malformed encrypted value",
      body: saveBody(canary, { encrypted: true }),
      ...invalid,
      reason: "NOT_A_SEALED_VALUE",
      message: /secrets\[0\]\.value is not a sealed value; a sealed value looks like/,
    },
    {
      title: "a key of someone else",
      body: saveBody(canary, { key: "bob/KEY" }),
      status: 403,
      code: "permission_denied",
      reason: "FOREIGN_PREFIX",
      message: /may not create bob\/KEY: the key does not start with/,
    },
    {
      title: "a stale if_version",
      body: saveBody(canary, { key: "alice/KEY", ifVersion: 7 }),
      status: 409,
      code: "aborted",
      reason: "STALE_VERSION",
      message: /alice\/KEY is at version 1, not at version 7/,
    },
  ];
}
