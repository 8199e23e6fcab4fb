import type { Exchange } from "../http/call/exchange.ts";
import type { IdentityContext } from "../identity/directory.ts";
import type { Context } from "../rules/context.ts";
import { capabilitiesOperation } from "./capabilities.ts";
import { envOperation } from "./env-mount.ts";
import { loginOperation } from "./login.ts";
import { isMountKind, readMountPath, refusing } from "./mount-path.ts";
import { isMountName, type MountName } from "./mounts.ts";
import type { Operation } from "./operation.ts";
import { asksUnclearly, readPath, type VaultPath } from "./path.ts";
import { badRequest, unsupported, VaultRefusal } from "./refusal.ts";
import { secretOperation } from "./secret-mount.ts";
import { type SystemOptions, systemOperation } from "./system.ts";
import { tokenOperation } from "./tokens.ts";

export interface RouteOptions extends Pick<SystemOptions, "isReady"> {
  readonly context: Context & IdentityContext;
  readonly prefix: string;
}

/** What a request asks for, and the path that messages name. */
export interface Found {
  readonly operation: Operation;
  readonly path: string;
}

/** Never fails: what there is not is an operation that is refused, once its caller is known. */
export function findOperation(options: RouteOptions, exchange: Exchange): Found {
  const { url, verb } = exchange;
  const path = readPath(url, options.prefix);
  if (path === undefined) {
    const refusal = badRequest("the path is not encoded well, or has an encoded separator");
    return { operation: refusing("Unknown", "secret.read", refusal), path: "path" };
  }
  const shown = path.segments.slice(2).join("/");
  // Of the parser of HTTP/1.1, which knows these two and not LIST and SCAN.
  if (verb === "LINK" || verb === "BIND") {
    return { operation: refusing("Unknown", "secret.read", unsupported()), path: shown };
  }
  const contentType = exchange.headers["content-type"];
  return { operation: operationAt(options, path, verb, contentType), path: shown };
}

function operationAt(options: RouteOptions, path: VaultPath, verb: string, contentType: string | undefined): Operation {
  const { context } = options;
  const [first = "", kind = ""] = path.segments;
  const whole = path.segments.join("/");
  if (isMountName(first)) return mountOperation(context, first, path, verb, contentType);
  if (first === "sys") {
    if (whole === "sys/capabilities-self") return capabilitiesOperation(context, verb);
    const { isReady } = options;
    return systemOperation({ isReady, now: () => context.now() }, path, verb) ?? noRoute(whole);
  }
  if (first === "auth") {
    const [, , step, user, ...more] = path.segments;
    if (step === "login" && more.length === 0) return loginOperation(user || undefined, verb, () => context.now());
    if (kind !== "token") return noRoute(whole);
    return tokenOperation(context, path, verb) ?? noRoute(whole);
  }
  // 404 would mean that a secret is gone, and clients delete their copies then.
  const text = `permission denied: there is no mount ${first}/`;
  return refusing("Unknown", "secret.read", new VaultRefusal(403, "unknown-mount", text));
}

function mountOperation(
  context: Context,
  mount: MountName,
  path: VaultPath,
  verb: string,
  contentType: string | undefined,
): Operation {
  const [, kind = ""] = path.segments;
  if (!isMountKind(kind)) {
    return {
      name: "Unknown",
      action: "secret.read",
      run: async () => ({ status: 404, warnings: [invalidPath(verb)], isUnrecorded: true }),
    };
  }
  if (verb === "GET" && asksUnclearly(path.query)) {
    return refusing("Unknown", "secret.list", badRequest("list and scan are true or false, and not both true"));
  }
  const mountPath = readMountPath(path, kind, verb, contentType);
  return mount === "env" ? envOperation(context, mountPath) : secretOperation(context, mountPath);
}

function invalidPath(verb: string): string {
  const command = verb === "PUT" || verb === "POST" ? "put" : "get";
  return (
    "Invalid path for a versioned K/V secrets engine. See the API docs for the appropriate API endpoints to use. " +
    `If using the Vault CLI, use 'vault kv ${command}' for this operation.`
  );
}

function noRoute(path: string): Operation {
  return refusing("Unknown", "secret.read", new VaultRefusal(404, "no-route", noHandler(path)));
}

function noHandler(path: string): string {
  return `no handler for route "${path}". route entry not found.`;
}
