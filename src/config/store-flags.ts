import type { Command } from "commander";

/** Flags that select the store. */
export interface StoreFlags {
  readonly dataDir?: string;
  readonly store?: string;
}

/** Adds the flags that select the store. All other settings come from the environment variables of `serve`. */
export function withStoreFlags(command: Command): Command {
  return command
    .option("--data-dir <directory>", "data directory (SECRET_SVC_DATA_DIR)")
    .option("--store <store>", "sqlite, or an address of MongoDB without a password (SECRET_SVC_STORE)")
    .addHelpText(
      "after",
      "\nThe environment variables of 'serve' set the store and its encryption key: see 'secret-svc serve --help'.",
    );
}
