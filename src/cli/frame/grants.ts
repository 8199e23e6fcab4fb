import type { Grant } from "../../../gen/secret/v1/identity_service_pb.ts";
import { usageError } from "./errors.ts";

const form = /^([a-z-]+):(.+)$/;

/** Reads `--can create:prod/*`, once or several times. The service knows the actions and the grammar of patterns. */
export function parseGrants(texts: readonly string[]): { action: string; keyPatterns: string[] }[] {
  const patterns = new Map<string, string[]>();
  for (const text of texts) {
    const [, action, pattern] = form.exec(text) ?? [];
    if (action === undefined || pattern === undefined) {
      throw usageError("--can must be an action, ':' and a key pattern", "such as --can 'save-value:prod/*'");
    }
    patterns.set(action, [...(patterns.get(action) ?? []), pattern]);
  }
  return [...patterns].map(([action, keyPatterns]) => ({ action, keyPatterns }));
}

/** In the form of `--can`. */
export function grantTexts(grants: readonly Grant[]): string[] {
  return grants.flatMap(({ action, keyPatterns }) => keyPatterns.map((pattern) => `${action}:${pattern}`));
}

/** Without what the generated code adds. */
export function toGrantsJson(grants: readonly Grant[]): { action: string; keyPatterns: string[] }[] {
  return grants.map(({ action, keyPatterns }) => ({ action, keyPatterns }));
}
