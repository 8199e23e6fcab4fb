import type { Approver } from "./session-plan.ts";

/** The login of a terminal, from its beginning to its session. */
export interface TerminalLogin {
  readonly challenge: string;
  /** 0: the person types a code. */
  readonly port: number;
  readonly client: string;
  readonly peer: string;
  /** Id of the login method; "" to let the person choose. */
  readonly method: string;
  /** 0: as long as the provider allows. */
  readonly sessionMs: number;
  readonly grants: readonly string[];
  readonly userCode: string;
  readonly state: "waiting" | "approved" | "denied";
  /** Set when it is approved. */
  readonly who: Approver | undefined;
  /** SHA-256 of what the browser brings to the port; "" where a code is typed. */
  readonly codeHash: string;
  /** When the terminal may ask again, and how long it has to wait then. */
  readonly nextPollMs: number;
  readonly intervalMs: number;
}
