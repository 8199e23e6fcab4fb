import type { Grant } from "../../../gen/secret/v1/identity_service_pb.ts";
import { usageError } from "./errors.ts";

const form = /^([a-z-]+):(.+)$/;

/** Parses `--can create:prod/*`, given once or several times. The service checks the actions and the patterns. */
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

/** The grants as `--can` takes them. */
export function grantTexts(grants: readonly Grant[]): string[] {
  return grants.flatMap(({ action, keyPatterns }) => keyPatterns.map((pattern) => `${action}:${pattern}`));
}

/** The grants without the fields that the generated code adds. */
export function toGrantsJson(grants: readonly Grant[]): { action: string; keyPatterns: string[] }[] {
  return grants.map(({ action, keyPatterns }) => ({ action, keyPatterns }));
}
