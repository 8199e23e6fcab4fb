import type { PageAnswer } from "../http/call/routes.ts";
import { answerPage, type OwnRequest } from "./answer-page.ts";
import { html } from "./html.ts";
import { inviteScript } from "./invite-script.ts";
import { notePage, type Page } from "./pages.ts";
import type { PeopleContext } from "./people-context.ts";

/**
 * Where an invited person makes a passkey. It needs no console. The invitation is in the fragment, so no log gets it.
 */
export async function showInvitation(context: PeopleContext, { place }: OwnRequest): Promise<PageAnswer> {
  const { passkeys } = context.identity.places;
  if (passkeys === undefined) return answerPage(notePage(404, "Not found", "There are no passkeys at this address."));
  if (passkeys.origin !== place.origin) {
    return answerPage(
      notePage(421, "Not here", `Passkeys are at ${passkeys.origin}: open the link that you were sent.`),
    );
  }
  return answerPage(invitePage(place.origin, context.consolePath));
}

function invitePage(origin: string, consolePath: string | undefined): Page {
  return {
    status: 200,
    title: "You are invited",
    body: html`<h1 id="title">You are invited</h1>
<span class="host">${new URL(origin).host}</span>
<noscript><p class="warn">This page needs scripts: a passkey is made by your browser.</p></noscript>
<p id="note" class="warn" role="alert" hidden></p>
<form id="form" data-next="${consolePath ?? ""}" hidden>
<p id="who"></p>
<p class="muted">You sign in with it instead of a password: with your fingerprint, your face, a PIN, or a security key.</p>
<label for="name">Name of the passkey</label>
<input type="text" id="name" maxlength="40" autocomplete="off" placeholder="e.g. My laptop">
<button class="first" id="make">Make a passkey</button></form>
<p id="done" role="status" hidden></p>
<p id="sign-in" hidden><a href="${consolePath ?? ""}">Go to the sign-in</a></p>`,
    script: inviteScript,
  };
}
