/** How a call to the service ended, as far as its caller can know. */
export type Answer =
  | { readonly status: "ok"; readonly body: AnswerBody }
  /** It says, or it is certain, that nothing was changed and nothing shown. */
  | { readonly status: "refused"; readonly code: string }
  | { readonly status: "unknown" }
  /** An answer that no fault explains. */
  | { readonly status: "unexpected"; readonly code: string; readonly message: string };

export interface AnswerBody {
  readonly secrets?: readonly ShownSecret[];
  readonly missingKeys?: readonly string[];
  readonly errors?: readonly unknown[];
  readonly results?: readonly { readonly key: string; readonly version: number }[];
  readonly events?: readonly AuditEvent[];
  readonly nextPageToken?: string;
}

export interface ShownSecret {
  readonly key: string;
  readonly version: number;
  readonly value?: string;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface AuditEvent {
  readonly principal: string;
  readonly action: string;
  readonly key: string;
  readonly version: number;
  readonly decision: string;
  readonly chain: string;
  readonly position: string;
}

const refusals = new Set(["aborted", "not_found", "unavailable", "resource_exhausted"]);
const unknowns = new Set(["unknown", "deadline_exceeded", "canceled"]);

/** One call with a time limit; it is not repeated. Never rejects. */
export async function callService(
  service: { readonly url: string },
  token: string,
  [method, path]: readonly [string, string],
  body: object,
  timeoutMs: number,
): Promise<Answer> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(service.url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
    });
    text = await response.text();
  } catch (error) {
    const cause = (error as { cause?: { code?: string } }).cause;
    return cause?.code === "ECONNREFUSED" ? { status: "refused", code: "not sent" } : { status: "unknown" };
  }
  if (response.ok) return { status: "ok", body: JSON.parse(text) };
  const { code = `HTTP ${response.status}`, message = "" } = parseError(text);
  if (refusals.has(code)) return { status: "refused", code };
  return unknowns.has(code) ? { status: "unknown" } : { status: "unexpected", code, message };
}

function parseError(text: string): { code?: string; message?: string } {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
