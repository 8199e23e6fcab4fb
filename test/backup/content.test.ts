import { expect, test } from "vitest";
import { compareRecords } from "../../src/backup/compare.ts";
import { type BackupRecord, decodeRecords, encodeRecords } from "../../src/backup/content.ts";
import { BackupFileError } from "../../src/crypto/backup-stream.ts";
import { streamOf } from "../support/backup/fixture.ts";
import { aUser } from "../support/store/rows.ts";

const { kid, mac, ...user } = aUser("alice");
const begin: BackupRecord = { kind: "backup", format: 1, createdAtMs: 1, auditHead: "" };
const alice: BackupRecord = { kind: "user", user };
const end = (users: number): BackupRecord => ({
  kind: "end",
  counts: { sealingKeys: 0, users, tokens: 0, secrets: 0, versions: 0 },
});

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

const decode = (text: string | Uint8Array, size = 7) => {
  const bytes = Buffer.from(text);
  const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
    bytes.subarray(at * size, (at + 1) * size),
  );
  return collect(decodeRecords(streamOf(pieces)));
};
const encode = async (...records: BackupRecord[]) => Buffer.concat(await collect(encodeRecords(streamOf(records))));

test.each([1, 7, 100_000])("records come back, whatever pieces of %i bytes they come in", async (size) => {
  const records = [begin, { kind: "user", user: { ...user, createdBy: "größer \u{1f511}\n" } } as const, end(1)];
  expect(await decode(await encode(...records), size)).toEqual(records);
});

test("content that is not whole is refused, and not quoted", async () => {
  const whole = await encode(begin, alice, end(1));
  const cases: readonly (readonly [string | Uint8Array, string])[] = [
    ["", "has no end"],
    [await encode(begin, alice), "has no end"],
    [await encode(begin, end(1)), "does not hold as many records as its end says"],
    [await encode(begin, alice, alice, end(1)), "does not hold as many records as its end says"],
    [await encode(begin, alice, end(1), alice), "continues after its end"],
    [await encode(alice, end(1)), "does not begin like a backup"],
    [await encode(begin, begin, end(0)), "does not begin like a backup"],
    [
      await encode({ ...begin, format: 7 }, end(0)),
      "has the content format 7; this program reads 1 to 6: a newer version of secret-svc made it; restore it with that version",
    ],
    [
      `${await encode(begin)}{"kind":"quota"}\n${await encode(end(0))}`,
      "holds records of a kind 'quota', which this program does not know: a newer version of secret-svc made it",
    ],
    [`${await encode(begin)}{"kind":["no JSON"]}\n`, "holds records of a kind '?', which"],
    ["null\n", "holds something that is not a record"],
    ["[7]\n", "holds something that is not a record"],
    [whole.subarray(0, -1), "ends in the middle of a record"],
    ["no JSON\n", "holds something that is not a record"],
  ];
  for (const [text, message] of cases) {
    const error = await decode(text).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(BackupFileError);
    expect(String(error)).toContain(message);
    expect(String(error)).not.toContain("no JSON");
  }
});

test("a comparison names the first difference", async () => {
  const bob: BackupRecord = { kind: "user", user: { ...user, slug: "bob" } };
  const compare = (backup: BackupRecord[], restored: BackupRecord[]) =>
    compareRecords(streamOf([begin, ...backup, end(0)]), streamOf([begin, ...restored, end(9)]), () => false);
  expect(await compare([alice, bob], [alice, bob])).toMatchObject({ users: 2 });
  await expect(compare([alice, bob], [alice])).rejects.toThrow("the user bob of the tenant default differs");
  await expect(compare([alice], [alice, bob])).rejects.toThrow("the user bob of the tenant default is not in it");
  const admin: BackupRecord = { kind: "user", user: { ...user, admin: true } };
  await expect(compare([alice], [admin])).rejects.toThrow("the user alice of the tenant default differs");
});
