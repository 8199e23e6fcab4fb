import type { DescField } from "@bufbuild/protobuf";
import { auditFilterForm } from "../../src/audit-log/audit-filter.ts";
import { checksumAlgorithms } from "../../src/crypto/checksum.ts";
import { sealedPrefix, sealedTextCharsMax } from "../../src/crypto/sealed-text.ts";
import { namePrefixForm } from "../../src/identity/list-names.ts";
import { limits } from "../../src/limits.ts";
import { kidForm } from "../../src/rotation/manage-keys.ts";
import { explainedRights } from "../../src/rules/explain.ts";
import { grantActions } from "../../src/rules/grants.ts";
import { globForm } from "../../src/rules/key-pattern.ts";
import { quotaNames } from "../../src/rules/quota.ts";
import { keyForm, slugForm } from "../../src/rules/secret-key.ts";
import { tokenIdForm } from "../../src/rules/token.ts";
import { idempotencyKeyForm } from "../../src/secrets/idempotency.ts";
import { accessListNames } from "../../src/text/access-list-names.ts";

/** What the service demands of a field in a request, in the words of JSON Schema. */
export interface Constraint {
  readonly isRequired?: true;
  /** Of the text itself, of each entry of a list, or of each value of a map. */
  readonly text?: TextConstraint;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly maxProperties?: number;
  readonly propertyNames?: TextConstraint;
  readonly minimum?: number;
  readonly maximum?: number;
}

export interface TextConstraint {
  readonly minLength?: number;
  /**
   * In characters, where the service counts bytes: a text of other characters than ASCII may be refused before that.
   */
  readonly maxLength?: number;
  readonly pattern?: string;
}

const text = (form: RegExp, maxLength?: number): TextConstraint => ({
  pattern: form.source,
  ...(maxLength === undefined ? {} : { maxLength }),
});
const oneOf = (words: readonly string[]): TextConstraint => text(new RegExp(`^(?:${words.join("|")})$`));

const key = text(keyForm, limits.keyBytes);
const slug = text(slugForm, limits.slugBytes);
const glob = text(globForm, limits.keyPatternBytes);
const value: TextConstraint = { minLength: 1, maxLength: limits.valueBytes };
const base64: TextConstraint = { minLength: 2, maxLength: Math.ceil(limits.valueBytes / 3) * 4 };
const sealed: TextConstraint = {
  ...text(new RegExp(`^${sealedPrefix.replaceAll(".", "[.]")}`), sealedTextCharsMax),
};

/** Must be there, and not empty. */
const required = (of: TextConstraint): Constraint => ({ isRequired: true, text: { ...of, minLength: 1 } });
/** May be left out, and an empty text is the same. */
const optional = ({ pattern, ...lengths }: TextConstraint): Constraint => ({
  text: { ...(pattern === undefined ? {} : { pattern: `^(?:${pattern.slice(1, -1)})?$` }), ...lengths },
});
const upTo = (maxItems: number, of: TextConstraint = {}): Constraint => ({ maxItems, text: of });
const oneTo = (maxItems: number, of: TextConstraint = {}): Constraint => ({
  isRequired: true,
  minItems: 1,
  ...upTo(maxItems, of),
});
/**
 * What has no limit but that of the whole request: texts of the service that come back, flags, enums, times, versions.
 */
const free: Constraint = {};

const pageSize: Constraint = { maximum: limits.pageMax };
const tenant = optional(slug);
const idempotencyKey = optional(text(idempotencyKeyForm, limits.idempotencyKeyBytes));
const checksumAlgorithm = optional(oneOf(checksumAlgorithms));
const auditFilter = optional(text(auditFilterForm, limits.keyBytes));
const loginCode = optional(text(/^[A-Za-z0-9_-]+$/, limits.loginCodeBytes));
const challengeId = required(text(/^[A-Za-z0-9_-]+$/, limits.loginCodeBytes));
const credential: Constraint = { isRequired: true, text: { minLength: 1, maxLength: limits.passkeyAnswerBytes } };
const passkeyName: Constraint = { text: { maxLength: limits.clientBytes } };
const names = {
  keys: upTo(limits.batchItems, key),
  // A name there that is not an id is a key.
  ids: upTo(limits.batchItems, key),
  key: optional(key),
  id: optional(key),
};

const constraints: Readonly<Record<string, Readonly<Record<string, Constraint>>>> = {
  ListSecretsRequest: {
    ...names,
    namespace: optional(key),
    keyPattern: optional(glob),
    state: free,
    view: free,
    pageSize,
    pageToken: free,
    within: free,
    folder: optional(key),
    removed: free,
    text: { text: { maxLength: limits.searchTextBytes } },
  },
  SecretInput: {
    id: optional(key),
    key: optional(key),
    // A sealed text is longer than its value, which has its own limit.
    value: { text: { minLength: 1, maxLength: sealedTextCharsMax } },
    valueBytes: { text: base64 },
    encrypted: free,
    checksum: optional(text(/^[0-9A-Fa-f]+$/, 128)),
    checksumAlgorithm,
    ...Object.fromEntries(accessListNames.map((list) => [list, upTo(limits.listEntries, slug)])),
    metadata: {
      maxProperties: limits.metadataPairs,
      propertyNames: { minLength: 1, maxLength: limits.metadataNameBytes },
      text: { maxLength: limits.metadataValueBytes },
    },
    clear: { text: oneOf([...accessListNames, "metadata"]) },
    ifVersion: free,
    owner: optional(slug),
  },
  SecretRemoval: { key: required(key), ifVersion: free },
  SaveSecretsRequest: {
    secrets: upTo(limits.batchItems),
    remove: upTo(limits.batchItems),
    validateOnly: free,
    idempotencyKey,
    explainAccess: free,
  },
  CopyItem: { source: required(key), target: required(key), ifVersion: free },
  CopySecretsRequest: {
    items: oneTo(limits.copyItems),
    move: free,
    validateOnly: free,
    readers: upTo(limits.listEntries, slug),
    idempotencyKey,
  },
  CompareNamespacesRequest: { left: required(key), right: required(key) },
  RemoveSecretsRequest: { ...names, idempotencyKey },
  ListVersionsRequest: { key: required(key), version: free, showValues: free },
  RestoreVersionRequest: {
    key: required(key),
    version: { isRequired: true, minimum: 1 },
    ifVersion: free,
    idempotencyKey,
  },
  PurgeSecretsRequest: {
    keys: oneTo(limits.batchItems, key),
    oldVersions: free,
    versions: { maxItems: limits.historyVersions },
  },
  EncryptValueRequest: {
    value: { text: value },
    values: upTo(limits.batchItems, value),
    valueBytes: { text: base64 },
    key: optional(key),
    checksumAlgorithm,
  },
  DecryptValueRequest: { value: { text: sealed }, values: upTo(limits.batchItems, sealed) },
  ExplainAccessRequest: {
    key: required(key),
    principal: optional(slug),
    whoCan: optional(oneOf(explainedRights)),
    pageSize,
    pageToken: free,
  },
  UserInput: {
    slug: required(slug),
    roles: upTo(limits.listEntries, slug),
    admin: free,
    operator: free,
    clear: { text: oneOf(["roles"]) },
    reuse: free,
  },
  SaveUsersRequest: { users: oneTo(limits.batchItems), tenant },
  ListUsersRequest: { tenant, pageSize, pageToken: free },
  RemoveUsersRequest: { slugs: oneTo(limits.batchItems, slug), tenant },
  SavePermitsRequest: { permits: oneTo(limits.batchItems), tenant },
  ListPermitsRequest: { tenant, name: optional(slug) },
  RemovePermitsRequest: { permits: oneTo(limits.batchItems), tenant },
  Permit: { name: required(slug), pattern: required(glob) },
  ApplyTeamRequest: {
    users: upTo(limits.batchItems),
    permits: upTo(limits.batchItems),
    tokens: upTo(limits.batchItems),
    prune: free,
    validateOnly: free,
    tenant,
  },
  TeamUser: { slug: required(slug), roles: upTo(limits.listEntries, slug), admin: free },
  TeamToken: { slug: required(slug), description: { text: { maxLength: limits.descriptionBytes } } },
  CreateTokenRequest: {
    slug: optional(slug),
    ttl: free,
    description: { text: { maxLength: limits.descriptionBytes } },
    tenant,
    grants: upTo(limits.grantPatterns),
  },
  Grant: { action: required(oneOf(grantActions)), keyPatterns: oneTo(limits.grantPatterns, glob) },
  ListTokensRequest: { slug: optional(slug), tenant, pageSize, pageToken: free },
  RevokeTokenRequest: { id: required(text(tokenIdForm)), tenant },
  GetQuotasRequest: { tenant, slug: optional(slug) },
  SetQuotasRequest: { tenant, quotas: free, clear: { text: oneOf(quotaNames) } },
  Quotas: Object.fromEntries(quotaNames.map((name) => [name, free])),
  ListAuditEventsRequest: {
    key: auditFilter,
    principal: auditFilter,
    action: auditFilter,
    decision: free,
    startTime: free,
    endTime: free,
    pageSize,
    pageToken: free,
    actions: upTo(limits.auditActions, text(auditFilterForm, limits.keyBytes)),
    keyPattern: optional(glob),
  },
  ListUsageRequest: { keys: oneTo(limits.usageKeys, key) },
  CloseAuditChainRequest: { chain: required(text(/^[A-Za-z0-9@.-]+$/, limits.chainNameBytes)) },
  ListNamesRequest: { prefix: optional(text(namePrefixForm, limits.slugBytes)), pageSize, pageToken: free },
  ListTenantsRequest: { pageSize, pageToken: free },
  LinkUserRequest: {
    slug: required(slug),
    method: optional(slug),
    subject: optional(text(/^[ -~]+$/, limits.subjectBytes)),
    tenant,
  },
  InviteUserRequest: { slug: required(slug), tenant },
  BeginLoginRequest: {
    challenge: required(text(/^[A-Za-z0-9_-]{43}$/)),
    loopbackPort: { maximum: 65_535 },
    client: optional(text(/^[ -~]+$/, limits.clientBytes)),
    method: optional(slug),
    session: free,
    grants: upTo(limits.grantPatterns),
  },
  FinishLoginRequest: {
    loginId: required(text(/^[A-Za-z0-9_-]+$/, limits.loginCodeBytes)),
    verifier: required(text(/^[A-Za-z0-9._~-]{43,128}$/)),
    code: loginCode,
  },
  EndSessionRequest: { all: free, slug: optional(slug), tenant },
  FinishPasskeyLoginRequest: { challengeId, credential },
  FinishPasskeyRegistrationRequest: { challengeId, credential, name: passkeyName },
  BeginInvitationRequest: { invitation: required(text(/^[A-Za-z0-9_-]+$/, limits.loginCodeBytes)) },
  AcceptInvitationRequest: {
    invitation: required(text(/^[A-Za-z0-9_-]+$/, limits.loginCodeBytes)),
    challengeId,
    credential,
    name: passkeyName,
  },
  ListPasskeysRequest: { slug: optional(slug), tenant },
  RemovePasskeyRequest: { id: required(text(/^[A-Za-z0-9_-]+$/, limits.loginCodeBytes)), slug: optional(slug), tenant },
  DestroySealingKeyRequest: { kid: required(text(kidForm)) },
};

/** What the service demands of a field of a request. Throws for a field that is not in the table. */
export function constraintOf({ parent, jsonName }: DescField): Constraint {
  const found = constraints[parent.name]?.[jsonName];
  if (found !== undefined) return found;
  throw new Error(`say in scripts/openapi/constraints.ts what ${parent.name}.${jsonName} may hold`);
}

/** The fields in the table, for a check that all of them are fields of the contract. */
export function constrainedFields(): readonly string[] {
  return Object.entries(constraints).flatMap(([message, fields]) =>
    Object.keys(fields).map((field) => `${message}.${field}`),
  );
}
