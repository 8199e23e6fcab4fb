import { hash, randomInt, timingSafeEqual } from "node:crypto";
import { type Failure, SecretError, throwAny } from "../error.ts";
import { limits } from "../limits.ts";
import type { Caller } from "../rules/caller.ts";
import { checkGrants, type GrantInput, grantTexts } from "../rules/grants.ts";
import { slugProblem } from "../rules/secret-key.ts";
import { createTokenSecret } from "../rules/token.ts";
import { longestOf, narrowedTo, planOfApprover } from "./approver.ts";
import type { LoginCall } from "./log-in.ts";
import { newStepSecret } from "./named-steps.ts";
import { openSession } from "./open-session.ts";
import { offersPasskeys, passkeyId } from "./passkey-method.ts";
import type { PeopleContext } from "./people-context.ts";
import type { Approver } from "./session-plan.ts";
import type { TerminalLogin } from "./terminal-login.ts";

export interface BeginRequest {
  readonly challenge: string;
  readonly loopbackPort: number;
  readonly client: string;
  readonly method: string;
  readonly sessionMs: number | undefined;
  readonly grants: readonly GrantInput[];
}

export interface Begun {
  readonly loginId: string;
  readonly url: string;
  /** "" unless a code is typed. */
  readonly userCode: string;
  readonly expiresInSeconds: number;
  readonly intervalSeconds: number;
}

export interface FinishRequest {
  readonly loginId: string;
  readonly verifier: string;
  readonly code: string;
}

const intervalMs = 5_000;
/** Without vowels, so that no word comes out, and without letters that look alike. */
const codeLetters = "BCDFGHJKLMNPQRSTVWXZ";
const codeForm = new RegExp(`^[${codeLetters}]{8}$`);
const minSessionMs = 60_000;

/** What a person has typed, as it is stored; undefined when it cannot be a code. */
export function readUserCode(typed: string): string | undefined {
  const code = typed.toUpperCase().replace(/[\s-]/g, "");
  return codeForm.test(code) ? code : undefined;
}

/** Begins the login of a terminal. Throws INVALID_FIELD, NOT_FOUND, LOGIN_UNAVAILABLE and RATE_LIMITED. */
export async function beginTerminalLogin(
  context: PeopleContext,
  { peer }: LoginCall,
  request: BeginRequest,
): Promise<Begun> {
  context.identity.admitVisit(peer);
  const { loopbackPort: port, method, client, challenge, sessionMs = 0 } = request;
  requireFields(request);
  const providers = context.providers();
  const { main } = context.identity.places;
  if (main === undefined) throw unavailable("no one can log in here until SECRET_SVC_URL is set");
  const hasPasskeys = await offersPasskeys(context.identity);
  if (providers.length === 0 && !hasPasskeys) {
    throw unavailable("no login provider is set up here, and no one has a passkey; use a token");
  }
  const methods = [...providers.map(({ id }) => id), ...(hasPasskeys ? [passkeyId] : [])];
  if (method !== "" && !methods.includes(method)) {
    throw new SecretError({ reason: "NOT_FOUND", message: `there is no login method ${method}`, field: "method" });
  }
  if (port === 0 && !context.isDeviceLogin) throw unavailable("logins with a code that is typed are off here");
  const grants = grantTexts(checkGrants(request.grants, "grants"));
  const loginId = newStepSecret();
  const userCode =
    port === 0 ? Array.from({ length: 8 }, () => codeLetters[randomInt(codeLetters.length)]).join("") : "";
  const endAtMs = context.identity.now() + limits.loginMs;
  const started = { challenge, port, client, peer, method, sessionMs, grants, userCode } as const;
  const nothing = { state: "waiting", who: undefined, codeHash: "", nextPollMs: 0, intervalMs } as const;
  await context.terminals.add(loginId, { ...started, ...nothing }, endAtMs);
  if (userCode !== "" && !(await context.userCodes.add(userCode, loginId, endAtMs))) {
    throw new SecretError({ reason: "CONTENTION", message: "another login has the same code; try again" });
  }
  const isPasskey = method === passkeyId || (method === "" && providers.length === 0);
  const { origin } = (isPasskey ? context.identity.places.passkeys : undefined) ?? main;
  return {
    loginId,
    url: port === 0 ? `${origin}/login/cli` : `${origin}/login/cli?id=${loginId}`,
    userCode: userCode === "" ? "" : `${userCode.slice(0, 4)}-${userCode.slice(4)}`,
    expiresInSeconds: limits.loginMs / 1000,
    intervalSeconds: intervalMs / 1000,
  };
}

type Check = (field: string, isGood: boolean, rule: string) => void;

/** Throws INVALID_FIELD for all fields that break their rule. */
function requireRules(checkAll: (check: Check) => void): void {
  const problems: Failure[] = [];
  checkAll((field, isGood, rule) => {
    if (!isGood) problems.push({ reason: "INVALID_FIELD", message: `${field} ${rule}`, field });
  });
  throwAny(problems);
}

function requireFields({ challenge, loopbackPort, client, method, sessionMs }: BeginRequest): void {
  requireRules((check) => {
    check(
      "challenge",
      /^[A-Za-z0-9_-]{43}$/.test(challenge),
      "must be 43 characters of base64url, the SHA-256 of a verifier",
    );
    check("loopbackPort", loopbackPort <= 65_535, "must be a port from 1 to 65535, or 0");
    check("client", /^[ -~]{0,60}$/.test(client), "must be at most 60 printable ASCII characters");
    check("method", method === "" || slugProblem(method) === undefined, "must be the id of a login method");
    check("session", sessionMs === undefined || sessionMs >= minSessionMs, "must be 1 minute or more");
  });
}

const loginCodeForm = new RegExp(`^[A-Za-z0-9_-]{1,${limits.loginCodeBytes}}$`);

/** What cannot be right is refused before it is looked for, and does not count as a guess. */
function requireFinishFields({ loginId, verifier, code }: FinishRequest): void {
  const ofCode = `must be at most ${limits.loginCodeBytes} characters of base64url`;
  requireRules((check) => {
    check("loginId", loginCodeForm.test(loginId), ofCode);
    check(
      "verifier",
      /^[A-Za-z0-9._~-]{43,128}$/.test(verifier),
      "must be 43 to 128 characters of A-Z a-z 0-9 - . _ ~",
    );
    check("code", code === "" || loginCodeForm.test(code), ofCode);
  });
}

function unavailable(message: string): SecretError {
  return new SecretError({ reason: "LOGIN_UNAVAILABLE", message });
}

/**
 * The session of a login that was approved; once. Throws LOGIN_PENDING, SLOW_DOWN, LOGIN_DENIED, LOGIN_EXPIRED, and
 * UNAUTHENTICATED for a wrong verifier or code, which counts as a failed authentication.
 */
export async function finishTerminalLogin(
  context: PeopleContext,
  call: LoginCall,
  { loginId, verifier, code }: FinishRequest,
): Promise<{ readonly secret: string; readonly caller: Caller }> {
  requireFinishFields({ loginId, verifier, code });
  const { terminals, identity } = context;
  const onWrong = () => identity.countFailure(call.peer);
  const found = await terminals.find(loginId);
  if (found === undefined) throw expired();
  const login = found.content;
  if (!isEqual(hash("sha256", verifier, "base64url"), login.challenge)) throw wrong("the verifier", onWrong);
  if (login.state === "denied") {
    await terminals.take(loginId);
    throw new SecretError({ reason: "LOGIN_DENIED", message: "the login was refused in the browser" });
  }
  if (login.state === "waiting" || login.who === undefined) {
    const nowMs = identity.now();
    const isTooSoon = nowMs < login.nextPollMs;
    const slower = login.intervalMs + (isTooSoon ? intervalMs : 0);
    await terminals.replace(found, { ...login, intervalMs: slower, nextPollMs: nowMs + slower });
    if (!isTooSoon) throw new SecretError({ reason: "LOGIN_PENDING", message: "the login is not approved yet" });
    const retryAfterSeconds = slower / 1000;
    const message = `the login was asked for too soon; wait ${retryAfterSeconds} s between calls`;
    throw new SecretError({ reason: "SLOW_DOWN", message, retryAfterSeconds });
  }
  if (login.codeHash !== "" && !isEqual(hash("sha256", code, "base64url"), login.codeHash)) {
    throw wrong("the code", onWrong);
  }
  // Of two that finish it at once, one gets the session.
  if ((await terminals.take(loginId)) === undefined) throw expired();
  const secret = createTokenSecret();
  const plan = {
    ...(await planOfApprover(context, call, login.who)),
    grants: sessionGrantsOf(login.grants, login.who) ?? [],
    endAtMs: identity.now() + sessionLengthOf(context, login, login.who),
  };
  return { secret, caller: await openSession(identity, call, plan, { secret, client: login.client }) };
}

/** How long the session of a terminal will be. */
export function sessionLengthOf(context: PeopleContext, { sessionMs }: TerminalLogin, approver: Approver): number {
  const most = longestOf(context, approver);
  return sessionMs === 0 ? most : Math.min(sessionMs, most);
}

/**
 * What a session is narrowed to: what was asked for, within what everyone is narrowed to. Undefined when it is more.
 */
export function sessionGrantsOf(asked: readonly string[], approver: Approver): readonly string[] | undefined {
  const allowed = narrowedTo(approver);
  if (allowed.length === 0 || asked.length === 0) return asked.length === 0 ? allowed : asked;
  return asked.every((grant) => allowed.includes(grant)) ? asked : undefined;
}

function isEqual(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function expired(): SecretError {
  const message = "this login took too long, was used, or was not begun here; begin again";
  return new SecretError({ reason: "LOGIN_EXPIRED", message });
}

function wrong(what: string, onWrong: () => void): SecretError {
  onWrong();
  return new SecretError({ reason: "UNAUTHENTICATED", message: `${what} is not that of this login` });
}
