import { afterEach, beforeEach, describe } from "vitest";
import type { Store } from "../../../src/store/store.ts";
import { begin } from "../../support/store/begin.ts";
import { auditContract } from "./contract-audit.ts";
import { commitContract } from "./contract-commit.ts";
import { findContract } from "./contract-find.ts";
import { folderContract } from "./contract-folder.ts";
import { guardContract } from "./contract-guard.ts";
import { identityContract } from "./contract-identity.ts";
import { keyContract } from "./contract-keys.ts";
import { loginContract } from "./contract-logins.ts";
import { pageContract } from "./contract-page.ts";
import { purgeContract } from "./contract-purge.ts";
import { usageContract } from "./contract-usage.ts";
import { watchContract } from "./contract-watch.ts";

/** An empty store of one kind. */
export interface OpenedStore {
  readonly store: Store;
  /** Closes the store and opens it again on the same data, as a restart does. Audit has not begun in the new one. */
  reopen(): Promise<Store>;
  /** Closes whatever is open and deletes the data. */
  dispose(): Promise<void>;
}

/** A store that `open` opens on the same data each time. */
export async function openAgain(
  open: () => Promise<Store>,
  deleteData: () => void | Promise<void>,
): Promise<OpenedStore> {
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
      await deleteData();
    },
  };
}

/** The store of the test that runs now. */
export interface Fixture {
  store: Store;
  reopen(): Promise<Store>;
}

/** What every store promises, run against one kind of them. Each test gets an empty store in which audit has begun. */
export function storeContract(name: string, open: () => Promise<OpenedStore>): void {
  describe(name, () => {
    let opened: OpenedStore;
    const fixture: Fixture = {
      get store() {
        return opened.store;
      },
      reopen: () => opened.reopen(),
    };
    beforeEach(async () => {
      opened = await open();
      await begin(opened.store);
    });
    afterEach(() => opened.dispose());

    describe("commits", () => commitContract(fixture));
    describe("finding", () => findContract(fixture));
    describe("pages", () => pageContract(fixture));
    describe("folders", () => folderContract(fixture));
    describe("identity and keys", () => identityContract(fixture));
    describe("logins", () => loginContract(fixture));
    describe("keys and processes", () => keyContract(fixture));
    describe("purges", () => purgeContract(fixture));
    describe("audit", () => auditContract(fixture));
    describe("usage", () => usageContract(fixture));
    describe("watching", () => watchContract(fixture));
    describe("guards", () => guardContract(fixture));
  });
}
