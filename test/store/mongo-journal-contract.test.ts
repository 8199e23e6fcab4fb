import { openMongoStore } from "../../src/store/mongo/open.ts";
import { openAgain, storeContract } from "../suites/store/contract.ts";
import { borrowTestDatabase } from "../support/mongo/test-database.ts";
import { aJournal } from "../support/store/a-journal.ts";

for (const isDurable of [false, true]) {
  storeContract(`mongodb with a journal of access, ${isDurable ? "disk" : "process"}`, async () => {
    const database = await borrowTestDatabase();
    const journal = aJournal({ isDurable });
    return openAgain(
      () => openMongoStore({ uri: database.uri, journal }),
      async () => {
        journal.remove();
        await database.drop();
      },
    );
  });
}
