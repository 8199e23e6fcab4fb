import type { DescMethod } from "@bufbuild/protobuf";
import fc from "fast-check";
import { IdentityService } from "../../gen/secret/v1/identity_service_pb.ts";
import { LoginService } from "../../gen/secret/v1/login_service_pb.ts";
import { SecretService } from "../../gen/secret/v1/secret_service_pb.ts";
import { damagedText } from "./bytes.ts";

/** What an input names in place of what is only known when it is sent. */
export const known = [
  ...["state", "login", "session", "half", "handoff", "terminal", "code", "token", "client", "issuer", "origin"],
] as const;
export type Known = (typeof known)[number];

/** The place of something known in a text. */
export const placeOf = (name: Known) => `{{${name}}}`;

const odd = fc.oneof(
  fc.constantFrom("", "x", "-", "a b", "%", "%00", "..", "\0", "é", "\ud800", "A".repeat(43), "x".repeat(2000), "{}"),
  fc.string({ unit: "binary", maxLength: 8 }),
);
const knownText = fc.constantFrom(...known).map(placeOf);
const text = fc.oneof({ weight: 4, arbitrary: knownText }, { weight: 2, arbitrary: odd });
const anyText = fc.oneof({ weight: 6, arbitrary: text }, { weight: 1, arbitrary: damagedText(text) });

type Field = readonly [name: string, value: string];

/** Fields of a query, a form or a cookie: mostly those that are right, some others, some twice. */
function fields(right: Readonly<Record<string, fc.Arbitrary<string>>>): fc.Arbitrary<readonly Field[]> {
  const names = Object.keys(right);
  const usual = fc.tuple(
    ...Object.entries(right).map(([name, value]) =>
      fc.option(fc.tuple(fc.constant(name), fc.oneof({ weight: 5, arbitrary: value }, anyText)), { freq: 8 }),
    ),
  );
  const others = fc.array(fc.tuple(fc.oneof(fc.constantFrom(...names), odd), anyText), { maxLength: 2, size: "small" });
  return fc
    .tuple(usual, fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, others))
    .map(([first, more]) => [...first.filter((field) => field !== null), ...more]);
}

const of = (...values: readonly string[]) => fc.constantFrom(...values);

/** Cookies and headers of a browser. The address of the client is one of many: each has few attempts. */
const headers = fc.record({
  cookies: fields({
    oo_session: of(placeOf("session")),
    oo_login: of(placeOf("login")),
    oo_claim: anyText,
    oo_approval: anyText,
  }),
  host: fc.oneof({ weight: 20, arbitrary: of("") }, of("localhost", "evil.example", "[::1]:1", "a@b", ":")),
  origin: fc.oneof({ weight: 8, arbitrary: of(placeOf("origin"), "") }, of("null", "https://evil.example", "x")),
  site: fc.oneof({ weight: 8, arbitrary: of("same-origin", "") }, of("cross-site", "none", "x")),
  half: fc.oneof({ weight: 4, arbitrary: of(placeOf("half"), "") }, anyText),
  agent: fc.oneof({ weight: 4, arbitrary: of("", "Mozilla/5.0 (X11; Linux) Chrome/1 Safari/1") }, odd),
  forwarded: fc.oneof(
    { weight: 8, arbitrary: fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255)).map((parts) => `10.${parts.join(".")}`) },
    of("::1", "2001:db8::1", "x", "10.0.0.1, 10.0.0.2", "", "10.0.0.1:99999", "[::"),
  ),
});

/** Claims of a token, in place of good ones. */
const claim = fc.oneof(
  anyText,
  fc.constantFrom<unknown>(0, -1, 1e308, 0.5, 2 ** 53, null, true, [], {}, ["a", "b"], [null], { a: { b: 1 } }),
  fc.array(anyText, { maxLength: 3 }),
);
const claimNames = [
  ...["iss", "aud", "exp", "iat", "nbf", "nonce", "sub", "azp", "auth_time", "at_hash", "sid", "jti", "events"],
  ...["email", "email_verified", "groups", "name", "__proto__"],
];
const claims = fc.oneof(
  { weight: 2, arbitrary: fc.constant<Record<string, unknown>>({}) },
  fc.dictionary(fc.constantFrom(...claimNames), claim, { maxKeys: 3, noNullPrototype: true }),
);
/** What a provider answers. `undefined` claims: no token at all. */
const tokenAnswer = fc.record({
  status: fc.oneof({ weight: 8, arbitrary: fc.constant(200) }, fc.constantFrom(201, 204, 302, 400, 401, 403, 429, 500)),
  contentType: fc.oneof({ weight: 8, arbitrary: of("application/json") }, of("text/html", "application/jwt", "x")),
  claims: fc.option(claims, { freq: 8 }),
  type: of("JWT", "JWT", "logout+jwt", "at+jwt"),
  more: fc.oneof(
    { weight: 4, arbitrary: fc.constant<Record<string, unknown>>({}) },
    fc.dictionary(
      of("error", "error_description", "expires_in", "token_type", "refresh_token", "scope", "access_token"),
      claim,
      { maxKeys: 2, noNullPrototype: true },
    ),
  ),
  broken: fc.option(fc.nat(200), { freq: 3 }),
});

const callback = fc.record({
  kind: fc.constant("callback" as const),
  query: fields({ state: of(placeOf("state")), iss: of(placeOf("issuer")) }),
  denied: fc.option(of("access_denied", "login_required", "server_error", "", "x".repeat(500)), { freq: 6 }),
  answer: fc.option(tokenAnswer, { freq: 8 }),
  headers,
});
const backChannel = fc.record({
  kind: fc.constant("backchannel" as const),
  claims,
  type: of("logout+jwt", "logout+jwt", "logout+jwt", "JWT"),
  token: fc.option(anyText, { freq: 4 }),
  more: fields({ x: of("") }),
  headers,
});
const page = fc.record({
  kind: fc.constant("page" as const),
  verb: fc.oneof({ weight: 8, arbitrary: of("GET", "POST") }, of("HEAD", "PUT", "DELETE", "OPTIONS")),
  path: fc.oneof(
    {
      weight: 8,
      arbitrary: of(
        ...["/login/start", "/login/cli", "/login/cli", "/login/approve", "/login/callback", "/login/backchannel"],
        ...["/console/", "/console", "/console/index.html", "/", "/login/", "/login", "/openapi.json"],
      ),
    },
    anyText.map((more) => `/login/${more}`),
    anyText.map((more) => `/console/${more}`),
  ),
  query: fields({ with: of(placeOf("client")), id: of(placeOf("terminal")), state: of(placeOf("state")) }),
  form: fields({ code: anyText, value: anyText, answer: of("yes", "no"), with: of(placeOf("client")) }),
  headers,
});
/** Calls that a page makes. None of them ends the session that all inputs use. */
const call = fc.record({
  kind: fc.constant("call" as const),
  method: fc.constantFrom<DescMethod>(
    ...LoginService.methods.filter(({ localName }) => localName !== "endSession"),
    ...[SecretService.method.listSecrets, IdentityService.method.whoAmI],
  ),
  body: fc.dictionary(
    of(
      ...["token", "handoff", "pageHalf", "preview", "challenge", "loopbackPort", "client", "method", "session"],
      ...["grants", "loginId", "verifier", "code", "challengeId", "response", "name", "id", "invitation"],
    ),
    fc.oneof(anyText, fc.constantFrom<unknown>(0, 1, 65_535, 65_536, -1, true, false, null, [], {}, "60s", "1e9s")),
    { maxKeys: 5, noNullPrototype: true },
  ),
  headers,
});

export type BrowserHeaders = typeof headers extends fc.Arbitrary<infer Made> ? Made : never;
export type TokenAnswerInput = typeof tokenAnswer extends fc.Arbitrary<infer Made> ? Made : never;

/** What browsers, and providers of logins, send. */
export const browserInputs = fc.oneof(
  { weight: 4, arbitrary: callback },
  { weight: 2, arbitrary: backChannel },
  { weight: 3, arbitrary: page },
  { weight: 3, arbitrary: call },
);
export type BrowserInput = typeof browserInputs extends fc.Arbitrary<infer Made> ? Made : never;
