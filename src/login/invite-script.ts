/** What the scripts of the login pages share: calls of the service, and its errors in words. */
export const callScript = `
const by = (id) => document.getElementById(id);
const say = (text) => {
  by("note").textContent = text;
  by("note").hidden = text === "";
};
const call = async (method, body) => {
  const response = await fetch("/secret.v1.LoginService/" + method, {
    method: "POST",
    headers: { "content-type": "application/json", "connect-protocol-version": "1" },
    body: JSON.stringify(body),
    redirect: "error",
  });
  const answer = await response.json();
  if (response.ok) return answer;
  throw new Error(answer.message || "the service does not answer");
};
const madeBefore = ({ name }) => name === "InvalidStateError";
const sentence = (error) => {
  const { name, message } = error;
  if (name === "NotAllowedError") return "No passkey was used: it was cancelled, or took too long.";
  if (madeBefore(error)) {
    return "This device has a passkey of yours already. Sign in with it, or use another device or a security key.";
  }
  return message.charAt(0).toUpperCase() + message.slice(1) + ".";
};
`;

/**
 * The script of the page for invited people. It takes the invitation out of the address at once, so that it is neither
 * in the history nor in what is copied from the bar. Everything that the service says is put in as text.
 */
export const inviteScript = `
"use strict";
const invitation = location.hash.slice(1);
history.replaceState(null, "", location.pathname);
${callScript}
const { next } = by("form").dataset;
// A question is good for five minutes, and counts once.
let asked;
let askedAt = 0;
const ask = async () => {
  asked = await call("BeginInvitation", { invitation });
  askedAt = Date.now();
};
const make = async () => {
  if (asked === undefined || Date.now() - askedAt > 240000) await ask();
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(JSON.parse(asked.options));
  const made = await navigator.credentials.create({ publicKey });
  const { challengeId } = asked;
  asked = undefined;
  const answer = { invitation, challengeId, credential: JSON.stringify(made.toJSON()), name: by("name").value };
  const { handoff } = await call("AcceptInvitation", answer);
  by("form").hidden = true;
  if (next !== "") return location.replace(next + "#/handoff/" + handoff);
  by("title").textContent = "Your passkey is there";
  by("done").textContent = "You can close this page, and log in with it from now on.";
  by("done").hidden = false;
};
by("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  by("make").disabled = true;
  say("");
  try {
    await make();
  } catch (error) {
    say(sentence(error));
    by("make").textContent = madeBefore(error) ? "Try another device" : "Make a passkey";
  }
  by("make").disabled = false;
});
(async () => {
  if (invitation === "") return say("Open the whole link that you were sent: the part after # is missing.");
  if (window.PublicKeyCredential?.parseCreationOptionsFromJSON === undefined) {
    return say("This browser has no passkeys. Use a newer one.");
  }
  try {
    await ask();
  } catch (error) {
    by("title").textContent = "This link cannot be used";
    by("sign-in").hidden = next === "";
    return say(sentence(error));
  }
  const who = [document.createElement("b"), document.createElement("b")];
  who[0].textContent = asked.slug;
  who[1].textContent = asked.tenant;
  by("who").append("Make a passkey, and sign in with it as ", who[0], " of the tenant ", who[1], ".");
  by("form").hidden = false;
  by("name").focus();
})();
`;
