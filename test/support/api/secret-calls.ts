import type { MessageInitShape } from "@bufbuild/protobuf";
import type {
  ListSecretsRequestSchema,
  ListSecretsResponse,
  SaveResult,
  Secret,
  SecretInputSchema,
} from "../../../gen/secret/v1/secret_service_pb.ts";
import type { Api } from "./fixture.ts";

export type SecretInit = MessageInitShape<typeof SecretInputSchema> & { $typeName?: never };
export type ListInit = MessageInitShape<typeof ListSecretsRequestSchema> & { $typeName?: never };

/** Saves one secret and answers its result. */
export async function saveOne(api: Api, secret: SecretInit): Promise<SaveResult> {
  const { results } = await api.secrets.saveSecrets({ secrets: [secret] });
  const [result] = results;
  if (result === undefined || results.length !== 1) throw new Error("a save of one secret has one result");
  return result;
}

/** Reads one secret in full; undefined when it is missing. */
export async function readOne(api: Api, key: string): Promise<Secret | undefined> {
  return (await api.secrets.listSecrets({ keys: [key] })).secrets[0];
}

/** Pages through a list to its end. */
export async function listPages(api: Api, request: ListInit): Promise<ListSecretsResponse[]> {
  const pages: ListSecretsResponse[] = [];
  let pageToken = "";
  do {
    const page = await api.secrets.listSecrets({ ...request, pageToken });
    pages.push(page);
    pageToken = page.nextPageToken;
  } while (pageToken !== "");
  return pages;
}

export async function listKeys(api: Api, request: ListInit): Promise<string[]> {
  return (await listPages(api, request)).flatMap(({ secrets }) => secrets.map(({ key }) => key));
}

/** Seals a value for a key, or for the caller. */
export async function seal(api: Api, value: string, key = ""): Promise<string> {
  return (await api.secrets.encryptValue({ value, key })).value ?? "";
}

/** Why a save of one secret is refused whose value was not sealed for it. */
export const notSealed = { code: "InvalidArgument", reason: "NOT_A_SEALED_VALUE", field: "secrets[0].value" } as const;
