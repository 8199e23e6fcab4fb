import type { Principal } from "./access.ts";

/** What the set-up of this process tells about its safety. */
export interface SecurityFacts {
  readonly defaultKey: boolean;
  /** The address listened on is not loopback, and there is no TLS. */
  readonly plaintextBeyondLoopback: boolean;
  readonly auditFailing: boolean;
}

/** Whether the service is set up safely. Why it is not is told to operators only: to others it would be a map. */
export function describeSecurity(
  facts: SecurityFacts,
  caller: Principal,
): { readonly isSecure: boolean; readonly reasons: string[] } {
  const reasons: string[] = [];
  if (facts.defaultKey) reasons.push("it is using the default encryption key");
  if (facts.plaintextBeyondLoopback) reasons.push("it is listening without TLS on an address that is not loopback");
  if (facts.auditFailing) reasons.push("audit records cannot be stored");
  return { isSecure: reasons.length === 0, reasons: caller.operator ? reasons : [] };
}
