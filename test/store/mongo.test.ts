import { openMongoStore } from "../../src/store/mongo/open.ts";
import { createTestDatabase } from "../mongo/test-database.ts";
import { type OpenedStore, storeContract } from "./contract.ts";

async function openTemporary(): Promise<OpenedStore> {
  const database = await createTestDatabase();
  const open = () => openMongoStore({ uri: database.uri });
  let current = await open();
  return {
    get store() {
      return current;
    },
    async reopen() {
      await current.close();
      current = await open();
      return current;
    },
    async dispose() {
      await current.close();
      await database.drop();
    },
  };
}

storeContract("mongodb", openTemporary);
