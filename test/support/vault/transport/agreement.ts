import { ConnectError } from "@connectrpc/connect";
import { ErrorDetailSchema, ReasonSchema } from "../../../../gen/secret/v1/error_pb.ts";
import type { Api } from "../../api/fixture.ts";
import type { VaultAnswer, VaultCaller } from "../vault-call.ts";

/** The two ways to the service of one caller. */
export interface BothWays {
  readonly api: Api;
  readonly call: VaultCaller;
}

/**
 * Repeats over REST what was refused below `/v1/`, and throws that refusal, which says more. Fails the test unless both
 * have the same reason.
 */
export async function refusedAlike(answer: VaultAnswer, again: () => Promise<unknown>): Promise<never> {
  const failure: unknown = await again().then(
    () => undefined,
    (error: unknown) => error,
  );
  const reasons = { vault: reasonOfAnswer(answer), rest: reasonOfError(failure) };
  if (reasons.vault !== reasons.rest) throw new Error(`refused differently: ${JSON.stringify(reasons)}`);
  throw failure;
}

/** A 404 has no reason, because clients would take that for a sign that there is something. */
function reasonOfAnswer({ status, headers, text }: VaultAnswer): string {
  return headers.get("x-secret-svc-reason") ?? (status === 404 ? "NOT_FOUND" : `${status} ${text}`);
}

function reasonOfError(error: unknown): string {
  if (!(error instanceof ConnectError)) return `not refused: ${String(error)}`;
  const [detail] = error.findDetails(ErrorDetailSchema);
  return ReasonSchema.value[detail?.reason ?? 0]?.localName ?? "none";
}
