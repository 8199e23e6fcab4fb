import type { Verdict } from "./differential.ts";

/** Why an answer may differ from that of OpenBao. `requests.json` names one for each that does. */
export const reasons = {
  token: "tokens have a tenant and a slug, and roles in place of policies",
  rights: "rights are those of the access lists",
  mount: "the mounts are those of the service",
  service: "the service describes itself, and ignores what it does not need",
  administration: "Vault's administration is not there",
  empty: "every 404 has a body",
  numbers: "numbers come back as they were written",
  words: "other words for the same refusal",
  unknown: "what no one knows is ignored without a warning",
  unclear: "what could mean two things is refused",
  null: "data must be an object, so there is no secret without one",
  settings: "settings cannot be made",
  cas: "0 is also for a removed secret",
  older: "only the newest value can be removed",
  version: "a version is a number from 0",
  path: "a path has the form of a key",
  size: "a value has at most 64 KiB",
  wrap: "responses are not wrapped",
  url: "tokens do not travel in paths",
  first: "the token comes before everything else",
  denied: "404 would mean that a secret is gone",
  login: "logins need no mount",
  follows: "follows from an earlier difference",
} as const;

/** How an answer differs, and why. Any other difference is an error. */
export type Difference = readonly [Exclude<Verdict, "same">, keyof typeof reasons];
