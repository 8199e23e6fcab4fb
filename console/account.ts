import { computed, effect, signal } from "@preact/signals";
import { CredentialKind, type WhoAmIResponse } from "../gen/secret/v1/identity_service_pb.ts";
import { identityService, loginService, onSessionOver, problemFrom } from "./api.ts";
import type { Viewer } from "./model/rights.ts";
import { type Problem, sentenceOf } from "./model/words.ts";
import { lastInput, newHalf, noteInput, onOtherHalf, pageHalf, serviceNow, storeHalf } from "./session.ts";

/**
 * The person who is signed in. `over`: the session has ended; what the page shows waits, hidden, for the same person.
 */
export type Account =
  | { readonly kind: "starting" }
  | { readonly kind: "out"; readonly why: string | undefined }
  | { readonly kind: "over"; readonly why: string; readonly who: WhoAmIResponse }
  | { readonly kind: "in"; readonly who: WhoAmIResponse }
  | { readonly kind: "unreachable"; readonly problem: Problem };

export const account = signal<Account>({ kind: "starting" });

/** Counts up when another person signs in: everything that the page has loaded is then dropped. */
export const accountNumber = signal(0);

export const who = computed(() => (account.value.kind === "in" ? account.value.who : undefined));

export const viewer = computed<Viewer>(() => {
  const { slug = "", roles = [], admin = false, grants = [] } = who.value ?? {};
  return { slug, roles, admin, isNarrowed: grants.length > 0 };
});

const ends = new Set<() => void>();

/** What has to happen at once when the session ends in any way: a value that is shown is hidden. */
export function onSessionEnd(listener: () => void): () => void {
  ends.add(listener);
  return () => ends.delete(listener);
}

/** Without input for this long in any tab, the page signs off. */
const idleMs = 30 * 60_000;

/** What the service says of a session that was ended. For the person, there was no token. */
const revoked = "the token was revoked";

export async function startAccount(): Promise<void> {
  onSessionOver((sentence) => {
    // A late answer to the former session must not end the one that another tab has opened meanwhile.
    const half = pageHalf();
    if (half !== undefined && ownHalf !== undefined && half !== ownHalf) void lookAgain();
    else
      endSession(
        sentence === revoked
          ? "Your session was ended: by you elsewhere, by an admin, or because what it began with was revoked."
          : sentenceOf(sentence),
      );
  });
  onOtherHalf(() => void lookAgain());
  followIdle();
  await lookAgain();
}

/** Asks the service who this is. */
export async function lookAgain(): Promise<void> {
  if (pageHalf() === undefined) {
    if (account.value.kind === "in") endSession("You have signed out in another tab.");
    else if (account.value.kind === "starting") account.value = { kind: "out", why: undefined };
    return;
  }
  try {
    signIn(await identityService.whoAmI({}));
  } catch (error) {
    const problem = problemFrom(error);
    if (problem.reason !== "UNAUTHENTICATED" && account.value.kind !== "in") {
      account.value = { kind: "unreachable", problem };
    }
  }
}

/** The half with which this tab is signed in. Another tab may have another one by now. */
let ownHalf: string | undefined;

function signIn(now: WhoAmIResponse): void {
  ownHalf = pageHalf();
  const before = account.value.kind === "over" || account.value.kind === "in" ? account.value.who : undefined;
  const isSame = before?.slug === now.slug && before.tenant === now.tenant && before.tokenId !== "";
  const sameRights = before?.grants.length === now.grants.length && before.admin === now.admin;
  if (!isSame || !sameRights || account.value.kind === "out") accountNumber.value += 1;
  noteInput(Date.now());
  account.value = { kind: "in", who: now };
}

function endSession(why: string): void {
  const before = account.value;
  // Several calls may say so. Another tab may have opened a session meanwhile.
  if (before.kind === "out") return;
  storeHalf(undefined);
  for (const listener of ends) listener();
  if (before.kind === "in") account.value = { kind: "over", why, who: before.who };
  else if (before.kind !== "over") account.value = { kind: "out", why: before.kind === "starting" ? why : undefined };
}

/**
 * What a session can be opened for: a pasted token, a one-time code, or the login that the browser has just finished.
 */
export type Proof = { readonly token: string } | { readonly handoff: string } | Record<string, never>;

/** The person who would be signed in. Nothing is opened or used up. */
export async function previewOf(proof: Proof): Promise<WhoAmIResponse> {
  const { who: found } = await loginService.openSession({ ...proof, pageHalf: newHalf(), preview: true });
  if (found === undefined) throw new Error("the service did not say who this would be");
  return found;
}

export async function openSession(proof: Proof): Promise<void> {
  const half = newHalf();
  const { who: opened } = await loginService.openSession({ ...proof, pageHalf: half });
  storeHalf(half);
  if (opened === undefined) await lookAgain();
  else signIn(opened);
}

/**
 * Signs out. Resolves to where the person can also sign out of the provider of their account, if there is such a place.
 */
export async function signOut(why?: string): Promise<string> {
  for (const listener of ends) listener();
  let elsewhere = "";
  try {
    elsewhere = (await loginService.endSession({})).logoutUrl;
  } catch {
    // The half is dropped in any case, and without it the session can no longer be used.
  }
  storeHalf(undefined);
  account.value = { kind: "out", why };
  return elsewhere;
}

function followIdle(): void {
  let noted = 0;
  const note = () => {
    const now = Date.now();
    // Once in a while is enough.
    if (now - noted < 10_000) return;
    noted = now;
    noteInput(now);
  };
  for (const kind of ["keydown", "pointerdown", "wheel"]) addEventListener(kind, note, { passive: true });
  setInterval(() => {
    const current = account.value;
    if (current.kind !== "in") return;
    const endMs = Number(current.who.tokenExpireAt?.seconds ?? 0n) * 1000;
    if (endMs > 0 && serviceNow() >= endMs) endSession("Your session has reached its end.");
    else if (Date.now() - lastInput() >= idleMs) {
      loginService.endSession({}).catch(() => undefined);
      endSession("You were signed off after 30 minutes without input.");
    }
  }, 5000);
}

export const isSession = computed(() => who.value?.credential === CredentialKind.SESSION);

effect(() => {
  document.documentElement.classList.toggle("signed-in", account.value.kind === "in");
});
