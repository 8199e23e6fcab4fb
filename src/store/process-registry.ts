/** A process of the service on this store. */
export interface StoreProcess {
  /** Random. */
  readonly id: string;
  /** Its keyring keys, the active one first. */
  readonly kids: readonly string[];
}

/** The part of a store in which the processes of the service see each other. */
export interface ProcessRegistry {
  /**
   * A heartbeat: shows the other processes on this store that this one runs, and with which keys. Repeated every few
   * seconds. Throws `LayoutError` once a newer version of the program migrates or has migrated the store.
   */
  keepProcess(process: StoreProcess): Promise<void>;
  /** Processes with a heartbeat within the last `withinMs` by the store's clock, including this one. */
  listProcesses(withinMs: number): Promise<readonly StoreProcess[]>;
  /** Removes a process that ends. */
  removeProcess(id: string): Promise<void>;
}
