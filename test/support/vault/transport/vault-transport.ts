import { create, type DescMessage, type DescMethodUnary, isMessage, type Message } from "@bufbuild/protobuf";
import type { Transport } from "@connectrpc/connect";
import { CreateTokenRequestSchema, WhoAmIRequestSchema } from "../../../../gen/secret/v1/identity_service_pb.ts";
import {
  ListSecretsRequestSchema,
  ListVersionsRequestSchema,
  RemoveSecretsRequestSchema,
  RestoreVersionRequestSchema,
  SaveSecretsRequestSchema,
} from "../../../../gen/secret/v1/secret_service_pb.ts";
import { type ApiTransport, apiOf } from "../../api/fixture.ts";
import { restTransport } from "../../api/rest-transport.ts";
import { vaultCaller, vaultOn } from "../vault-call.ts";
import type { BothWays } from "./agreement.ts";
import { createToken, whoAmI } from "./identity-calls.ts";
import { listSecrets, listVersions, removeSecrets, restoreVersion, saveSecrets } from "./secret-calls.ts";

/** How often each method was called below `/v1/`. */
export const callsOfVault = new Map<string, number>();

/**
 * The API of Vault as one more way to call the service: what it can say is sent below `/v1/`, and all else over REST.
 * Both must agree on what is refused, and why.
 */
export const vault: ApiTransport = {
  name: "the API of Vault",
  overHttp: true,
  environment: vaultOn.environment,
  open: ({ url }) => ({ as: (token) => vaultTransport(url, token), close: () => {} }),
};

function vaultTransport(url: string, token: string): Transport {
  const rest = restTransport(url, token);
  const ways: BothWays = { api: apiOf(rest, token), call: vaultCaller({ url }, token) };
  return {
    async unary(method, signal, timeoutMs, header, input, contextValues) {
      const answer = await answerOf(ways, method, create(method.input, input));
      if (answer === undefined) return rest.unary(method, signal, timeoutMs, header, input, contextValues);
      callsOfVault.set(method.name, (callsOfVault.get(method.name) ?? 0) + 1);
      if (!isMessage(answer, method.output)) throw new Error(`another answer than that of ${method.name}`);
      const headers = { header: new Headers(), trailer: new Headers() };
      return { stream: false, service: method.parent, method, ...headers, message: answer };
    },
    stream: rest.stream,
  };
}

/** Undefined when the API of Vault cannot say this call. */
async function answerOf(
  ways: BothWays,
  { name }: DescMethodUnary<DescMessage, DescMessage>,
  request: Message,
): Promise<Message | undefined> {
  if (isMessage(request, ListSecretsRequestSchema)) return listSecrets(ways, request);
  if (isMessage(request, SaveSecretsRequestSchema)) return saveSecrets(ways, request);
  if (isMessage(request, RemoveSecretsRequestSchema)) return removeSecrets(ways, request);
  if (isMessage(request, ListVersionsRequestSchema)) return listVersions(ways, request);
  if (isMessage(request, RestoreVersionRequestSchema)) return restoreVersion(ways, request);
  if (isMessage(request, CreateTokenRequestSchema)) return createToken(ways, request);
  if (isMessage(request, WhoAmIRequestSchema) && name === "WhoAmI") return whoAmI(ways);
  return undefined;
}
