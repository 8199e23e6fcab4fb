import { html } from "./html.ts";
import { callScript } from "./invite-script.ts";
import type { Page } from "./pages.ts";

const script = `
"use strict";
${callScript}
by("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  by("use").disabled = true;
  say("");
  try {
    const { challengeId, options } = await call("BeginPasskeyLogin", {});
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(JSON.parse(options));
    const shown = await navigator.credentials.get({ publicKey });
    const answer = { challengeId, credential: JSON.stringify(shown.toJSON()) };
    by("code").value = (await call("FinishPasskeyLogin", answer)).handoff;
    by("form").submit();
  } catch (error) {
    say(sentence(error));
    by("use").disabled = false;
  }
});
if (window.PublicKeyCredential?.parseRequestOptionsFromJSON === undefined) say("This browser has no passkeys. Use a newer one.");
`;

/** Where a person shows a passkey for the login of a terminal. Then the next page asks them. */
export function passkeyPage(terminal: string): Page {
  return {
    status: 200,
    title: "Log in a terminal",
    body: html`<h1>Log in a terminal</h1>
<noscript><p class="warn">This page needs scripts: your browser asks for the passkey.</p></noscript>
<p>Show your passkey. The next page says what the terminal wants.</p>
<p id="note" class="warn" role="alert" hidden></p>
<form id="form" method="post" action="/login/passkey">
<input type="hidden" name="terminal" value="${terminal}"><input type="hidden" name="code" id="code" value="">
<button class="first" id="use" autofocus>Use a passkey</button></form>`,
    script,
  };
}
