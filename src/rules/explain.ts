import { type AccessListName, listOfRight, type Right, rights } from "../text/access-list-names.ts";
import {
  type Decision,
  decide,
  decideCreate,
  grantOfRight,
  identitiesOf,
  isVisible,
  mayLearnOf,
  type Principal,
  type Rule,
  type Subject,
} from "./access.ts";
import { findGrant } from "./grants.ts";

export const explainedRights = [...rights, "create"] as const;
export type ExplainedRight = (typeof explainedRights)[number];

/** What a call that needs one right would come to, and why. */
export interface RightExplanation {
  readonly right: ExplainedRight;
  readonly allowed: boolean;
  readonly rule: Rule;
  /** The list that gives the right; undefined for creating. */
  readonly list: AccessListName | undefined;
  /** The names of the principal that are in that list. */
  readonly entries: readonly string[];
  /** The grant, as `action:glob`, that leaves the right to a narrowed token. */
  readonly grant: string | undefined;
}

/** What the real calls decide for `principal` on a key, right by right. `subject` is what the key holds, removed or not. */
export function explainRights(
  principal: Principal,
  key: string,
  subject: Subject | undefined,
): readonly RightExplanation[] {
  return explainedRights.map((right) => explainRight(principal, key, subject, right));
}

export function explainRight(
  principal: Principal,
  key: string,
  subject: Subject | undefined,
  right: ExplainedRight,
): RightExplanation {
  const action = right === "create" ? right : grantOfRight[right];
  const { allowed, rule } = decisionOn(principal, key, subject, right);
  const isListed = right !== "create" && subject?.removed === false && subject.tenant === principal.tenant;
  return {
    right,
    allowed,
    rule,
    list: right === "create" ? undefined : listOfRight[right],
    entries: isListed ? identitiesOf(principal).filter((name) => subject.lists[listOfRight[right]].includes(name)) : [],
    grant: allowed ? findGrant(principal.grants, [action], key) : undefined,
  };
}

function decisionOn(principal: Principal, key: string, subject: Subject | undefined, right: ExplainedRight): Decision {
  if (right !== "create") return decide(principal, subject, right);
  // Of a key that is taken this says what would be decided if it were not.
  return decideCreate(principal, key, subject?.removed === true ? subject : undefined);
}

/**
 * What of a key may be told to `principal`: undefined also for a secret that other calls would not admit to exist, so that
 * an explanation is the same for both.
 */
export function toldOf<Kind extends Subject>(
  principal: Principal,
  key: string,
  subject: Kind | undefined,
): Kind | undefined {
  if (subject === undefined || mayLearnOf(principal, key)) return subject;
  const isTold = subject.removed ? decideCreate(principal, key, subject).allowed : isVisible(principal, subject);
  return isTold ? subject : undefined;
}

/** Whether a text names a right that can be explained. */
export function isExplainedRight(text: string): text is Right | "create" {
  return explainedRights.some((right) => right === text);
}
