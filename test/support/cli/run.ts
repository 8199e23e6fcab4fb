/** What came of a run of a program. */
export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** Nothing else of the environment but PATH is passed on, and to processes where compiled code is. */
  readonly env?: Readonly<Record<string, string>>;
  /** Standard input; closed at once when absent. */
  readonly input?: string | Uint8Array;
  readonly cwd?: string;
  /** A person reads standard error. Only for `runOo`. */
  readonly isWatched?: boolean;
}
