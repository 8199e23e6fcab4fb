import { hash } from "node:crypto";
import { limits } from "../limits.ts";
import { isVisible, type Principal } from "../rules/access.ts";
import { grantTexts } from "../rules/grants.ts";
import type { StoredSecret } from "../store/secret-rows.ts";
import type { SecretPage, SecretStore } from "../store/secret-store.ts";
import { visibleTo } from "./verified-secret.ts";

/** Everything about a caller that decides which secrets it can see, in a text of fixed length. */
export function rightsOf({ slug, roles, admin, grants }: Principal): string {
  return hash("sha256", JSON.stringify([slug, roles.toSorted(), admin, grantTexts(grants)]), "base64url");
}

/** A secret that a caller sees, or no longer sees, because the rights of the caller changed. */
export interface RightsChange {
  readonly kind: "appeared" | "gone";
  readonly secret: StoredSecret;
}

/** What of the stored secrets became visible or invisible when a caller's rights changed, first what is gone. */
export async function* changesOfRights(
  store: SecretStore,
  before: Principal,
  after: Principal,
  prefix: string,
): AsyncIterable<RightsChange> {
  for await (const secret of visibleSecrets(store, before, prefix)) {
    if (!isVisible(after, secret)) yield { kind: "gone", secret };
  }
  for await (const secret of visibleSecrets(store, after, prefix)) {
    if (!isVisible(before, secret)) yield { kind: "appeared", secret };
  }
}

async function* visibleSecrets(store: SecretStore, principal: Principal, prefix: string): AsyncIterable<StoredSecret> {
  const query = {
    tenant: principal.tenant,
    visibleTo: visibleTo(principal),
    right: "any",
    prefix,
    glob: undefined,
    limit: limits.pageDefault,
    scanLimit: limits.scannedRows,
    fieldsOnly: true,
  } as const;
  let after: string | undefined = "";
  do {
    const page: SecretPage = await store.listSecrets({ ...query, after });
    for (const secret of page.secrets) if (isVisible(principal, secret)) yield secret;
    after = page.next;
  } while (after !== undefined);
}
