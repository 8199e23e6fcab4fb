import { SecretError } from "../error.ts";
import { limits } from "../limits.ts";
import { createSteps } from "./named-steps.ts";
import type { Identified } from "./plan-user.ts";
import type { StepContext } from "./steps.ts";

/** Longer than a login may take, and than a token about a logout is accepted. */
const rememberMs = 15 * 60_000;

/** Logouts at providers, remembered for logins that are under way in any process. The content is the time. */
const logoutsOf = (context: StepContext) => createSteps<number>(context, "logout", true);

type Person = Pick<Identified, "issuer" | "sid" | "subject">;

const nameOfSession = ({ issuer, sid }: Person) => JSON.stringify([issuer, "sid", sid]);
const nameOfPerson = ({ issuer, subject }: Person) => JSON.stringify([issuer, "sub", subject]);
const nameOfToken = (issuer: string, jti: string) => JSON.stringify([issuer, "jti", jti]);

/** Throws LOGIN_EXPIRED when the provider has logged the person out since they came back from it. */
export async function requireNoLogout(context: StepContext, who: Identified): Promise<void> {
  const logouts = logoutsOf(context);
  for (const name of [nameOfPerson(who), ...(who.sid === "" ? [] : [nameOfSession(who)])]) {
    const found = await logouts.find(name);
    if (found === undefined || found.content < who.atMs) continue;
    throw new SecretError({ reason: "LOGIN_EXPIRED", message: "the provider has logged you out; begin again" });
  }
}

/** Of a session, or without `sid` of everything that a person has. */
export async function rememberLogout(context: StepContext, person: Person): Promise<void> {
  const logouts = logoutsOf(context);
  const name = person.sid === "" ? nameOfPerson(person) : nameOfSession(person);
  const nowMs = context.now();
  for (let made = 0; made < limits.saveAttempts; made += 1) {
    if (await logouts.add(name, nowMs, nowMs + rememberMs)) return;
    // An earlier logout is replaced: a login between the two must end as well.
    await logouts.take(name);
  }
}

export async function wasUsed(context: StepContext, issuer: string, jti: string): Promise<boolean> {
  return (await logoutsOf(context).find(nameOfToken(issuer, jti))) !== undefined;
}

export async function rememberUse(context: StepContext, issuer: string, jti: string): Promise<void> {
  const nowMs = context.now();
  await logoutsOf(context).add(nameOfToken(issuer, jti), nowMs, nowMs + rememberMs);
}
