import type { Reply } from "./answers.ts";
import { mountNames, mountOf } from "./mounts.ts";
import type { Operation } from "./operation.ts";
import type { VaultPath } from "./path.ts";
import { badRequest, unsupported, VaultRefusal } from "./refusal.ts";

/** Clients decide by it what they may use. */
const version = "1.20.0";
const cluster = { cluster_name: "secret-svc", cluster_id: "00000000-0000-0000-0000-000000000000" };

export interface SystemOptions {
  /** Whether the service can serve calls, as `/readyz` says. */
  isReady(): boolean;
  now(): number;
}

/** The paths below `sys/`; undefined for one that there is not. `segments` are those after `sys`. */
export function systemOperation(
  options: SystemOptions,
  { segments: [, first = "", ...rest], query }: VaultPath,
  verb: string,
): Operation | undefined {
  const isRead = verb === "GET" || verb === "HEAD";
  switch ([first, ...rest.slice(0, 2)].join("/")) {
    case "health":
      return open("ReadHealth", isRead, () => health(options, query));
    case "seal-status":
      return open("ReadSealStatus", isRead, () => sealStatus);
    case "leader":
      return open("ReadLeader", isRead, () => plain({ ha_enabled: false }));
    case "init":
      return open("ReadInit", isRead, () => plain({ initialized: true }));
    case "internal/ui/mounts":
      return known("ReadMounts", isRead, () => preflight(rest.slice(2).join("/")));
  }
  if (first !== "mounts" || rest.length > 2 || (rest[1] ?? "") !== "") return undefined;
  const name = rest[0] ?? "";
  return known("ReadMounts", isRead, () => (name === "" ? bothMounts() : oneMount(name)));
}

function open(name: string, isRead: boolean, answer: () => Reply): Operation {
  const run = async () => {
    if (!isRead) throw unsupported();
    return answer();
  };
  return { name, action: "user.whoami", isPublic: true, run };
}

/** Needs a good token, and no right. */
function known(name: string, isRead: boolean, answer: () => Reply): Operation {
  const run = async () => {
    if (!isRead) throw unsupported();
    return { ...answer(), isUnrecorded: true } as const;
  };
  return { name, action: "user.whoami", run };
}

function plain(value: object, status = 200): Reply {
  return { status, plain: JSON.stringify(value) };
}

function health({ isReady, now }: SystemOptions, query: URLSearchParams): Reply {
  const sealed = !isReady();
  const activeCode = readCode(query, "activecode") ?? 200;
  const sealedCode = readCode(query, "sealedcode") ?? 503;
  const facts = {
    initialized: true,
    sealed,
    standby: false,
    performance_standby: false,
    replication_performance_mode: "disabled",
    replication_dr_mode: "disabled",
    server_time_utc: Math.floor(now() / 1000),
    version,
    ...cluster,
  };
  return plain(facts, sealed ? sealedCode : activeCode);
}

/** A status that the caller wants to see instead of the usual one. */
function readCode(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const code = /^\d{3}$/.test(text) ? Number(text) : 0;
  if (code < 200 || code > 599) throw badRequest(`${name} must be a status from 200 to 599`);
  return code;
}

const sealStatus = plain({
  type: "shamir",
  initialized: true,
  sealed: false,
  t: 1,
  n: 1,
  progress: 0,
  nonce: "",
  recovery_seal: false,
  version,
  build_date: "2026-01-01T00:00:00Z",
  migration: false,
  ...cluster,
  storage_type: "secret-svc",
});

/** What clients ask before they use a path: how the mount of it is to be spoken to. */
function preflight(path: string): Reply {
  if (path === "") return { status: 200, data: JSON.stringify({ auth: {}, secret: allMounts() }) };
  const [name = ""] = path.split("/");
  const mount = mountOf(name);
  if (mount !== undefined) return { status: 200, data: JSON.stringify(mount) };
  const advice = `please ensure client's policies grant access to path "${path.replace(/\/*$/, "/")}"`;
  throw new VaultRefusal(403, "unknown-mount", `preflight capability check returned 403, ${advice}`);
}

function allMounts(): Readonly<Record<string, unknown>> {
  return Object.fromEntries(mountNames.map((name) => [`${name}/`, mountOf(name)]));
}

function bothMounts(): Reply {
  const data = JSON.stringify(allMounts());
  return { status: 200, data, top: data };
}

function oneMount(name: string): Reply {
  const mount = mountOf(name);
  if (mount === undefined) throw badRequest(`No secret engine mount at ${name}/`);
  const data = JSON.stringify(mount);
  return { status: 200, data, top: data };
}
