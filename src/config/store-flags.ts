import type { Command } from "commander";

/** Flags that say where a store is. */
export interface StoreFlags {
  readonly dataDir?: string;
  readonly store?: string;
}

/** Lets a command that works on a store be told which; the rest comes from the variables of `serve`. */
export function withStoreFlags(command: Command): Command {
  return command
    .option("--data-dir <directory>", "where the data is (SECRET_SVC_DATA_DIR)")
    .option("--store <store>", "sqlite, or an address of MongoDB without a password (SECRET_SVC_STORE)")
    .addHelpText(
      "after",
      "\nThe store and its encryption key come from the variables of 'serve': see 'secret-svc serve --help'.",
    );
}
