/**
 * A service that lacks one part. Takes the data directory of a stopped service, and the name of the variant. Prints its
 * address.
 */
import type { HandlerContext } from "@connectrpc/connect";
import { type ListSecretsResponse, SecretService } from "../../gen/secret/v1/secret_service_pb.ts";
import { readConfig } from "../../src/config/config.ts";
import type { ServedService } from "../../src/http/call/service.ts";
import { createHttpServer } from "../../src/http/connection/server.ts";
import { assemble } from "../../src/service/assemble.ts";
import { openCore } from "../../src/service/core.ts";
import { type Variant, variants } from "./variant.ts";

const [, , dataDir = "", name = ""] = process.argv;
const variant: Variant | undefined = Object.entries(variants).find(([known]) => known === name)?.[1];
if (variant === undefined) throw new Error(`there is no variant called ${name}`);
const { context: change = async (context) => context, answer, forgetsCallers = false } = variant;

const config = readConfig(process.env, {
  store: undefined,
  dataDir,
  listen: undefined,
  tlsCert: undefined,
  tlsKey: undefined,
  auditSync: undefined,
  reflection: "off",
});
const core = await openCore(config, Date.now);
const context = await change(core.context, dataDir);
const { services, authenticator } = assemble({
  config,
  core: { ...core, context },
  monotonicMs: () => performance.now(),
});

const server = createHttpServer({
  services: services.map(answerInstead),
  authenticate(authorization, peer) {
    if (forgetsCallers) authenticator.forget();
    return authenticator.authenticate(authorization, peer);
  },
  probes: {},
  log: ({ error }) => process.stderr.write(`${error}\n`),
});
const { host, port } = await server.listen("127.0.0.1", 0);
process.stdout.write(`listening on http://${host}:${port}\n`);

function answerInstead(served: ServedService): ServedService {
  if (served.service.typeName !== SecretService.typeName || answer === undefined) return served;
  const implementation = served.implementation as unknown as {
    listSecrets(request: unknown, call: HandlerContext): Promise<ListSecretsResponse>;
  };
  const listSecrets = async (request: unknown, call: HandlerContext) =>
    answer(await implementation.listSecrets(request, call));
  return {
    ...served,
    implementation: { ...implementation, listSecrets } as unknown as ServedService["implementation"],
  };
}
