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
import { permitText } from "./permits.ts";

/** The rights of the lists, and creating, which no list gives. */
export const explainedRights = [...rights, "create"] as const;
export type ExplainedRight = (typeof explainedRights)[number];

/** Whether a call that needs one right would be allowed, and why. */
export interface RightExplanation {
  readonly right: ExplainedRight;
  readonly allowed: boolean;
  readonly rule: Rule;
  /** The list that gives the right; undefined for creating. */
  readonly list: AccessListName | undefined;
  /** The identities of the principal that are in that list. */
  readonly entries: readonly string[];
  /** The grant, as `action:glob`, that leaves a narrowed token this right. */
  readonly grant: string | undefined;
  /** The permit, as `name:glob`, that lets the principal create the key. */
  readonly permit: string | undefined;
}

/**
 * What the real calls decide for `principal` on a key, right by right. `subject` is the key's secret, removed or not.
 */
export function explainRights(
  principal: Principal,
  key: string,
  subject: Subject | undefined,
): readonly RightExplanation[] {
  return explainedRights.map((right) => explainRight(principal, key, subject, right));
}

/** The same for one right, with the entries and the grant that are the reason for it. */
export function explainRight(
  principal: Principal,
  key: string,
  subject: Subject | undefined,
  right: ExplainedRight,
): RightExplanation {
  const action = right === "create" ? right : grantOfRight[right];
  const { allowed, rule, permit } = decisionOn(principal, key, subject, right);
  const isListed = right !== "create" && subject?.removed === false && subject.tenant === principal.tenant;
  return {
    right,
    allowed,
    rule,
    list: right === "create" ? undefined : listOfRight[right],
    entries: isListed ? identitiesOf(principal).filter((name) => subject.lists[listOfRight[right]].includes(name)) : [],
    grant: allowed ? findGrant(principal.grants, [action], key) : undefined,
    permit: allowed && permit !== undefined ? permitText(permit) : undefined,
  };
}

function decisionOn(principal: Principal, key: string, subject: Subject | undefined, right: ExplainedRight): Decision {
  if (right !== "create") return decide(principal, subject, right);
  // If the key is taken, this is the decision that would be made if it were free.
  return decideCreate(principal, key, subject?.removed === true ? subject : undefined);
}

/**
 * The secret under a key, as far as `principal` may know of it. Undefined also for a secret whose existence other calls
 * would not reveal, so that a hidden secret is explained in the same way as a missing one.
 */
export function knownSubject<Kind extends Subject>(
  principal: Principal,
  key: string,
  subject: Kind | undefined,
): Kind | undefined {
  if (subject === undefined || mayLearnOf(principal, key)) return subject;
  const isKnown = subject.removed ? decideCreate(principal, key, subject).allowed : isVisible(principal, subject);
  return isKnown ? subject : undefined;
}

/** Whether a text names a right that can be explained. */
export function isExplainedRight(text: string): text is Right | "create" {
  return explainedRights.some((right) => right === text);
}
