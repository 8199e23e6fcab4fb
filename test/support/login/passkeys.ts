import { type Client, createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { LoginService } from "../../../gen/secret/v1/login_service_pb.ts";
import { type Api, startService, type TestService } from "../api/fixture.ts";
import { connectJson } from "../api/transports.ts";
import { type Authenticator, createAuthenticator } from "./authenticator.ts";
import { createPage, type TestPage } from "./page.ts";

/** A service at which people sign in with passkeys. */
export interface TestPasskeys {
  readonly service: TestService;
  /** Where the passkeys are, as browsers say it. */
  readonly origin: string;
  /** Without a token. */
  readonly strangers: Client<typeof LoginService>;
  /** Invites a user, who accepts with an authenticator. The code is for a session. */
  accept(slug: string, options?: AcceptOptions): Promise<Accepted>;
  /** Signs in, as far as the code for a session. */
  signIn(authenticator: Authenticator, differences?: Parameters<Authenticator["use"]>[1]): Promise<string>;
  /** A page with a session, for a code. */
  open(handoff: string): Promise<TestPage>;
  stop(): Promise<void>;
}

interface AcceptOptions {
  readonly counts?: boolean;
  readonly name?: string;
  readonly differences?: Parameters<Authenticator["make"]>[1];
}

interface Accepted {
  readonly authenticator: Authenticator;
  readonly handoff: string;
  readonly invitation: string;
}

/** With the users alice and mallory, and without the limit on failures. */
export async function startAttackedPasskeys(): Promise<TestPasskeys> {
  const scene = await startPasskeys({ SECRET_SVC_FAILURES_PER_MINUTE: "off" });
  for (const slug of ["alice", "mallory"]) await scene.service.addUser(slug);
  return scene;
}

export async function startPasskeys(environment: Readonly<Record<string, string>> = {}): Promise<TestPasskeys> {
  const service = await startService(connectJson, { environment });
  const origin = `http://localhost:${new URL(service.url).port}`;
  const strangers = createClient(LoginService, createConnectTransport({ baseUrl: service.url, httpVersion: "1.1" }));
  return {
    service,
    origin,
    strangers,
    async accept(slug, { counts = false, name = "laptop", differences } = {}) {
      const authenticator = createAuthenticator(origin, { counts });
      const { code: invitation } = await service.admin.identity.inviteUser({ slug });
      const { challengeId, options } = await strangers.beginInvitation({ invitation });
      const credential = authenticator.make(options, differences);
      const { handoff } = await strangers.acceptInvitation({ invitation, challengeId, credential, name });
      return { authenticator, handoff, invitation };
    },
    async signIn(authenticator, differences) {
      const { challengeId, options } = await strangers.beginPasskeyLogin({});
      const credential = authenticator.use(options, differences);
      return (await strangers.finishPasskeyLogin({ challengeId, credential })).handoff;
    },
    async open(handoff) {
      const page = createPage(service.url);
      const answer = await page.open({ handoff });
      if (answer.status !== 200) throw new Error(`no session: ${JSON.stringify(answer.body)}`);
      return page;
    },
    stop: () => service.stop(),
  };
}

/** The passkeys of a user, as an admin sees them. */
export async function passkeysOf(admin: Api, slug: string) {
  return (await admin.logins.listPasskeys({ slug })).passkeys;
}
