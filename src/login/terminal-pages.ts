import { hash } from "node:crypto";
import { networkOf } from "../admission/admission.ts";
import type { PageAnswer, Pages } from "../http/call/routes.ts";
import { limits } from "../limits.ts";
import { anonymousRecord } from "../rules/decision-record.ts";
import { answerPage, type OwnRequest, servePageOf } from "./answer-page.ts";
import { namesOf, previewApprover } from "./approver.ts";
import { takePasskeyCode } from "./codes.ts";
import { dropCookie, readCookie, setCookie } from "./cookies.ts";
import type { Flow } from "./flows.ts";
import { newStepSecret } from "./named-steps.ts";
import { approvePage, choosePage, codePage, goOnPage, notePage } from "./pages.ts";
import { offersPasskeys, passkeyId } from "./passkey-method.ts";
import { passkeyPage } from "./passkey-page.ts";
import type { Approval, PeopleContext } from "./people-context.ts";
import type { Approver } from "./session-plan.ts";
import { startLogin } from "./start-login.ts";
import { readUserCode, sessionGrantsOf, sessionLengthOf } from "./terminal.ts";
import type { TerminalLogin } from "./terminal-login.ts";

/**
 * The pages on which a person lets a terminal act for them. They need no session and no console, and a script only for
 * a passkey.
 */
export function terminalPages(context: PeopleContext): Pages {
  return {
    "/login/cli": {
      GET: servePageOf(context, (request) => openTerminal(context, request)),
      POST: servePageOf(context, (request) => typeCode(context, request)),
    },
    "/login/passkey": { POST: servePageOf(context, (request) => passkeyShown(context, request)) },
    "/login/approve": {
      GET: servePageOf(context, (request) => showApproval(context, request)),
      POST: servePageOf(context, (request) => decide(context, request)),
    },
  };
}

const over = "This login took too long, was used, or was not begun here. Begin again in the terminal.";
const overPage = notePage(400, "Not logged in", over);

/** With the id of a login: of a terminal on the machine of this browser. Without: the code is typed. */
async function openTerminal(context: PeopleContext, request: OwnRequest): Promise<PageAnswer> {
  const id = request.query.get("id");
  if (id === null) {
    return answerPage(context.isDeviceLogin ? codePage("") : notePage(404, "Not found", "There is nothing here."));
  }
  const found = await context.terminals.find(id);
  // A code that was not typed opens nothing: phishing sends links.
  if (found === undefined || found.content.port === 0) return answerPage(overPage);
  return goToProvider(context, request, { id, login: found.content, field: { name: "id", value: id } });
}

async function typeCode(context: PeopleContext, request: OwnRequest): Promise<PageAnswer> {
  if (!context.isDeviceLogin) return answerPage(notePage(404, "Not found", "There is nothing here."));
  const network = networkOf(request.peer);
  const waitMs = context.wrongCodes.waitMs(network);
  if (waitMs > 0) {
    const minutes = Math.ceil(waitMs / 60_000);
    return answerPage({ ...codePage(`Too many wrong codes. Try again in ${minutes} minutes.`), status: 429 });
  }
  const code = readUserCode(request.form.get("code") ?? "");
  const id = code === undefined ? undefined : (await context.userCodes.find(code))?.content;
  const found = id === undefined ? undefined : await context.terminals.find(id);
  if (code === undefined || id === undefined || found === undefined || found.content.state !== "waiting") {
    context.wrongCodes.take(network);
    return answerPage(codePage("No terminal waits for this code."));
  }
  return goToProvider(context, request, { id, login: found.content, field: { name: "code", value: code } });
}

interface Waiting {
  readonly id: string;
  readonly login: TerminalLogin;
  /** What names the login when the person chooses a provider. */
  readonly field: { readonly name: string; readonly value: string };
}

async function goToProvider(
  context: PeopleContext,
  request: OwnRequest,
  { id, login, field }: Waiting,
): Promise<PageAnswer> {
  const isPasskeyPlace = context.identity.places.passkeys?.origin === request.place.origin;
  const withPasskeys = isPasskeyPlace && (await offersPasskeys(context.identity));
  const providers = [...context.providers(), ...(withPasskeys ? [{ id: passkeyId, name: "A passkey" }] : [])];
  const chosen = login.method || (request.query.get("with") ?? request.form.get("with") ?? "");
  const provider = chosen || (providers.length === 1 ? (providers[0]?.id ?? "") : "");
  if (provider === passkeyId) return answerPage(passkeyPage(id));
  if (provider === "") return answerPage(choosePage(providers, "/login/cli", request.verb, field));
  return startLogin(context, request, { provider, terminal: id, isFresh: login.port === 0 });
}

const approvalMs = 5 * 60_000;

/**
 * The person is back from the provider. What they are asked is on a page of its own, without the code in its address.
 */
export async function askToApprove(
  context: PeopleContext,
  request: OwnRequest,
  { terminal }: Pick<Flow, "terminal">,
  who: Approver,
  cookies: readonly string[],
): Promise<PageAnswer> {
  const { identity, approvals, terminals } = context;
  await previewApprover(context, request, who);
  const found = await terminals.find(terminal);
  if (found === undefined || found.content.state !== "waiting") return answerPage(overPage, cookies);
  if (sessionGrantsOf(found.content.grants, who) === undefined) {
    const text = "The terminal asks for more than sessions may do here. Leave out --can, or ask for less.";
    return answerPage(notePage(403, "Not logged in", text), cookies);
  }
  const secret = newStepSecret();
  await approvals.add(secret, { terminal, who, value: newStepSecret() }, identity.now() + approvalMs);
  const cookie = setCookie("approval", secret, request.place, { sameSite: "Strict", seconds: approvalMs / 1000 });
  return answerPage(goOnPage("Signed in", "/login/approve"), [...cookies, cookie]);
}

async function showApproval(context: PeopleContext, request: OwnRequest): Promise<PageAnswer> {
  const secret = readCookie(request.headers.cookie, "approval", request.place);
  const approval = secret === undefined ? undefined : (await context.approvals.find(secret))?.content;
  const login = approval && (await context.terminals.find(approval.terminal))?.content;
  if (approval === undefined || login?.state !== "waiting") return answerPage(overPage);
  const user = await previewApprover(context, request, approval.who);
  const shown = {
    client: login.client,
    peer: login.peer,
    duration: durationText(sessionLengthOf(context, login, approval.who)),
    grants: sessionGrantsOf(login.grants, approval.who) ?? [],
    isDevice: login.port === 0,
  };
  return answerPage(approvePage(user, shown, approval.value));
}

/** The page has shown a passkey, and got a code for it. The form names the login that it was opened for. */
async function passkeyShown(context: PeopleContext, request: OwnRequest): Promise<PageAnswer> {
  const terminal = request.form.get("terminal") ?? "";
  const plan = await takePasskeyCode(context.identity, request.form.get("code") ?? "");
  return plan === undefined
    ? answerPage(overPage)
    : askToApprove(context, request, { terminal }, { passkey: plan }, []);
}

/** The form counts only with the cookie and the value of one approval, and once. */
async function decide(context: PeopleContext, request: OwnRequest): Promise<PageAnswer> {
  const { approvals } = context;
  const secret = readCookie(request.headers.cookie, "approval", request.place);
  const found = secret === undefined ? undefined : await approvals.find(secret);
  if (secret === undefined || found === undefined || found.content.value !== request.form.get("value")) {
    return answerPage(overPage);
  }
  if ((await approvals.take(secret)) === undefined) return answerPage(overPage);
  const gone = dropCookie("approval", request.place);
  return request.form.get("answer") === "yes"
    ? approve(context, found.content, [gone])
    : deny(context, request, found.content, [gone]);
}

async function approve(context: PeopleContext, approval: Approval, cookies: readonly string[]): Promise<PageAnswer> {
  const code = newStepSecret();
  const login = await settle(context, approval.terminal, ({ port }) => ({
    state: "approved",
    who: approval.who,
    codeHash: port === 0 ? "" : hash("sha256", code, "base64url"),
  }));
  if (login === undefined) return answerPage(overPage, cookies);
  if (login.port === 0) return answerPage(notePage(200, "Approved", "You can go back to your terminal."), cookies);
  return answerPage(goOnPage("Approved", loopback(login.port, { code })), cookies);
}

async function deny(
  context: PeopleContext,
  request: OwnRequest,
  { terminal, who }: Approval,
  cookies: readonly string[],
): Promise<PageAnswer> {
  const login = await settle(context, terminal, () => ({ state: "denied" }));
  const { identity } = context;
  const { tenant, slug, method } = namesOf(who);
  const entry = { action: "session.refused", decision: "denied", rule: "declined", key: slug } as const;
  const record = anonymousRecord(tenant, identity.now(), { ...entry, names: [method] }, request.peer);
  await identity.accessLog.record([{ ...record, requestId: request.requestId }]);
  if (login === undefined || login.port === 0) {
    return answerPage(notePage(200, "Refused", "The terminal gets nothing."), cookies);
  }
  return answerPage(goOnPage("Refused", loopback(login.port, { error: "denied" })), cookies);
}

/** Changes a login that waits, and returns it as it was. The terminal may ask for it at the same time. */
async function settle(
  { terminals }: PeopleContext,
  id: string,
  change: (login: TerminalLogin) => Partial<TerminalLogin>,
): Promise<TerminalLogin | undefined> {
  for (let made = 0; made < limits.saveAttempts; made += 1) {
    const found = await terminals.find(id);
    if (found?.content.state !== "waiting") return undefined;
    if (await terminals.replace(found, { ...found.content, ...change(found.content) })) return found.content;
  }
  return undefined;
}

/** Only ever this machine, so no code goes anywhere else. */
function loopback(port: number, query: Readonly<Record<string, string>>): string {
  return `http://127.0.0.1:${port}/?${new URLSearchParams(query)}`;
}

function durationText(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes % 60 !== 0) return minutes === 1 ? "1 minute" : `${minutes} minutes`;
  return minutes === 60 ? "1 hour" : `${minutes / 60} hours`;
}
