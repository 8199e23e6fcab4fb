import type { Exchange } from "../http/call/exchange.ts";
import { badRequest, VaultRefusal } from "./refusal.ts";

/**
 * Refuses what a header asks for and is not there, before anything is done: a response that is wrapped, and another
 * namespace than the tenant of the caller. `tenant` is undefined where there is no caller.
 */
export function requirePlainRequest(headers: Exchange["headers"], tenant: string | undefined): void {
  const wrap = headers["x-vault-wrap-ttl"];
  if (wrap !== undefined && !/^(?:0[a-z]*)*$/i.test(String(wrap))) {
    throw badRequest("response wrapping is not supported");
  }
  if (tenant === undefined) return;
  const namespace = String(headers["x-vault-namespace"] ?? "").replace(/^\/+|\/+$/g, "");
  if (namespace === "" || namespace === "root" || namespace === tenant) return;
  const text = `permission denied: this token is of the tenant ${tenant}`;
  throw new VaultRefusal(403, "other-tenant", text);
}
