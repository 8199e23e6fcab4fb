import { compactVerify, errors } from "jose";
import type * as OpenIdClient from "openid-client";
import { asymmetricAlgorithms } from "../jwt/asymmetric-algorithms.ts";
import { createKeySet, type KeySet } from "../jwt/jwks.ts";
import { loadKeys } from "../jwt/load-jwks.ts";
import type { LoginProvider } from "../jwt/login-provider.ts";
import { ProviderUnavailableError, providerFetch } from "./provider-fetch.ts";

/** What a person's login at a provider has shown. */
export interface Proof {
  readonly subject: string;
  /** The session at the provider; "" when it does not say. */
  readonly sid: string;
  /** Of the ID token, and of the user info for what the ID token does not say. */
  readonly claims: Readonly<Record<string, unknown>>;
  readonly refreshToken: string | undefined;
}

/** What is known only to this service and to the browser that began. */
export interface FlowSecrets {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

/**
 * `denied`: the person or the provider said no. `ended`: what was shown to the provider is used up or withdrawn.
 * `false`: the answer is not for this login, or is forged. `other`: the provider refuses this service.
 */
export type RefusalKind = "denied" | "ended" | "false" | "other";

/** A login did not prove anything. The message is for the log. */
export class LoginRefusedError extends Error {
  readonly kind: RefusalKind;

  constructor(kind: RefusalKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "LoginRefusedError";
    this.kind = kind;
  }
}

/** The service as a client of one provider. Methods throw `ProviderUnavailableError` and `LoginRefusedError`. */
export interface ProviderClient {
  readonly provider: LoginProvider;
  /** Where the browser goes. `fresh`: the person has to show again who they are. */
  authorizationUrl(secrets: FlowSecrets, redirectUri: string, fresh: boolean): Promise<URL>;
  /** Checks what the browser came back with. `answer` is the whole URL. */
  finish(answer: URL, secrets: FlowSecrets): Promise<Proof>;
  /** Asks again who the person is. Undefined when the provider has ended their session there. */
  refresh(refreshToken: string, subject: string): Promise<Proof | undefined>;
  /** Where the browser can also sign out of the provider; undefined when there is no such place. */
  endSessionUrl(backTo: string): Promise<URL | undefined>;
  /** The keys of the provider, by the rules that hold for those of JWTs. */
  readonly keys: KeySet;
}

/** The person waits for the provider. */
const patienceSeconds = 5;
/** How long the provider's description of itself is used. */
const freshMs = 10 * 60_000;
/** Between two attempts of which the first has failed: anyone may begin a login. */
const cooldownMs = 2_000;
const skewSeconds = 30;

interface Opened {
  readonly client: typeof OpenIdClient;
  readonly config: OpenIdClient.Configuration;
}

/** The library is loaded with the first login, and the provider is asked for its addresses then. */
export function createProviderClient(
  provider: LoginProvider,
  {
    now,
    onFailure,
    timeoutSeconds = patienceSeconds,
  }: { now(): number; readonly onFailure: (error: unknown) => void; readonly timeoutSeconds?: number },
): ProviderClient {
  let opened: { readonly promise: Promise<Opened>; readonly atMs: number } | undefined;
  let failed: { readonly error: unknown; readonly atMs: number } | undefined;

  const isWithin = (atMs: number, ms: number) => now() >= atMs && now() - atMs < ms;

  async function open(): Promise<Opened> {
    if (failed !== undefined && isWithin(failed.atMs, cooldownMs)) throw failed.error;
    if (opened === undefined || !isWithin(opened.atMs, freshMs)) {
      opened = { promise: discover(provider, timeoutSeconds), atMs: now() };
      opened.promise.catch((error: unknown) => {
        opened = undefined;
        failed = { error, atMs: now() };
        onFailure(error);
      });
    }
    return opened.promise;
  }

  const keys = createKeySet({
    async load() {
      const { config } = await open();
      const { jwks_uri: uri } = config.serverMetadata();
      if (uri === undefined) throw new ProviderUnavailableError("it does not say where its keys are");
      return loadKeys({ url: checkedUrl(uri) });
    },
    now,
    // A new login can wait, so keys are never trusted for longer than they are fresh.
    maxAgeMs: freshMs,
    onFailure,
  });

  async function proofOf(
    { client, config }: Opened,
    tokens: OpenIdClient.TokenEndpointResponse & OpenIdClient.TokenEndpointResponseHelpers,
    expectedSubject: string | undefined,
  ): Promise<Proof> {
    const idClaims = tokens.claims();
    if (tokens.id_token !== undefined) await checkSignature(keys, tokens.id_token);
    const subject = expectedSubject ?? idClaims?.sub;
    if (subject === undefined) throw new LoginRefusedError("false", "there is no ID token");
    if (idClaims !== undefined && idClaims.sub !== subject) {
      throw new LoginRefusedError("false", "the ID token is of another person");
    }
    const info =
      provider.userInfo || idClaims === undefined
        ? await client.fetchUserInfo(config, tokens.access_token, subject)
        : {};
    const claims: Record<string, unknown> = { ...info, ...idClaims };
    const sid = typeof idClaims?.sid === "string" ? idClaims.sid : "";
    return { subject, sid, claims, refreshToken: tokens.refresh_token };
  }

  return {
    provider,
    keys,
    async authorizationUrl({ state, nonce, verifier }, redirectUri, fresh) {
      const { client, config } = await open();
      const prompt = fresh ? "login" : provider.prompt;
      return client.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        scope: provider.scopes.join(" "),
        state,
        nonce,
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: "S256",
        ...(prompt === undefined ? {} : { prompt }),
        ...(provider.maxAgeSeconds === undefined ? {} : { max_age: String(provider.maxAgeSeconds) }),
      });
    },
    async finish(answer, { state, nonce, verifier }) {
      const opened = await open();
      return translated(opened.client, async () => {
        const tokens = await opened.client.authorizationCodeGrant(opened.config, answer, {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: verifier,
          idTokenExpected: true,
          ...(provider.maxAgeSeconds === undefined ? {} : { maxAge: provider.maxAgeSeconds }),
        });
        return proofOf(opened, tokens, undefined);
      });
    },
    async refresh(refreshToken, subject) {
      const opened = await open();
      try {
        return await translated(opened.client, async () =>
          proofOf(opened, await opened.client.refreshTokenGrant(opened.config, refreshToken), subject),
        );
      } catch (error) {
        // When it refuses this service, such as for an old client secret, that says nothing about the person.
        if (error instanceof LoginRefusedError && error.kind !== "other") return undefined;
        throw error;
      }
    },
    async endSessionUrl(backTo) {
      const { client, config } = await open();
      const { end_session_endpoint: place } = config.serverMetadata();
      if (place === undefined) return undefined;
      return client.buildEndSessionUrl(config, { post_logout_redirect_uri: backTo });
    },
  };
}

async function discover(provider: LoginProvider, timeout: number): Promise<Opened> {
  const client = await import("openid-client");
  const { clientId, clientSecret, clientAuth } = provider;
  const ways = {
    client_secret_basic: client.ClientSecretBasic,
    client_secret_post: client.ClientSecretPost,
    none: client.None,
  } as const;
  const metadata = { [client.clockTolerance]: skewSeconds };
  try {
    const config = await client.discovery(
      new URL(provider.issuer),
      clientId,
      metadata,
      ways[clientAuth](clientSecret),
      {
        timeout,
        [client.customFetch]: providerFetch,
        // `providerFetch` allows http on this machine only.
        execute: [client.allowInsecureRequests],
      },
    );
    const { issuer } = config.serverMetadata();
    if (issuer === provider.issuer) return { client, config };
    throw new ProviderUnavailableError(`its discovery document is that of ${JSON.stringify(issuer)}`);
  } catch (error) {
    if (error instanceof ProviderUnavailableError) throw error;
    throw new ProviderUnavailableError("its discovery document cannot be loaded", { cause: error });
  }
}

/** A browser is sent to these, and keys are loaded from them. */
function checkedUrl(text: string): string {
  const { protocol, hostname, href } = new URL(text);
  if (protocol === "https:" || ["127.0.0.1", "[::1]", "localhost"].includes(hostname)) return href;
  throw new ProviderUnavailableError("it names an address that is not https");
}

/** What the library does not check of a token that came over TLS. */
async function checkSignature(keys: KeySet, idToken: string): Promise<void> {
  try {
    await compactVerify(idToken, (header) => keys.find(header), { algorithms: [...asymmetricAlgorithms] });
  } catch (error) {
    if (!(error instanceof errors.JOSEError)) throw error;
    throw new LoginRefusedError("false", "the ID token is not signed by the provider", { cause: error });
  }
}

/** OAuth errors that say that the person may not, or does not want to. */
const denials: readonly unknown[] = ["access_denied", "consent_required", "login_required", "interaction_required"];

/** Errors of the library in two kinds: the provider does not work, or it does not vouch for this person now. */
async function translated<Result>(client: typeof OpenIdClient, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ProviderUnavailableError || error instanceof LoginRefusedError) throw error;
    if (error instanceof client.AuthorizationResponseError) {
      const kind = denials.includes(error.error) ? "denied" : "other";
      throw new LoginRefusedError(kind, `the provider refused: ${shown(error.error)}`, { cause: error });
    }
    if (error instanceof client.ResponseBodyError && error.status < 500 && error.status !== 429) {
      const kind = error.error === "invalid_grant" ? "ended" : "other";
      throw new LoginRefusedError(kind, `the provider refused: ${shown(error.error)}`, { cause: error });
    }
    if (error instanceof client.WWWAuthenticateChallengeError) {
      throw new LoginRefusedError("other", "the provider does not take the credentials of this service", {
        cause: error,
      });
    }
    if (error instanceof client.ClientError && wrongAnswers.includes(error.code)) {
      throw new LoginRefusedError("false", "the answer is not for this login", { cause: error });
    }
    throw new ProviderUnavailableError("it does not answer as it should", { cause: error });
  }
}

/** Codes of the library for answers that are well-formed, and false. */
const wrongAnswers: readonly unknown[] = [
  "OAUTH_INVALID_RESPONSE",
  "OAUTH_JWT_CLAIM_COMPARISON_FAILED",
  "OAUTH_JWT_TIMESTAMP_CHECK_FAILED",
  "OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED",
];

/** An error code of OAuth is short and printable; anything else is not repeated. */
function shown(code: string): string {
  return /^[a-z_]{1,40}$/.test(code) ? code : "no reason that can be shown";
}
