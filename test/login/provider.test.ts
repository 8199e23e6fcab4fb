import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { LoginProvider } from "../../src/jwt/login-provider.ts";
import { newFlow } from "../../src/login/flows.ts";
import { createProviderClient, LoginRefusedError, type ProviderClient } from "../../src/login/provider.ts";
import { ProviderUnavailableError } from "../../src/login/provider-fetch.ts";
import { createBrowser } from "../support/login/browser.ts";
import { type ProviderOptions, startProvider, type TestProvider } from "../support/login/provider.ts";

const service = "http://127.0.0.1:9";
const redirectUri = `${service}/login/callback`;
const bob = { email: "bob@acme.example", email_verified: true, name: "Bob", groups: ["secrets-dev", "other"] };

let provider: TestProvider;
const failures: unknown[] = [];
let nowMs = Date.now();

async function start(options: ProviderOptions = {}): Promise<void> {
  provider = await startProvider(options);
  provider.serve(service);
  provider.setAccount("sub-bob", bob);
  provider.signIn("sub-bob");
}

beforeEach(() => {
  failures.length = 0;
  nowMs = Date.now();
});
afterEach(() => provider.close());

function clientOf(changes: Partial<LoginProvider> = {}, timeoutSeconds?: number): ProviderClient {
  const settings: LoginProvider = {
    id: "acme",
    name: "Acme",
    issuer: provider.issuer,
    clientId: provider.clientId,
    clientSecret: provider.clientSecret,
    clientAuth: "client_secret_basic",
    scopes: ["openid", "email", "profile", "groups"],
    sessionMs: 1,
    userInfo: false,
    prompt: undefined,
    maxAgeSeconds: undefined,
    entries: [],
    ...changes,
  };
  return createProviderClient(settings, {
    now: () => nowMs,
    onFailure: (error) => failures.push(error),
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
  });
}

/** Signs in, up to the address to which the provider sends the browser back. */
async function comeBack(client: ProviderClient, browser = createBrowser()) {
  const flow = newFlow("acme", "", Date.now());
  let at = (await client.authorizationUrl(flow, redirectUri, false)).href;
  while (!at.startsWith(service)) {
    const response = await browser.fetch(at);
    const location = response.headers.get("location");
    if (location === null) throw new Error(`${response.status} ${await response.text()}`);
    await response.body?.cancel();
    at = new URL(location, at).href;
  }
  return { flow, answer: new URL(at) };
}

describe("a login at a provider", () => {
  test.each([
    ["client_secret_basic", {}],
    ["client_secret_post", {}],
    ["none", { clientSecret: undefined }],
  ] as const)("with %s gives the claims of the ID token", async (clientAuth, changes) => {
    await start({ clientAuth });
    const client = clientOf({ clientAuth, ...changes });
    const { flow, answer } = await comeBack(client);
    const proof = await client.finish(answer, flow);
    expect(proof).toMatchObject({ subject: "sub-bob", claims: bob, refreshToken: undefined });
    expect(proof.sid).not.toBe("");
  });

  test("takes claims from the user info where that is asked for", async () => {
    await start({ onlyUserInfo: true });
    const without = clientOf();
    const first = await comeBack(without);
    expect((await without.finish(first.answer, first.flow)).claims.groups).toBeUndefined();
    const client = clientOf({ userInfo: true });
    const { flow, answer } = await comeBack(client);
    expect((await client.finish(answer, flow)).claims).toMatchObject(bob);
  });

  test("goes on with a new key of the provider", async () => {
    await start();
    const client = clientOf();
    const before = await comeBack(client);
    await client.finish(before.answer, before.flow);
    provider.rotate();
    nowMs += 31_000;
    const { flow, answer } = await comeBack(client);
    expect((await client.finish(answer, flow)).subject).toBe("sub-bob");
  });

  test("asks again who the person is, until the provider knows them no more", async () => {
    await start({ refreshTokens: true });
    const client = clientOf();
    const { flow, answer } = await comeBack(client);
    const { refreshToken = "" } = await client.finish(answer, flow);
    provider.setAccount("sub-bob", { ...bob, groups: [] });
    const again = await client.refresh(refreshToken, "sub-bob");
    expect(again).toMatchObject({ subject: "sub-bob", claims: { groups: [] } });
    expect(again?.refreshToken).not.toBe(refreshToken);
    provider.removeAccount("sub-bob");
    expect(await client.refresh(again?.refreshToken ?? "", "sub-bob")).toBeUndefined();
  });

  test("says where to sign out", async () => {
    await start();
    const url = await clientOf().endSessionUrl(`${service}/console/`);
    expect(url?.href).toContain(`${provider.issuer}/session/end?`);
  });
});

describe("threat 141: an answer of a browser", () => {
  const refused = async (client: ProviderClient, answer: URL, flow: Parameters<ProviderClient["finish"]>[1]) => {
    const error = await client.finish(answer, flow).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(LoginRefusedError);
    return (error as LoginRefusedError).kind;
  };

  test("with another state, nonce, verifier or issuer proves nothing", async () => {
    await start();
    const client = clientOf();
    const { flow, answer } = await comeBack(client);
    expect(await refused(client, answer, { ...flow, state: "other" })).toBe("false");
    const mixedUp = new URL(answer);
    mixedUp.searchParams.set("iss", "https://evil.example");
    expect(await refused(client, mixedUp, flow)).toBe("false");
    const bare = new URL(answer);
    bare.searchParams.delete("iss");
    expect(await refused(client, bare, flow)).toBe("false");
    expect(await refused(client, answer, { ...flow, verifier: "x".repeat(43) })).toBe("ended");
    const second = await comeBack(client);
    expect(await refused(client, second.answer, { ...second.flow, nonce: "other" })).toBe("false");
  });

  test("with a used, a foreign or a made-up code proves nothing", async () => {
    await start();
    const client = clientOf();
    const { flow, answer } = await comeBack(client);
    await client.finish(answer, flow);
    expect(await refused(client, answer, flow)).toBe("ended");
    const [mine, theirs] = [await comeBack(client), await comeBack(client)];
    const swapped = new URL(mine.answer);
    swapped.searchParams.set("code", theirs.answer.searchParams.get("code") ?? "");
    expect(await refused(client, swapped, mine.flow)).toBe("ended");
    swapped.searchParams.set("code", "made-up");
    expect(await refused(client, swapped, mine.flow)).toBe("ended");
  });

  test("with the user info of another person proves nothing", async () => {
    await start();
    const client = clientOf({ userInfo: true });
    const { flow, answer } = await comeBack(client);
    provider.behave(({ url = "" }, response) => {
      if (!url.startsWith("/me")) return false;
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ ...bob, sub: "sub-eve" }));
      return true;
    });
    expect(await refused(client, answer, flow)).toBe("false");
    expect(provider.asked).toContain("/me");
  });

  test("that says no is a refusal", async () => {
    await start();
    provider.signIn(undefined);
    const client = clientOf();
    const { flow, answer } = await comeBack(client);
    expect(await refused(client, answer, flow)).toBe("denied");
  });

  test("with an ID token that is signed with the secret of the client proves nothing", async () => {
    await start();
    const client = clientOf();
    const { flow, answer } = await comeBack(client);
    provider.behave((request, response) => {
      if (request.url !== "/jwks") return false;
      response.end(JSON.stringify({ keys: [{ kty: "oct", k: "c2VjcmV0", kid: "key-1", alg: "HS256" }] }));
      return true;
    });
    expect(await refused(client, answer, flow)).toBe("false");
  });
});

describe("threat 142: a provider", () => {
  const unavailable = async (client: ProviderClient) => {
    const flow = newFlow("acme", "", Date.now());
    await expect(client.authorizationUrl(flow, redirectUri, false)).rejects.toThrow(ProviderUnavailableError);
  };

  test("that is down, answers too much, redirects or is another one is not used", async () => {
    await start();
    const answers: ((response: import("node:http").ServerResponse) => void)[] = [
      (response) => response.writeHead(503).end("later"),
      (response) => response.end("x".repeat(10 * 1024 * 1024)),
      (response) => response.writeHead(302, { location: "http://127.0.0.1:9/" }).end(),
      (response) => response.end("{}"),
      (response) => response.setHeader("content-type", "application/json").end('{"issuer":"https://evil.example"}'),
    ];
    for (const answer of answers) {
      provider.behave((_request, response) => {
        answer(response);
        return true;
      });
      await unavailable(clientOf());
    }
    expect(failures).toHaveLength(answers.length);
    await unavailable(clientOf({ issuer: "http://127.0.0.1:9" }));
  });

  test("that does not answer is given up, whichever of its addresses it is", async () => {
    await start();
    const client = clientOf({}, 1);
    const { flow, answer } = await comeBack(client);
    provider.behave(({ url = "" }) => url.startsWith("/token"));
    await expect(client.finish(answer, flow)).rejects.toThrow();
    provider.behave(() => true);
    await unavailable(clientOf({}, 0.1));
  });

  test("is not asked again at once after a failure, and is used once it works", async () => {
    await start();
    provider.behave((_request, response) => {
      response.writeHead(503).end();
      return true;
    });
    const client = clientOf();
    await unavailable(client);
    await unavailable(client);
    expect(provider.asked).toHaveLength(1);
    provider.behave(undefined);
    nowMs += 2_000;
    const { flow, answer } = await comeBack(client);
    expect((await client.finish(answer, flow)).subject).toBe("sub-bob");
  });

  test("that refuses this service does not end the session of a person", async () => {
    await start({ refreshTokens: true });
    const client = clientOf();
    const { flow, answer } = await comeBack(client);
    const { refreshToken = "" } = await client.finish(answer, flow);
    const other = clientOf({ clientSecret: "an old one" });
    await expect(other.refresh(refreshToken, "sub-bob")).rejects.toThrow(LoginRefusedError);
  });
});
