import { TeamKind, TeamOutcome } from "../../gen/secret/v1/identity_service_pb.ts";
import type { TeamKind as Kind, TeamOutcome as Outcome, TeamChange } from "../identity/plan-team.ts";

/** What is not a kind prunes nothing. */
export const teamKinds: Record<TeamKind, Kind | undefined> = {
  [TeamKind.UNSPECIFIED]: undefined,
  [TeamKind.USER]: "user",
  [TeamKind.PERMIT]: "permit",
  [TeamKind.TOKEN]: "token",
};

const wireKinds: Record<Kind, TeamKind> = { user: TeamKind.USER, permit: TeamKind.PERMIT, token: TeamKind.TOKEN };

const wireOutcomes: Record<Outcome, TeamOutcome> = {
  created: TeamOutcome.CREATED,
  updated: TeamOutcome.UPDATED,
  unchanged: TeamOutcome.UNCHANGED,
  removed: TeamOutcome.REMOVED,
  missing: TeamOutcome.MISSING,
  "not-named": TeamOutcome.NOT_NAMED,
};

export function toWireTeamChange({ kind, outcome, name, detail, rolesAdded, rolesRemoved, admin }: TeamChange) {
  return {
    kind: wireKinds[kind],
    outcome: wireOutcomes[outcome],
    name,
    detail,
    rolesAdded: [...rolesAdded],
    rolesRemoved: [...rolesRemoved],
    ...(admin === undefined ? {} : { admin }),
  };
}
