import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { expectFailure } from "../support/api/failure.ts";
import { makeSigningKey, signRs256 } from "../support/jwt/jwt-fixture.ts";
import { createBrowser } from "../support/login/browser.ts";
import { challengeOf, startLogins, type TestLogins, typeCode, verifier } from "../support/login/fixture.ts";

let scene: TestLogins;
beforeAll(async () => {
  scene = await startLogins();
  scene.provider.signIn("sub-bob");
});
afterAll(() => scene.stop());
// The limits on one address are for a minute.
beforeEach(() => scene.service.clock.advance(60_000));

const url = () => scene.service.url;
const expired = { code: "FailedPrecondition", reason: "LOGIN_EXPIRED" } as const;
const unauthenticated = { code: "Unauthenticated", reason: "UNAUTHENTICATED" } as const;

/** Follows a login up to the address to which the provider sends the browser back, and does not go there. */
async function callbackOf(browser: ReturnType<typeof createBrowser>): Promise<string> {
  let at = `${url()}/login/start?with=acme`;
  while (!at.startsWith(`${url()}/login/callback`)) {
    const response = await browser.fetch(at);
    await response.body?.cancel();
    at = new URL(response.headers.get("location") ?? "", at).href;
  }
  return at;
}

describe("threat 160: a login that an attacker began", () => {
  test("is not finished in the browser of a victim", async () => {
    const callback = await callbackOf(createBrowser());
    const victim = createBrowser();
    const back = await victim.goTo(callback);
    expect(back.status).toBe(400);
    expect([...victim.cookies.keys()]).not.toContain("oo_claim");
    // Also not when the victim is in the middle of an own login.
    await callbackOf(victim);
    expect((await victim.goTo(callback)).status).toBe(400);
  });

  test("is not finished with the answer to another one, and two tabs do not disturb each other", async () => {
    const browser = createBrowser();
    const [one, two] = [new URL(await callbackOf(browser)), new URL(await callbackOf(browser))];
    const swapped = new URL(one);
    swapped.searchParams.set("state", two.searchParams.get("state") ?? "");
    expect((await browser.goTo(swapped.href)).status).toBe(400);
    const doubled = `${two.href}&state=${one.searchParams.get("state")}`;
    expect((await browser.goTo(doubled)).status).toBe(400);
    // The provider has seen the code of the first one with a wrong verifier.
    expect((await browser.goTo(two.href)).goesTo).toBe(`${url()}/console/#/claim`);
  });

  test("never leads to another site", async () => {
    const browser = createBrowser();
    const more = "&next=https://evil.example&redirect_uri=https://evil.example&url=//evil.example";
    const start = await browser.fetch(`${url()}/login/start?with=acme${more}`);
    const location = new URL(start.headers.get("location") ?? "");
    expect(location.origin).toBe(scene.provider.issuer);
    expect(location.searchParams.get("redirect_uri")).toBe(`${url()}/login/callback`);
    expect((await browser.goTo(`${url()}/login/start?with=https://evil.example`)).status).toBe(404);
  });
});

describe("threat 161: a terminal of an attacker", () => {
  const begin = (changes: Parameters<typeof scene.logins.beginLogin>[0] = {}) =>
    scene.logins.beginLogin({ challenge: challengeOf(verifier), loopbackPort: 9, client: "eve@host", ...changes });

  test("does not get a session with another verifier or code, nor twice, nor one that was not approved", async () => {
    const { browser, page, loginId } = await scene.askFor("sub-bob");
    await expectFailure(scene.logins.finishLogin({ loginId, verifier, code: "" }), {
      code: "FailedPrecondition",
      reason: "LOGIN_PENDING",
    });
    const approved = await browser.submit(page, { answer: "yes" });
    const code = new URL(approved.goesTo ?? "").searchParams.get("code") ?? "";
    const finish = (changes: Record<string, string>) =>
      scene.logins.finishLogin({ loginId, verifier, code, ...changes });
    await expectFailure(finish({ verifier: "w".repeat(43) }), unauthenticated);
    await expectFailure(finish({ code: "" }), unauthenticated);
    await expectFailure(finish({ code: "x" }), unauthenticated);
    await expectFailure(finish({ loginId: "x" }), expired);
    expect((await finish({})).token).toMatch(/^oo_/);
    await expectFailure(finish({}), expired);
  });

  test("cannot have a link open its code, nor begin with a malformed port", async () => {
    const { loginId, url: place } = await begin({ loopbackPort: 0 });
    expect(place).not.toContain("?");
    const browser = createBrowser();
    const page = await browser.goTo(`${url()}/login/cli?id=${loginId}`);
    expect(page.status).toBe(400);
    const invalid = { code: "InvalidArgument", reason: "INVALID_FIELD" } as const;
    await expectFailure(begin({ loopbackPort: 65_536 }), invalid);
    await expectFailure(begin({ challenge: "x" }), invalid);
  });

  test("cannot put lines, markup or other letters into the page that asks", async () => {
    for (const client of ["a\r\nSet-Cookie: x=y", "a\u202eb", "x".repeat(61), "\u0000"]) {
      await expectFailure(begin({ client }), { code: "InvalidArgument", reason: "INVALID_FIELD" });
    }
    const { page } = await scene.askFor("sub-bob", { request: { client: '<img src=x onerror="a">' } });
    expect(page.text).toContain("&lt;img src=x onerror=&quot;a&quot;&gt;");
    expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(page.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
    expect(page.headers.get("referrer-policy")).toBe("same-origin");
    expect(page.text).not.toContain("<script");
  });

  test("does not find the code of another one by trying, and has to wait after five", async () => {
    const browser = createBrowser();
    const form = await browser.goTo(`${url()}/login/cli`);
    for (const code of ["BCDF-GHJK", "aeiou", "", "BCDFGHJKL", "<script>"]) {
      expect((await browser.submit(form, { code })).status).toBe(400);
    }
    const { userCode } = await begin({ loopbackPort: 0 });
    const waiting = await browser.submit(form, { code: userCode });
    expect([waiting.status, waiting.goesTo]).toEqual([429, undefined]);
    scene.service.clock.advance(120_000);
    const typed = await browser.submit(form, { code: ` ${userCode.toLowerCase().replace("-", " ")} ` });
    expect(typed.goesTo).toContain(scene.provider.issuer);
    // The person signs in afresh: the browser may be one that anyone uses.
    expect(new URL(typed.goesTo ?? "").searchParams.get("prompt")).toBe("login");
  });

  test("is not approved without the form, by a page of another site, or with the cookie of another approval", async () => {
    const { browser, page } = await scene.askFor("sub-bob");
    const other = await scene.askFor("sub-bob");
    for (const headers of [
      { origin: "https://evil.example" },
      { origin: "null" },
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site" },
    ]) {
      expect((await browser.submit(page, { answer: "yes" }, headers)).status, JSON.stringify(headers)).toBe(403);
    }
    expect((await browser.submit(page, { answer: "yes", value: "" })).status).toBe(400);
    expect(
      (await browser.submit(page, { answer: "yes", value: /value="([^"]*)"/.exec(other.page.text)?.[1] ?? "" })).status,
    ).toBe(400);
    expect((await createBrowser().submit(page, { answer: "yes" })).status).toBe(400);
    expect((await browser.submit(page, { answer: "yes" })).status).toBe(200);
    expect((await browser.submit(page, { answer: "yes" })).status).toBe(400);
  });

  test("does not get more than everyone is allowed, nor longer", async () => {
    scene.writeFile({ grants: "[{ action: read, keyPatterns: [dev/*] }]", "login.session": "1h" });
    await scene.service.server?.reload();
    const more = { grants: [{ action: "read", keyPatterns: ["*"] }] };
    const { page } = await scene.askFor("sub-bob", { request: more });
    expect(page.status).toBe(403);
    const { api } = await scene.logIn("sub-bob", { request: { session: { seconds: 86_400n } } });
    const who = await api.identity.whoAmI({});
    expect(who.grants).toMatchObject([{ action: "read", keyPatterns: ["dev/*"] }]);
    expect(Number(who.tokenExpireAt?.seconds) * 1000).toBeLessThanOrEqual(scene.service.clock.now() + 3_600_000);
    scene.writeFile({});
    await scene.service.server?.reload();
  });
});

test("threat 162: a page of a login is not served to another host", async () => {
  const { port } = new URL(url());
  for (const host of [`evil.example:${port}`, "127.0.0.1", `127.0.0.1:${port}.evil.example`]) {
    const response = await rawGet("/login/start?with=acme", host);
    expect(response, host).toMatch(/^HTTP\/1.1 421 /);
  }
});

test("threat 163: more than twenty logins from one address in a minute have to wait", async () => {
  const browser = createBrowser();
  const statuses: number[] = [];
  for (let made = 0; made < 21; made += 1) {
    const response = await browser.fetch(`${url()}/login/start?with=acme`);
    await response.body?.cancel();
    statuses.push(response.status);
  }
  expect(statuses).toEqual([...Array.from({ length: 20 }, () => 303), 429]);
});

describe("threat 164: an ID token", () => {
  const key = makeSigningKey("of-the-test");
  /** A provider whose token endpoint gives this ID token to anyone. */
  const forge = (claims: Record<string, unknown>, header: Record<string, unknown> = {}, signer = key) => {
    scene.provider.behave((request, response) => {
      response.setHeader("content-type", "application/json");
      if (request.url === "/jwks") response.end(JSON.stringify({ keys: [key.publicJwk] }));
      else if (request.url === "/token") {
        const answer = { access_token: "a", token_type: "bearer", id_token: signRs256(signer, claims, header) };
        response.end(JSON.stringify(answer));
      } else {
        response.removeHeader("content-type");
        return false;
      }
      return true;
    });
  };

  test("that is for another client, of another issuer, over, without the nonce or badly signed logs no one in", async () => {
    // The keys of the provider are asked for again.
    scene.service.clock.advance(700_000);
    const seconds = Math.floor(Date.now() / 1000);
    const claims = (nonce: string) => ({
      iss: scene.provider.issuer,
      aud: scene.provider.clientId,
      sub: "sub-bob",
      iat: seconds,
      exp: seconds + 60,
      nonce,
      email: "bob@acme.example",
      email_verified: true,
      groups: ["secrets-dev"],
    });
    const cases: [Record<string, unknown>, Record<string, unknown>?, typeof key?][] = [
      [{ aud: "other" }],
      [{ aud: [scene.provider.clientId, "other"] }],
      [{ iss: "https://evil.example" }],
      [{ exp: seconds - 60 }],
      [{ nonce: "other" }],
      [{ nonce: undefined }],
      [{ sub: undefined }],
      [{}, { alg: "none" }],
      [{}, { alg: "HS256" }],
      [{}, { kid: "other" }],
      [{}, {}, { ...makeSigningKey("other"), kid: "of-the-test" }],
    ];
    const isLetIn = async ([changes, header, signer]: (typeof cases)[number]) => {
      const browser = createBrowser();
      scene.provider.behave(undefined);
      const callback = await callbackOf(browser);
      forge({ ...claims(scene.provider.lastNonce()), ...changes }, header, signer);
      const back = await browser.goTo(callback);
      scene.service.clock.advance(60_000);
      expect(back.goesTo === undefined).toBe(!browser.cookies.has("oo_claim"));
      return browser.cookies.has("oo_claim");
    };
    // It is what each case changes that is refused.
    expect(await isLetIn([{}])).toBe(true);
    for (const each of cases) expect(await isLetIn(each), JSON.stringify(each.slice(0, 2))).toBe(false);
    scene.provider.behave(undefined);
  });

  test("is not a token for calls", async () => {
    const seconds = Math.floor(scene.service.clock.now() / 1000);
    const claims = {
      iss: scene.provider.issuer,
      aud: scene.provider.clientId,
      sub: "sub-bob",
      email: "bob@acme.example",
    };
    // Signed with a key that the provider has, as the test before shows.
    forge(claims);
    const token = signRs256(key, { ...claims, iat: seconds, exp: seconds + 60 });
    await expectFailure(scene.service.as(token).identity.whoAmI({}), unauthenticated);
    scene.provider.behave(undefined);
  });
});

async function rawGet(path: string, host: string): Promise<string> {
  const { hostname, port } = new URL(url());
  const { connect } = await import("node:net");
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk;
    });
    socket.on("end", () => resolve(text));
    socket.on("error", reject);
    socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  });
}

test("a code with the wrong letters is not looked for", async () => {
  const browser = createBrowser();
  scene.service.clock.advance(600_000);
  const page = await typeCode(browser, `${url()}/login/cli`, "AAAA-AAAA");
  expect(page.status).toBe(400);
});
