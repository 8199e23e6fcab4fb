import type { Context } from "../rules/context.ts";
import type { Forgotten } from "../workers/messages.ts";
import type { Siblings } from "../workers/siblings.ts";

/** What this process forgets because of a change, the other workers forget before the change is acknowledged. */
export function tellingSiblings(context: Context, { announce }: Pick<Siblings, "announce">): Context {
  const { quotas, sealing } = context;
  return {
    ...context,
    quotas: {
      ...quotas,
      async forget(tenant) {
        await quotas.forget(tenant);
        await announce({ kind: "quotas", tenant });
      },
    },
    sealing: {
      ...sealing,
      async forget(kids) {
        await sealing.forget(kids);
        await announce({ kind: "sealing-keys", kids });
      },
    },
  };
}

/** Forgets here what another worker has changed. */
export async function forgetHere(
  { quotas, sealing }: Pick<Context, "quotas" | "sealing">,
  forgetCallers: () => void,
  what: Forgotten,
): Promise<void> {
  switch (what.kind) {
    case "callers":
      return forgetCallers();
    case "quotas":
      return quotas.forget(what.tenant);
    case "sealing-keys":
      return sealing.forget(what.kids);
  }
}
