/** Runs in the browser, as the script of a page: what a console for the service would do, with connect-web. */
import { Code, ConnectError, createClient, type Transport } from "@connectrpc/connect";
import { createConnectTransport, createGrpcWebTransport } from "@connectrpc/connect-web";
import { ErrorDetailSchema, ReasonSchema } from "../../../gen/secret/v1/error_pb.ts";
import { SecretService } from "../../../gen/secret/v1/secret_service_pb.ts";

/** What a page got to see. */
export interface Seen {
  readonly value: string | undefined;
  /** Kind and key of the first change that arrived. */
  readonly watched: string;
  readonly refusal: { readonly code: string; readonly reason: string };
  readonly requestId: string;
}

export type Protocol = "connect-json" | "connect-binary" | "grpc-web";

function open(protocol: Protocol, baseUrl: string): Transport {
  if (protocol === "grpc-web") return createGrpcWebTransport({ baseUrl });
  return createConnectTransport({ baseUrl, useBinaryFormat: protocol === "connect-binary" });
}

/** Saves a secret while watching it, reads it, and is refused something. */
export async function useSecrets(protocol: Protocol, baseUrl: string, token: string): Promise<Seen> {
  const client = createClient(SecretService, open(protocol, baseUrl));
  const headers = { authorization: `Bearer ${token}` };
  const key = `browser/${protocol}`;
  const changes = client.watchSecrets({ keys: [key] }, { headers })[Symbol.asyncIterator]();
  await changes.next();
  let requestId = "";
  await client.saveSecrets({ secrets: [{ key, value: protocol }] }, { headers });
  const { value: first } = await changes.next();
  await changes.return?.();
  const { secrets } = await client.listSecrets(
    { keys: [key] },
    { headers, timeoutMs: 20_000, onHeader: (answered) => (requestId = answered.get("x-request-id") ?? "") },
  );
  return {
    value: secrets[0]?.value,
    watched: `${first?.change?.kind} ${first?.change?.key}`,
    refusal: await refusalOf(client.saveSecrets({ secrets: [{ key: "a//b", value: "x" }] }, { headers })),
    requestId,
  };
}

async function refusalOf(call: Promise<unknown>): Promise<Seen["refusal"]> {
  const error = await call.then(() => undefined, ConnectError.from);
  const [detail] = error?.findDetails(ErrorDetailSchema) ?? [];
  return { code: Code[error?.code ?? 0] ?? "", reason: ReasonSchema.value[detail?.reason ?? 0]?.localName ?? "" };
}

/** Reads and removes by the paths for scripts. Answers the status of each, or why the browser has none. */
export async function useRest(baseUrl: string, token: string): Promise<string[]> {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const body = JSON.stringify({ secrets: [{ key: "browser/rest", value: "x" }] });
  const remove = JSON.stringify({ key: "browser/rest" });
  const call = (path: string, init: RequestInit) =>
    fetch(baseUrl + path, { headers, ...init }).then(({ status }) => String(status), String);
  return [
    await call("/secret-svc/whoami", {}),
    await call("/secret-svc/secrets", { method: "PUT", body }),
    await call("/secret-svc/secrets", { method: "DELETE", body: remove }),
    await call("/healthz", { headers: {} }),
    await call("/secret-svc/whoami", { credentials: "include" }),
  ];
}
