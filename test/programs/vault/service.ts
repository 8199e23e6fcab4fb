import { apiOf } from "../../support/api/fixture.ts";
import { restTransport } from "../../support/api/rest-transport.ts";
import { startServer } from "../../support/server-process.ts";
import { vaultOn } from "../../support/vault/vault-call.ts";
import type { SessionService } from "./sessions.ts";

/**
 * A service of its own for one program, with a user who has no rights. Its clock goes on, as programs expect: changes
 * in the same millisecond all count as changes of the value.
 */
export async function withService(
  slug: string,
  work: (service: SessionService) => Promise<void>,
  secrets: readonly { readonly key: string; readonly value: string }[] = [],
): Promise<void> {
  const server = await startServer({ env: vaultOn.environment });
  try {
    const { url, adminToken: token } = server;
    const admin = apiOf(restTransport(url, token), token);
    if (secrets.length > 0) await admin.secrets.saveSecrets({ secrets: [...secrets] });
    await admin.identity.saveUsers({ users: [{ slug }] });
    const { secret: userToken } = await admin.identity.createToken({ slug });
    await work({ url, token, slug, userToken });
  } finally {
    await server.stop();
  }
}
