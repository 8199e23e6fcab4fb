import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { LoginService } from "../../../gen/secret/v1/login_service_pb.ts";
import { type Api, startService, type TestService } from "../api/fixture.ts";
import { rest } from "../api/transports.ts";
import { createBrowser, type TestBrowser, type Visited } from "./browser.ts";
import { loginFile } from "./issuer-file.ts";
import { type ProviderOptions, startProvider, type TestProvider } from "./provider.ts";

/** A service at which people log in, and the provider that vouches for them. */
export interface TestLogins {
  readonly provider: TestProvider;
  readonly service: TestService;
  /** Without a token. */
  readonly logins: LoginClient;
  /** Writes the file of issuers anew. The service has to read it. */
  writeFile(fields: Readonly<Record<string, string>>): void;
  /** Logs a terminal in, as far as the page that asks. */
  askFor(subject: string, options?: TerminalOptions): Promise<Asked>;
  /** Logs a terminal in with a session of its own. */
  logIn(subject: string, options?: TerminalOptions): Promise<{ readonly token: string; readonly api: Api }>;
  stop(): Promise<void>;
}

export type LoginClient = ReturnType<typeof loginClient>;

export interface TerminalOptions {
  readonly browser?: TestBrowser;
  readonly request?: Parameters<LoginClient["beginLogin"]>[0];
}

export interface Asked {
  readonly browser: TestBrowser;
  readonly page: Visited;
  readonly loginId: string;
  readonly verifier: string;
}

export interface LoginsOptions extends ProviderOptions {
  readonly file?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
}

export function loginClient(url: string) {
  return createClient(LoginService, createConnectTransport({ baseUrl: url, httpVersion: "1.1" }));
}

export const verifier = "v".repeat(43);
export const challengeOf = (text: string) => createHash("sha256").update(text).digest("base64url");
/** Nothing listens there: the tests read where the browser would go. */
export const loopbackPort = 9;

export const people = {
  bob: { email: "bob@acme.example", email_verified: true, name: "Bob Smith", groups: ["secrets-dev"] },
  root: { email: "root@acme.example", email_verified: true, name: "Root", groups: ["secrets-admins"] },
} as const;

export async function startLogins(options: LoginsOptions = {}): Promise<TestLogins> {
  const folder = mkdtempSync(join(tmpdir(), "secret-svc-login-"));
  const path = join(folder, "issuers.yaml");
  const provider = await startProvider(options);
  writeFileSync(join(folder, "acme.secret"), `${provider.clientSecret}\n`, { mode: 0o600 });
  const writeFile = (fields: Readonly<Record<string, string>>) => {
    const scopes = { "login.scopes": "[openid, email, profile, groups]" };
    writeFileSync(path, loginFile({ issuer: provider.issuer, ...scopes, ...options.file, ...fields }));
  };
  writeFile({});
  const service = await startService(rest, {
    environment: { SECRET_SVC_ISSUERS: path, ...options.environment },
    startMs: Date.now(),
  });
  provider.serve(service.url);
  for (const [name, claims] of Object.entries(people)) provider.setAccount(`sub-${name}`, claims);
  const logins = loginClient(service.url);

  async function askFor(subject: string, { browser = createBrowser(), request }: TerminalOptions = {}): Promise<Asked> {
    provider.signIn(subject);
    const begun = await logins.beginLogin({
      challenge: challengeOf(verifier),
      loopbackPort,
      client: "bob@laptop",
      ...request,
    });
    const url = begun.url.replace(/^http:\/\/localhost/, "http://127.0.0.1");
    const back = begun.userCode === "" ? await browser.goTo(url) : await typeCode(browser, url, begun.userCode);
    const page = back.goesTo === undefined ? back : await browser.goTo(back.goesTo);
    return { browser, page, loginId: begun.loginId, verifier };
  }

  return {
    provider,
    service,
    logins,
    writeFile,
    askFor,
    async logIn(subject, terminal) {
      const { browser, page, loginId } = await askFor(subject, terminal);
      const approved = await browser.submit(page, { answer: "yes" });
      const code = new URL(approved.goesTo ?? "http://none").searchParams.get("code") ?? "";
      const { token } = await logins.finishLogin({ loginId, verifier, code });
      return { token, api: service.as(token) };
    },
    async stop() {
      await service.stop();
      await provider.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** Types a code on its page, and goes on to the provider. */
export async function typeCode(browser: TestBrowser, url: string, code: string): Promise<Visited> {
  const typed = await browser.submit(await browser.goTo(url), { code });
  return typed.goesTo === undefined ? typed : browser.goTo(typed.goesTo);
}
