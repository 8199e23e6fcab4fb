import { generateKeyPairSync } from "node:crypto";
import http from "node:http";
import Provider from "oidc-provider";
import MemoryAdapter from "oidc-provider/lib/adapters/memory_adapter.js";

/** A person with an account at the provider. */
export type Account = Readonly<Record<string, unknown>>;

/** A real OpenID provider in this process, where the person in `signIn` signs in without typing anything. */
export interface TestProvider {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** From now on, a browser without a session there becomes this person. Undefined: the person refuses. */
  signIn(subject: string | undefined): void;
  setAccount(subject: string, claims: Account): void;
  removeAccount(subject: string): void;
  /** Where the service is, which must be known before the first login. */
  serve(serviceUrl: string): void;
  /** Signs with another key from now on. */
  rotate(): void;
  /** Answers as this does, before anything else; undefined for as it should. */
  behave(answer: ((request: http.IncomingMessage, response: http.ServerResponse) => boolean) | undefined): void;
  /** Of the last login that a browser began. */
  lastNonce(): string;
  /** Paths that were asked for, without the query. */
  readonly asked: string[];
  close(): Promise<void>;
}

export interface ProviderOptions {
  readonly clientAuth?: "client_secret_basic" | "client_secret_post" | "none";
  /** Claims of the scopes are in the user info only. */
  readonly onlyUserInfo?: boolean;
  readonly refreshTokens?: boolean;
}

const scopeClaims = {
  openid: ["sub", "sid"],
  email: ["email", "email_verified"],
  profile: ["name", "preferred_username"],
  groups: ["groups"],
};

function signingKey(kid: string): Readonly<Record<string, unknown>> {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { ...privateKey.export({ format: "jwk" }), kid, alg: "RS256", use: "sig" };
}

export async function startProvider(options: ProviderOptions = {}): Promise<TestProvider> {
  const { clientAuth = "client_secret_basic", onlyUserInfo = false, refreshTokens = false } = options;
  const clientId = "secret-svc";
  const clientSecret = "a secret: of the client %+&";
  const accounts = new Map<string, Account>();
  const keys = [signingKey("key-1")];
  const asked: string[] = [];
  let subject: string | undefined;
  let lastNonce = "";
  let behaviour: Parameters<TestProvider["behave"]>[0];
  let serviceUrl: string | undefined;
  let running: Provider | undefined;

  const server = http.createServer((request, response) => {
    lastNonce = new URL(request.url ?? "/", "http://none").searchParams.get("nonce") ?? lastNonce;
    asked.push((request.url ?? "").split("?", 1).join());
    if (behaviour?.(request, response) === true) return;
    running ??= build();
    const provider = running;
    if (request.url?.startsWith("/interaction/") !== true) return provider.callback()(request, response);
    interact(provider, request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });

  async function interact(provider: Provider, request: http.IncomingMessage, response: http.ServerResponse) {
    await provider.interactionDetails(request, response);
    const result =
      subject === undefined
        ? { error: "access_denied", error_description: "no" }
        : { login: { accountId: subject, remember: true }, consent: {} };
    await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
  }

  function build(): Provider {
    if (serviceUrl === undefined) throw new Error("the provider does not know the service");
    return new Provider(issuer, {
      adapter: MemoryAdapter,
      clients: [
        {
          client_id: clientId,
          ...(clientAuth === "none" ? {} : { client_secret: clientSecret }),
          token_endpoint_auth_method: clientAuth,
          redirect_uris: [`${serviceUrl}/login/callback`],
          post_logout_redirect_uris: [`${serviceUrl}/console/`],
          grant_types: ["authorization_code", "refresh_token"],
          response_types: ["code"],
          backchannel_logout_uri: `${serviceUrl}/login/backchannel`,
          backchannel_logout_session_required: true,
        },
      ],
      jwks: { keys },
      cookies: { keys: ["of a test"] },
      claims: scopeClaims,
      scopes: ["openid", "offline_access", ...Object.keys(scopeClaims)],
      conformIdTokenClaims: onlyUserInfo,
      features: { devInteractions: { enabled: false }, backchannelLogout: { enabled: true } },
      interactions: { url: (_ctx: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
      findAccount: (_ctx: unknown, sub: string) => {
        const claims = accounts.get(sub);
        return claims && { accountId: sub, claims: () => ({ sub, ...claims }) };
      },
      loadExistingGrant: grantAll,
      issueRefreshToken: () => refreshTokens,
      rotateRefreshToken: true,
      ttl: { Session: 3600, Interaction: 3600, Grant: 3600, AccessToken: 3600, IdToken: 3600, RefreshToken: 86_400 },
      // It would refuse addresses of this machine, and connect through a dispatcher of its own.
      fetch: (url: string, { dispatcher: _dispatcher, ...init }: RequestInit & { dispatcher?: unknown }) =>
        globalThis.fetch(url, init),
    });
  }

  /** No one has to consent to anything. */
  async function grantAll(ctx: {
    oidc: {
      provider: Provider;
      client: { clientId: string };
      session: { accountId: string };
    };
  }) {
    const { provider, client, session } = ctx.oidc;
    const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
    grant.addOIDCScope(["openid", "offline_access", ...Object.keys(scopeClaims)].join(" "));
    await grant.save();
    return grant;
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("the provider has no port");
  const issuer = `http://127.0.0.1:${address.port}`;
  return {
    issuer,
    clientId,
    clientSecret,
    asked,
    lastNonce: () => lastNonce,
    signIn(next) {
      subject = next;
    },
    setAccount: (sub, claims) => void accounts.set(sub, claims),
    removeAccount: (sub) => void accounts.delete(sub),
    serve(url) {
      serviceUrl = url;
      running = undefined;
    },
    rotate() {
      keys.unshift(signingKey(`key-${keys.length + 1}`));
      running = undefined;
    },
    behave(answer) {
      behaviour = answer;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
