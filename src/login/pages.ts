import { hash } from "node:crypto";
import { type Html, html } from "./html.ts";

/** A page, without a script unless it is about passkeys. */
export interface Page {
  readonly status: number;
  readonly title: string;
  readonly body: Html;
  /** Where the browser goes at once. A redirect after a form post would be blocked by `form-action`. */
  readonly goTo?: string;
  readonly script?: string;
}

const style = `
:root{color-scheme:light dark;--bg:light-dark(#f7f7f5,#131416);--surface:light-dark(#fff,#1a1c1f);
--text:light-dark(#1b1d1f,#e9e9e6);--muted:light-dark(#595d63,#a3a8b0);--line:light-dark(#e2e2dd,#2d3036);
--strong:light-dark(#83857f,#70757d);--accent:light-dark(#0b6b5b,#5fcdb4);--on-accent:light-dark(#fff,#06231d);
--warn:light-dark(#7a4b00,#f0c36a);--warn-soft:light-dark(#fdf0d3,#33270d)}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:16px;background:var(--bg);color:var(--text);
font:14px/20px system-ui,sans-serif}
main{width:100%;max-width:380px;padding:28px;background:var(--surface);border:1px solid var(--line);border-radius:12px}
.brand{display:flex;align-items:center;gap:10px;margin:0 0 20px;font-size:15px;font-weight:620}
.brand svg{width:20px;height:20px;fill:none;stroke:var(--accent);stroke-width:2}
h1{margin:0 0 8px;font-size:20px;line-height:24px;font-weight:620;overflow-wrap:anywhere}
p{margin:0 0 12px;overflow-wrap:anywhere}
.muted{color:var(--muted)}
.warn{padding:10px 12px;border-radius:10px;background:var(--warn-soft);color:var(--warn)}
.warn[role=alert]{position:relative;padding-left:38px}
.warn[role=alert]::before{content:"!";position:absolute;top:12px;left:12px;width:16px;border:1px solid;border-radius:50%;
font:bold 12px/14px system-ui,sans-serif;text-align:center}
ul{margin:0 0 12px;padding-left:20px;overflow-wrap:anywhere}
form{margin:0}
label{display:block;margin:0 0 4px}
input[type=text]{width:100%;height:40px;margin:0 0 12px;padding:0 12px;border:1px solid var(--strong);border-radius:6px;
background:var(--surface);color:inherit;font:16px system-ui,sans-serif}
input.code{font:16px ui-monospace,monospace;letter-spacing:2px;text-transform:uppercase}
.host{display:block;margin:0 0 16px;font:bold 14px/20px ui-monospace,monospace;overflow-wrap:anywhere}
button:disabled{opacity:.55;cursor:default}
[hidden]{display:none}
button{display:block;width:100%;min-height:40px;margin:0 0 12px;padding:9px 16px;border:1px solid var(--strong);
border-radius:6px;background:var(--surface);color:inherit;font:inherit;text-align:center;text-decoration:none;
cursor:pointer}
button.first{border-color:var(--accent);background:var(--accent);color:var(--on-accent)}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
:last-child{margin-bottom:0}
a{color:var(--accent);text-underline-offset:4px}
::placeholder{color:var(--muted);font-style:italic;opacity:1}
code{font:13px ui-monospace,monospace}
@media(forced-colors:active){main,button{border:1px solid}}
`;

/** The mark of the console: these pages belong to the same service. */
const brand = html`<div class="brand"><svg viewBox="0 0 16 16" aria-hidden="true"><circle cx="5.500" cy="8" r="3.700"/><circle cx="10.500" cy="8" r="3.700"/></svg>secrets</div>`;

const styleHash = hash("sha256", style, "base64");

/**
 * The headers of every page here. Forms need `same-origin`: with `no-referrer` browsers send `Origin: null`, which is
 * refused.
 */
export const pageHeaders: Readonly<Record<string, string>> = {
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  "content-security-policy": [
    "default-src 'none'",
    `style-src 'sha256-${styleHash}'`,
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
};

/** The script of a page runs by its hash, and calls only this service. */
export function headersOf({ script }: Page): Readonly<Record<string, string>> {
  if (script === undefined) return pageHeaders;
  const policy = pageHeaders["content-security-policy"] ?? "";
  const allowed = `${policy}; script-src 'sha256-${hash("sha256", script, "base64")}'; connect-src 'self'`;
  return { ...pageHeaders, "content-security-policy": allowed };
}

export function renderPage({ title, body, script }: Page): string {
  const last = { html: script === undefined ? "" : `<script>${script}</script>` };
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${title}</title>${{ html: `<style>${style}</style>` }}</head>
<body><main>${brand}${body}</main>${last}</body></html>
`.html;
}

/** Something that went wrong, or is over. */
export function notePage(status: number, title: string, text: string): Page {
  return { status, title, body: html`<h1>${title}</h1><p>${text}</p>` };
}

/** Where the browser goes on. The link is for browsers that do not. */
export function goOnPage(title: string, goTo: string): Page {
  return { status: 200, title, goTo, body: html`<h1>${title}</h1><p><a href="${goTo}">Go on</a></p>` };
}

/** The person chooses where to sign in. `field` goes along. */
export function choosePage(
  providers: readonly { readonly id: string; readonly name: string }[],
  action: string,
  verb: string,
  field: { readonly name: string; readonly value: string },
): Page {
  const buttons = providers.map(({ id, name }) => html`<button name="with" value="${id}">${name}</button>`);
  const method = verb === "POST" ? "post" : "get";
  return {
    status: 200,
    title: "Sign in",
    body: html`<h1>Where do you sign in?</h1>
<form method="${method}" action="${action}"><input type="hidden" name="${field.name}" value="${field.value}">${buttons}</form>`,
  };
}

/** A terminal that wants a session. */
export interface Terminal {
  /** As it calls itself: anything. */
  readonly client: string;
  readonly peer: string;
  readonly duration: string;
  /** What it will be narrowed to, as `action:glob`; empty for everything. */
  readonly grants: readonly string[];
  /** The person has typed a code, so the terminal may be anywhere. */
  readonly isDevice: boolean;
}

export function approvePage(who: { slug: string; tenant: string }, terminal: Terminal, value: string): Page {
  const { client, peer, duration, grants, isDevice } = terminal;
  const scope =
    grants.length === 0
      ? html`<p>It may do everything that you may.</p>`
      : html`<p>It may only:</p><ul>${grants.map((grant) => html`<li><code>${grant}</code></li>`)}</ul>`;
  const warning = isDevice
    ? "Only if you started this yourself, just now, and the code was on your own terminal. Your company never asks for it."
    : "Only if you started this yourself, just now. Your company never asks for it.";
  return {
    status: 200,
    title: "Let a terminal act for you?",
    body: html`<h1>Let this terminal act for ${who.slug} of ${who.tenant}?</h1>
<p><b>oo</b> from <b>${peer}</b>, which calls itself “<bdi>${client}</bdi>”, wants a session of ${duration}.</p>
${scope}<p class="warn">${warning}</p>
<form method="post" action="/login/approve"><input type="hidden" name="value" value="${value}">
<button class="first" name="answer" value="yes">Yes, it is mine</button>
<button name="answer" value="no">No</button></form>`,
  };
}

/** Where the code of a terminal is typed. It never comes in a link: such links are what phishing sends. */
export function codePage(problem: string): Page {
  const note = problem === "" ? html`` : html`<p class="warn" role="alert">${problem}</p>`;
  return {
    status: problem === "" ? 200 : 400,
    title: "Log in a terminal",
    body: html`<h1>Log in a terminal</h1>
<p>Type the code that <code>oo login --device</code> shows.</p>${note}
<form method="post" action="/login/cli"><label for="code">Code</label>
<input type="text" class="code" id="code" name="code" maxlength="12" autocomplete="off" autocapitalize="characters" spellcheck="false" required autofocus>
<button class="first">Go on</button></form>`,
  };
}
