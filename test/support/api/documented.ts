import { readFileSync } from "node:fs";
import type { Header, OpenApi, Operation } from "../../../scripts/openapi/document.ts";
import type { Answer, Reference } from "../../../scripts/openapi/errors.ts";
import { mismatches } from "./schema-mismatches.ts";

export const openApi = JSON.parse(
  readFileSync(new URL("../../../docs/openapi.json", import.meta.url), "utf8"),
) as OpenApi;

/** One call over HTTP, once it was answered. */
export interface SeenCall {
  readonly verb: string;
  readonly path: string;
  /** The JSON that was sent; undefined for none. */
  readonly request: unknown;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/**
 * Checks a call against `docs/openapi.json`. Throws for an answer with a status, a header, a type or a field that is
 * not in it, or without one that must be there; and when the service took a request that is not as described.
 */
export function checkDocumented(call: SeenCall): void {
  const problems = problemsOf(call);
  if (problems.length === 0) return;
  const what = `${call.verb} ${call.path}, status ${call.status}, is not what docs/openapi.json says`;
  throw new Error([what, ...problems].join("\n  "));
}

function problemsOf({ verb, path, request, status, headers, text }: SeenCall): string[] {
  const operation: Operation | undefined = openApi.paths[path]?.[verb.toLowerCase()];
  if (operation === undefined) return ["there is no such path with that verb"];
  const found = operation.responses[status];
  if (found === undefined) return [`the status is not declared; the answer was ${text}`];
  const answer: Answer = "$ref" in found ? resolve<Answer>(found) : found;
  const problems = Object.entries(answer.headers ?? {}).flatMap(([name, header]) => {
    const { required, schema } = resolve<Header>(header as Reference);
    const value = headers.get(name);
    if (value === null) return required === true ? [`the header ${name} is missing`] : [];
    return mismatches(resolve, schema, value, name);
  });
  const type = headers.get("content-type") ?? "";
  const content = answer.content?.[type];
  if (content === undefined) return [...problems, `the content-type ${type} is not declared`];
  problems.push(
    ...mismatches(resolve, content.schema, type === "application/json" ? JSON.parse(text) : text, "answer"),
  );
  if (status === 200 && request !== undefined) {
    const body = operation.requestBody?.content["application/json"].schema;
    problems.push(...(body === undefined ? ["it has no body"] : mismatches(resolve, body, request, "request")));
  }
  return problems;
}

/** What a reference in `docs/openapi.json` refers to. */
export function resolve<T>({ $ref }: Reference): T {
  let found: unknown = openApi;
  for (const part of $ref.split("/").slice(1)) found = (found as Record<string, unknown> | undefined)?.[part];
  if (found === undefined) throw new Error(`docs/openapi.json refers to ${$ref}, which is not there`);
  return found as T;
}
