import fs, { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { segmentName } from "../../src/audit/journal-files.ts";
import { journalsIn } from "../support/audit/journal-fixture.ts";
import { aRecord } from "../support/audit/record.ts";
import { diskError, replaceFileCalls } from "../support/audit/replaced-file-calls.ts";

const chain = "p1.access@host-1.journal";

test.each(["EIO", "EPERM"])("threat 303: nothing is written after half of a record (%s)", async (code) => {
  const fixture = journalsIn();
  const journal = fixture.open("p1", { limits: { shipEveryMs: 60_000 } });
  await journal.append([aRecord({ key: "KEY-1" })]);
  const { writeSync, ftruncateSync } = fs;
  replaceFileCalls({
    writeSync: ((fd: number, bytes: Buffer) => writeSync(fd, bytes.subarray(0, 50))) as typeof writeSync,
    ftruncateSync() {
      throw diskError(code);
    },
  });
  await expect(journal.append([aRecord()])).rejects.toThrow(`reports an error (${code}); restart the service`);
  replaceFileCalls({ writeSync, ftruncateSync });
  const left = readFileSync(join(fixture.folder, segmentName(chain, 1)));
  expect(() => journal.requireRoom()).toThrow("restart the service");
  await expect(journal.append([aRecord()])).rejects.toThrow("restart the service");
  expect(readFileSync(join(fixture.folder, segmentName(chain, 1)))).toEqual(left);
  // What was taken before reaches the store, and the chain ends.
  await journal.close();
  expect([...fixture.table.rows.values()].map(({ key }) => key)).toEqual(["KEY-1", chain]);
  expect(fixture.table.problems()).toEqual([]);
});
