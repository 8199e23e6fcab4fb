import type { PrefixedAnswer } from "../http/call/prefix.ts";
import type { Metadata } from "../store/secret-rows.ts";

/** What a request is answered, apart from what every answer has. */
export interface Reply {
  readonly status: number;
  /** JSON of the field `data`. */
  readonly data?: string;
  /** JSON of the field `auth`. */
  readonly auth?: string;
  readonly warnings?: readonly string[];
  /** An object whose members are also at the top level. */
  readonly top?: string;
  /** JSON of the whole answer, without an envelope. */
  readonly plain?: string;
  /** Nothing below has recorded the decision, because it is about no secret. */
  readonly isUnrecorded?: true;
}

export const noContent: Reply = { status: 204 };
/** For what is missing. It is recorded already, so it is not a refusal. */
export const missing: Reply = { status: 404, plain: '{"errors":[]}' };

export function answerOf(reply: Reply, requestId: string): PrefixedAnswer {
  const code = reply.status < 400 ? "ok" : "not_found";
  if (reply.status === 204) return { status: 204, text: "", code };
  const text = reply.plain ?? envelope(reply, requestId);
  return { status: reply.status, text: `${text}\n`, code };
}

function envelope({ data = "null", auth = "null", warnings, top }: Reply, requestId: string): string {
  const more = top === undefined || top === "{}" ? "" : `,${top.slice(1, -1)}`;
  return (
    `{"request_id":${JSON.stringify(requestId)},"lease_id":"","renewable":false,"lease_duration":0,"data":${data},` +
    `"wrap_info":null,"warnings":${JSON.stringify(warnings ?? null)},"auth":${auth}${more}}`
  );
}

export interface VersionFacts {
  readonly version: number;
  readonly changedAtMs: number | undefined;
  readonly removedAtMs?: number | undefined;
  readonly isDestroyed?: boolean;
  readonly metadata: Metadata;
}

/** What Vault calls the metadata of a version. */
export function versionFacts({
  version,
  changedAtMs,
  removedAtMs,
  isDestroyed = false,
  metadata,
}: VersionFacts): string {
  return JSON.stringify({
    created_time: timeText(changedAtMs),
    custom_metadata: customMetadata(metadata),
    deletion_time: timeText(removedAtMs),
    destroyed: isDestroyed,
    version,
  });
}

export function customMetadata(metadata: Metadata): Readonly<Record<string, string>> | null {
  return metadata.length === 0 ? null : Object.fromEntries(metadata);
}

export function timeText(ms: number | undefined): string {
  return ms === undefined ? "" : new Date(ms).toISOString();
}
