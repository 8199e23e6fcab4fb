import { randomBytes } from "node:crypto";
import {
  type BrowserHeaders,
  type BrowserInput,
  browserInputs,
  type Known,
  known,
  placeOf,
  type TokenAnswerInput,
} from "./browser-inputs.ts";
import { createLanes, type Framed } from "./lanes.ts";
import type { SaidProvider } from "./login-provider.ts";
import { pathOf } from "./methods.ts";
import type { Answer } from "./read-answer.ts";
import { type FuzzedService, requireFair } from "./service.ts";
import { defineTarget, type Target } from "./target.ts";

type KnownTexts = Record<Known, string> & { nonce: string };

/** Pages, cookies, answers of a login provider, and calls of pages, as a browser sends them through a proxy. */
export function createBrowserTarget(service: FuzzedService, provider: SaidProvider): Target {
  const ask = createLanes(service, 64);
  let texts: KnownTexts | undefined;
  return defineTarget({
    name: "browser",
    share: 4,
    atOnce: 256,
    input: browserInputs,
    async prepare() {
      texts = await beginAll(service, provider);
    },
    async check(inputs) {
      if (texts === undefined) throw new Error("nothing was prepared");
      const filled = texts;
      const answers = await ask(inputs.map((input) => framedOf(input, filled, provider)));
      requireFair(answers.map(({ status }) => status));
    },
  });
}

/** A login at the provider, a session, a code for one, and the login of a terminal. */
async function beginAll(service: FuzzedService, provider: SaidProvider): Promise<KnownTexts> {
  const ask = createLanes(service, 1);
  const origin = `http://${service.host}:${service.port}`;
  const half = randomBytes(32).toString("base64url");
  const token = service.server.adminToken;
  const one = async (request: Partial<Framed> & { path: string }): Promise<Answer> => {
    const host: readonly (readonly [string, string])[] = [["host", new URL(origin).host]];
    const headers = [...host, ...(request.headers ?? [])];
    const [answer] = await ask([{ verb: "GET", body: Buffer.alloc(0), ...request, headers }]);
    if (answer === undefined || answer.status >= 400) throw new Error(`${request.path}: status ${answer?.status}`);
    return answer;
  };
  const call = async (method: string, body: object) => {
    const headers = [
      ["content-type", "application/json"],
      ["authorization", method === "CreateHandoff" ? `Bearer ${token}` : ""],
    ] as const;
    const path = `/secret.v1.LoginService/${method}`;
    const used = headers.filter(([, value]) => value !== "");
    const answer = await one({ verb: "POST", path, headers: used, body: Buffer.from(JSON.stringify(body)) });
    return { answer, content: JSON.parse(answer.body.toString()) };
  };
  const client: string = (await call("ListLoginMethods", {})).content.methods[0].id;
  const started = await one({ path: `/login/start?with=${client}` });
  const asked = new URL(started.headers.get("location")?.[0] ?? "").searchParams;
  const opened = await call("OpenSession", { token, pageHalf: half });
  const terminal = await call("BeginLogin", { challenge: "A".repeat(43), loopbackPort: 9, client: "fuzz" });
  const handoff = await call("CreateHandoff", {});
  return {
    state: asked.get("state") ?? "",
    nonce: asked.get("nonce") ?? "",
    login: cookieIn(started, "oo_login"),
    session: cookieIn(opened.answer, "oo_session"),
    half,
    handoff: handoff.content.code,
    terminal: terminal.content.loginId,
    code: randomBytes(32).toString("base64url"),
    token,
    client,
    issuer: provider.issuer,
    origin,
  };
}

function cookieIn(answer: Answer, name: string): string {
  const line = answer.headers.get("set-cookie")?.find((each) => each.startsWith(`${name}=`));
  if (line === undefined) throw new Error(`the service set no cookie ${name}`);
  return line
    .slice(name.length + 1)
    .split(";", 1)
    .join();
}

function framedOf(input: BrowserInput, texts: KnownTexts, provider: SaidProvider): Framed {
  const form = (fields: readonly (readonly [string, string])[]) =>
    new URLSearchParams(fields.map(([name, value]) => [name, fill(value, texts)])).toString();
  const formType = ["content-type", "application/x-www-form-urlencoded"] as const;
  const headers = headersOf(input.headers, texts);
  switch (input.kind) {
    case "callback": {
      const { query, denied, answer } = input;
      const code = answer === null ? [] : ([["code", codeOf(answer, texts, provider)]] as const);
      const error = denied === null ? [] : ([["error", denied]] as const);
      return get(`/login/callback?${form([...query, ...code, ...error])}`, headers);
    }
    case "backchannel": {
      const good = { iss: provider.issuer, aud: provider.clientId, iat: seconds(), exp: seconds() + 60 };
      const event = { events: { "http://schemas.openid.net/event/backchannel-logout": {} } };
      const unique = { jti: randomBytes(8).toString("hex"), sub: "sub-unknown" };
      const made = filled({ ...good, ...event, ...unique, ...input.claims }, texts);
      const token = input.token === null ? provider.signed(made, input.type) : fill(input.token, texts);
      const body = Buffer.from(form([["logout_token", token], ...input.more]));
      return { verb: "POST", path: "/login/backchannel", headers: [...headers, formType], body };
    }
    case "page": {
      const path = `${printable(fill(input.path, texts)).replaceAll(" ", "%20")}?${form(input.query)}`;
      const body = input.verb === "POST" ? Buffer.from(form(input.form)) : Buffer.alloc(0);
      return { verb: input.verb, path, headers: [...headers, formType], body };
    }
    case "call": {
      const body = Buffer.from(JSON.stringify(filled(input.body, texts)));
      return {
        verb: "POST",
        path: pathOf(input.method),
        headers: [...headers, ["content-type", "application/json"]],
        body,
      };
    }
  }
}

function get(path: string, headers: Framed["headers"]): Framed {
  return { verb: "GET", path, headers, body: Buffer.alloc(0) };
}

const seconds = () => Math.floor(Date.now() / 1000);

/** The code that makes the provider answer with these tokens. */
function codeOf(
  { status, contentType, claims, type, more, broken }: TokenAnswerInput,
  texts: KnownTexts,
  provider: SaidProvider,
): string {
  const good = {
    ...{ iss: provider.issuer, aud: provider.clientId, exp: seconds() + 300, iat: seconds(), nonce: texts.nonce },
    ...{ sub: "sub-bob", email: "bob@acme.example", email_verified: true, groups: ["secrets-dev"] },
  };
  const idToken = claims === null ? {} : { id_token: provider.signed(filled({ ...good, ...claims }, texts), type) };
  const body = JSON.stringify({ access_token: "a", token_type: "Bearer", ...idToken, ...filled(more, texts) });
  return provider.codeFor({ status, contentType, body: broken === null ? body : body.slice(0, broken) });
}

function headersOf(headers: BrowserHeaders, texts: KnownTexts): (readonly [string, string])[] {
  const { cookies, host, origin, site, half, agent, forwarded } = headers;
  const cookie = cookies.map(([name, value]) => `${name}=${fill(value, texts)}`).join("; ");
  const all: readonly (readonly [string, string])[] = [
    ["cookie", cookie],
    ["origin", fill(origin, texts)],
    ["sec-fetch-site", site],
    ["x-oo-half", fill(half, texts)],
    ["user-agent", agent],
    ["x-forwarded-for", forwarded],
  ];
  const sent = all.map(([name, value]) => [name, printable(value)] as const).filter(([, value]) => value !== "");
  return [["host", host === "" ? new URL(texts.origin).host : host], ...sent];
}

/** Puts what is known in its places. */
function fill(text: string, texts: KnownTexts): string {
  return text.includes("{{") ? known.reduce((all, name) => all.replaceAll(placeOf(name), texts[name]), text) : text;
}

function filled(content: object, texts: KnownTexts): object {
  return JSON.parse(JSON.stringify(content), (_name, value) =>
    typeof value === "string" ? fill(value, texts) : value,
  );
}

/** A text as the value of a header, without spaces around it. */
function printable(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^ -~]+/g, encodeURIComponent)
    .trim();
}
