import type { JsonObject, JsonValue, Message } from "@bufbuild/protobuf";
import type {
  DecryptValueResponse,
  EncryptValueResponse,
  IsSecureResponse,
  ListSecretsRequest,
  ListSecretsResponse,
  Secret,
  SecretService,
} from "../../gen/secret/v1/secret_service_pb.ts";
import { SecretError } from "../error.ts";
import type { Call } from "../http/call/call.ts";
import type { RestForm } from "../http/call/rest-form.ts";
import { limits } from "../limits.ts";
import { accessListNames } from "../text/access-list-names.ts";

// The bodies that clients of 1Backend 0.9 expect: a secret has an `appId`, its `id` is the key, and there are no
// further fields. Some of these clients refuse a field that they do not know, and some a secret without one that they
// need.

type Forms = { readonly [Name in keyof (typeof SecretService)["method"]]?: RestForm };

export const ancestorForms: Forms = {
  listSecrets: { readRequest: readList, writeResponse: writeList },
  saveSecrets: { readRequest: readSave, writeResponse: () => ({}) },
  removeSecrets: { readRequest: (json) => json, writeResponse: () => ({}) },
  encryptValue: { readRequest: (json) => json, writeResponse: writeValues },
  decryptValue: { readRequest: (json) => json, writeResponse: writeValues },
  isSecure: {
    readRequest: (json) => json,
    writeResponse: (answer) => ({ isSecure: (answer as IsSecureResponse).isSecure }),
  },
};

/**
 * A list of everything has values there, and no pages. A tenant is one application: `allApps` asks for nothing more.
 */
function readList(json: JsonValue): JsonValue {
  if (!isObject(json)) return json;
  const { allApps: _ignored, ...request } = json;
  return { ...request, view: "SECRET_VIEW_FULL", pageSize: limits.pageMax };
}

/**
 * The application, by its host or by the name that older clients have for it, comes with the token. A program may save
 * what it listed: that has an `appId`.
 */
function readSave(json: JsonValue): JsonValue {
  if (!isObject(json) || !Array.isArray(json.secrets)) return json;
  const secrets = json.secrets.map((secret) => {
    if (!isObject(secret)) return secret;
    const { appId: _app, appHost: _host, namespace: _namespace, ...input } = secret;
    return input;
  });
  return { ...json, secrets };
}

function writeList(answer: unknown, request: Message, call: Call | undefined): JsonObject {
  const { secrets, errors, nextPageToken } = answer as ListSecretsResponse;
  const { keys, ids, key, id } = request as ListSecretsRequest;
  // What is named and cannot be shown is an error. It must not look as if it did not exist.
  if (keys.length + ids.length > 0 || key !== "" || id !== "") {
    for (const damaged of errors) {
      const message = `${damaged.key} cannot be shown: it does not verify`;
      throw new SecretError({ reason: "INTEGRITY", message, key: damaged.key });
    }
    for (const { key: bytes } of secrets.filter(({ value }) => value === undefined)) {
      const message = `${bytes} cannot be shown: its value is not text`;
      throw new SecretError({ reason: "INVALID_FIELD", message, key: bytes, field: "value" });
    }
  }
  if (nextPageToken !== "") {
    const message = "there are more secrets than one response has room for: name them in ids, some at a time";
    throw new SecretError({ reason: "LIMIT_EXCEEDED", message, field: "ids", limit: limits.pageMax });
  }
  const appId = call?.caller.tenant ?? "";
  return { secrets: secrets.flatMap((secret) => writeSecret(secret, appId)) };
}

/** None for a value that is not text. */
function writeSecret({ key, value, ...secret }: Secret, appId: string): readonly JsonObject[] {
  if (value === undefined) return [];
  const lists = Object.fromEntries(accessListNames.map((name) => [name, secret[name]]));
  return [{ appId, id: key, value, encrypted: false, ...lists }];
}

/** Without what the request has not: one value, or several. */
function writeValues(answer: unknown): JsonObject {
  const { value, values } = answer as EncryptValueResponse | DecryptValueResponse;
  if ((answer as Partial<DecryptValueResponse>).valueBytes !== undefined) {
    throw new SecretError({ reason: "INVALID_FIELD", message: "the sealed value is not text", field: "value" });
  }
  return value === undefined ? { values } : { value };
}

function isObject(json: JsonValue): json is JsonObject {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}
