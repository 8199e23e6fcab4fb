import { type Api, type ServiceOptions, startService, type TestService } from "../api/fixture.ts";
import { rest } from "../api/transports.ts";
import { type Intruder, intrude, recordedAtOnce } from "./database.ts";

// Names of the same length, so that answers can be compared byte by byte once the name is blanked.

export const forbidden = { live: "prod/SECRET-LIVE-1", removed: "prod/SECRET-GONE-1" };
export const absent = "prod/SECRET-NONE-1";
export const ids = { live: "secr_id_live_1", removed: "secr_id_gone_1", absent: "secr_id_none_1" };

/** A service with secrets that the strangers have no right on. */
export interface ForbiddenSecrets {
  readonly service: TestService;
  readonly intruder: Intruder;
  /** A user in no list. */
  readonly mallory: Api;
  /** An admin's token that is narrowed to other keys. */
  readonly narrowed: Api;
  /** What the audit log got since the last call, without what differs between any two requests. */
  recordsSince(): unknown[];
  stop(): Promise<void>;
}

/** The forbidden keys are secrets, and folders with one more secret. */
export async function startWithForbiddenSecrets(options: ServiceOptions = {}): Promise<ForbiddenSecrets> {
  const service = await startService(rest, {
    ...options,
    environment: { ...recordedAtOnce, ...options.environment },
  });
  const mallory = await service.addUser("mallory", { roles: ["team-m"] });
  await service.addUser("other-admin", { tenant: "other", admin: true });
  const grants = ["read", "create", "save-value", "save-lists", "remove"].map((action) => ({
    action,
    keyPatterns: ["dev/*", "prod/OTHER-*"],
  }));
  const narrowed = service.as((await service.admin.identity.createToken({ grants })).secret);
  const { secrets } = service.admin;
  const lists = { readers: ["bob"], writers: ["bob"] };
  await secrets.saveSecrets({
    secrets: [
      { key: forbidden.live, id: ids.live, value: "v", ...lists, deleters: ["bob"] },
      { key: `${forbidden.live}/DEEP`, value: "v", ...lists },
      { key: "prod/DERIVED", value: "v" },
      { key: forbidden.removed, id: ids.removed, value: "v", ...lists },
      { key: `${forbidden.removed}/DEEP`, value: "v", ...lists },
    ],
  });
  await secrets.removeSecrets({ keys: [forbidden.removed, `${forbidden.removed}/DEEP`] });
  const intruder = intrude(service.dataDir);
  return {
    service,
    intruder,
    mallory,
    narrowed,
    recordsSince: () =>
      intruder.newRecords().map(({ mac: _mac, position: _, rowid: __, request_id: ___, ...record }) => {
        return JSON.parse(blanked(JSON.stringify(record)));
      }),
    async stop() {
      intruder.close();
      await service.stop();
    },
  };
}

/** The whole answer without what differs between any two: names, the request's id, the time. */
export function blanked(answer: string): string {
  return [forbidden.live, forbidden.removed, absent, ids.live, ids.removed, ids.absent]
    .reduce((text, name) => text.replaceAll(name, "NAME"), withoutEncoding(answer))
    .replace(/x-request-id: .*|"x-request-id":"[^"]*"/, "")
    .replace(/"request_id":"[^"]*"/, "")
    .replace(/date: .*|"date":"[^"]*"/, "");
}

/** Details are base64, and the message of gRPC is percent-encoded: names in them must also be blanked. */
function withoutEncoding(answer: string): string {
  return answer
    .replaceAll(/("value":\s*"|-bin":")([A-Za-z0-9+/=_-]*)"/g, (_, start, text) => {
      return `${start}${Buffer.from(text, "base64").toString("latin1")}"`;
    })
    .replaceAll("%2F", "/");
}

/** Which of the forbidden secrets, to whom: see `strangerTokens`. */
export const forbiddenCases = [
  ["live", "a stranger"],
  ["removed", "a stranger"],
  ["live", "a narrowed token"],
  ["removed", "a narrowed token"],
] as const;

/** The tokens of those in `forbiddenCases`. */
export function strangerTokens({ mallory, narrowed }: ForbiddenSecrets) {
  return { "a stranger": mallory.token, "a narrowed token": narrowed.token };
}
