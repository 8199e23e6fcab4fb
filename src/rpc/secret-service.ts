import { durationMs } from "@bufbuild/protobuf/wkt";
import {
  Comparison,
  type ListSecretsRequest,
  type RemoveSecretsRequest,
  SaveOutcome,
  type SaveSecretsRequest,
  type SecretInput,
  type SecretService,
  SecretState,
  SecretView,
  SecuritySeverity as WireSeverity,
} from "../../gen/secret/v1/secret_service_pb.ts";
import { sealingSuite } from "../crypto/sealed-value.ts";
import type { AccessChanges } from "../identity/access-changes.ts";
import { explainAccess } from "../identity/explain-access.ts";
import { saveExplained } from "../identity/save-explained.ts";
import type { Context } from "../rules/context.ts";
import type { RightExplanation } from "../rules/explain.ts";
import type { OneOrSeveral } from "../rules/selection.ts";
import type { SecretState as State } from "../rules/state.ts";
import { type ComparedSecret, compareNamespaces } from "../secrets/compare-namespaces.ts";
import { copySecrets } from "../secrets/copy-secrets.ts";
import { decryptValue } from "../secrets/decrypt-value.ts";
import { encryptValue } from "../secrets/encrypt-value.ts";
import { describeSecurity, type SecuritySeverity } from "../secrets/is-secure.ts";
import type { SecretView as View } from "../secrets/list-filter.ts";
import { listSecrets } from "../secrets/list-secrets.ts";
import { listVersions } from "../secrets/list-versions.ts";
import { purgeSecrets } from "../secrets/purge-secrets.ts";
import { purgeVersions } from "../secrets/purge-versions.ts";
import { removeSecrets } from "../secrets/remove-secrets.ts";
import { restoreVersion } from "../secrets/restore-version.ts";
import type { SaveResult } from "../secrets/save-commit.ts";
import type { SaveInput } from "../secrets/save-input.ts";
import type { SecurityFacts } from "../secrets/security-facts.ts";
import { watchSecrets } from "../secrets/watch-secrets.ts";
import { forAccessLists } from "../text/access-list-names.ts";
import type { GuardedImpl } from "./guarded-impl.ts";
import { toListResponse } from "./list-response/secret-message.ts";
import { toVersionsMessage } from "./version-message.ts";
import { toWatchResponse } from "./watch-message.ts";
import { fromWire } from "./wire/from-wire.ts";
import { toTimestamp } from "./wire/timestamp.ts";

/** Translates SecretService between the contract and the domain, and decides nothing. */
export function createSecretService(
  context: Context,
  securityFacts: () => Promise<SecurityFacts>,
): GuardedImpl<typeof SecretService, "getSealingKey"> {
  return {
    async listSecrets(request, call) {
      const answer = await listSecrets(context, call, {
        ...namesOf(request),
        namespace: request.namespace,
        keyPattern: request.keyPattern,
        state: fromWire(states, request.state, "state"),
        withinMs: request.within === undefined ? undefined : durationMs(request.within),
        view: fromWire(views, request.view, "view"),
        pageSize: request.pageSize,
        pageToken: request.pageToken,
        folder: request.folder,
        removed: request.removed,
        text: request.text,
      });
      return toListResponse(answer);
    },
    async saveSecrets(request: SaveSecretsRequest, call) {
      const { results, access } = await saveExplained(context, call, {
        secrets: request.secrets.map(fromSecretInput),
        remove: request.remove.map(({ key, ifVersion }) => ({ key, ifVersion })),
        validateOnly: request.validateOnly,
        idempotencyKey: request.idempotencyKey,
        explainAccess: request.explainAccess,
      });
      return {
        results: results.map((result, at) => toWireResult(asNamed(result, request.secrets[at]), access[at])),
      };
    },
    async copySecrets({ items, move, validateOnly, readers, idempotencyKey }, call) {
      const wanted = items.map(({ source, target, ifVersion }) => ({ source, target, ifVersion }));
      const request = { items: wanted, move, validateOnly, readers, idempotencyKey };
      const results = await copySecrets(context, call, request);
      return { results: results.map((result) => toWireResult(result)) };
    },
    async compareNamespaces({ left, right }, call) {
      const secrets = await compareNamespaces(context, call, { left, right });
      return { secrets: secrets.map(({ name, comparison }) => ({ name, comparison: wireComparisons[comparison] })) };
    },
    async removeSecrets(request, call) {
      const removed = await removeSecrets(context, call, {
        ...namesOf(request),
        idempotencyKey: request.idempotencyKey,
      });
      return { removed: removed.map((each) => ({ ...each })) };
    },
    async listVersions({ key, version, showValues }, call) {
      const answer = await listVersions(context, call, { key, version, withValues: showValues });
      return toVersionsMessage(answer, context.now());
    },
    async restoreVersion({ key, version, ifVersion, idempotencyKey }, call) {
      const result = await restoreVersion(context, call, { key, version, ifVersion, idempotencyKey });
      return { result: toWireResult(result) };
    },
    async purgeSecrets({ keys, oldVersions, versions }, call) {
      const purged =
        versions.length === 0
          ? await purgeSecrets(context, call, { keys, oldVersions })
          : await purgeVersions(context, call, { keys, oldVersions, versions });
      return { purged: purged.map((each) => ({ ...each })) };
    },
    async getSealingKey() {
      return { ...context.sealing.publicKey(), suite: sealingSuite };
    },
    async encryptValue({ value, values, valueBytes, key, checksumAlgorithm }, call) {
      const answer = await encryptValue(context, call, { value, values, valueBytes, key, checksumAlgorithm });
      return { ...answer, ...oneOrSeveral(answer), checksums: [...answer.checksums] };
    },
    async decryptValue({ value, values }, call) {
      const { valueBytes, ...answer } = await decryptValue(context, call, { value, values });
      return { ...oneOrSeveral(answer), ...(valueBytes === undefined ? {} : { valueBytes }) };
    },
    async explainAccess({ key, principal, whoCan, pageSize, pageToken }, call) {
      const answer = await explainAccess(context, call, { key, principal, whoCan, pageSize, pageToken });
      return {
        key,
        principal: answer.principal,
        rights: answer.rights.map(toWireExplanation),
        holders: answer.holders.map(({ slug, explanation: { rule, entries, permit = "" } }) => ({
          slug,
          rule,
          entries: [...entries],
          permit,
        })),
        listed: [...answer.listed],
        nextPageToken: answer.nextPageToken,
      };
    },
    async *watchSecrets(request, call, signal, recheck) {
      const { keys, namespace, keyPattern, resumeToken, heartbeatSeconds } = request;
      const wanted = { keys, namespace, keyPattern, resumeToken, heartbeatSeconds };
      for await (const message of watchSecrets(context, call, wanted, { signal, recheck })) {
        yield toWatchResponse(message, context.now());
      }
    },
    async isSecure(_request, call) {
      const { isSecure, reasons, findings } = describeSecurity(await securityFacts(), call.caller);
      return {
        isSecure,
        reasons: [...reasons],
        findings: findings.map(({ severity, ...finding }) => ({ ...finding, severity: wireSeverities[severity] })),
      };
    },
  };
}

function namesOf({ keys, ids, key, id }: ListSecretsRequest | RemoveSecretsRequest) {
  return { keys, ids, key, id };
}

/** A secret whose key came in the field for ids is answered with this name as its id. */
function asNamed(result: SaveResult, input: SecretInput | undefined): SaveResult {
  const isNamed = input !== undefined && input.key === "" && input.id === result.key && result.id !== "";
  return isNamed ? { ...result, id: input.id } : result;
}

function toWireExplanation({ right, allowed, rule, list, entries, grant = "", permit = "" }: RightExplanation) {
  return { right, allowed, rule, list: list ?? "", entries: [...entries], grant, permit };
}

/** Omits `value` if it is not set, so that it is absent from JSON. */
function oneOrSeveral({ value, values }: OneOrSeveral) {
  return { ...(value === undefined ? {} : { value }), values: [...values] };
}

const views: Record<SecretView, View | undefined> = {
  [SecretView.UNSPECIFIED]: undefined,
  [SecretView.KEYS]: "keys",
  [SecretView.METADATA]: "metadata",
  [SecretView.FULL]: "full",
};

const states: Record<SecretState, State | undefined> = {
  [SecretState.UNSPECIFIED]: undefined,
  [SecretState.ACTIVE]: "active",
  [SecretState.EXPIRING]: "expiring",
  [SecretState.EXPIRED]: "expired",
  [SecretState.ROTATION_DUE]: "rotation-due",
};

const wireSeverities: Record<SecuritySeverity, WireSeverity> = {
  critical: WireSeverity.CRITICAL,
  warning: WireSeverity.WARNING,
  notice: WireSeverity.NOTICE,
};

const wireComparisons: Record<ComparedSecret["comparison"], Comparison> = {
  same: Comparison.SAME,
  different: Comparison.DIFFERENT,
  "only-left": Comparison.ONLY_LEFT,
  "only-right": Comparison.ONLY_RIGHT,
  "not-readable": Comparison.NOT_READABLE,
  damaged: Comparison.DAMAGED,
};

const wireOutcomes: Record<SaveResult["outcome"], SaveOutcome> = {
  created: SaveOutcome.CREATED,
  updated: SaveOutcome.UPDATED,
  unchanged: SaveOutcome.UNCHANGED,
  removed: SaveOutcome.REMOVED,
  forbidden: SaveOutcome.FORBIDDEN,
};

function fromSecretInput(input: SecretInput): SaveInput {
  const { id, key, value, valueBytes, encrypted, checksum, checksumAlgorithm, clear, ifVersion, owner } = input;
  const lists = forAccessLists((name) => input[name]);
  const metadata = Object.entries(input.metadata);
  const content = { value, valueBytes, encrypted, checksum, checksumAlgorithm };
  return { id, key, ...content, lists, metadata, clear, ifVersion, owner };
}

function toWireResult(result: SaveResult, access: AccessChanges = { changes: [], count: 0 }) {
  return {
    key: result.key,
    id: result.id,
    outcome: wireOutcomes[result.outcome],
    version: result.version,
    changedFields: [...result.changedFields],
    listChanges: result.listChanges.map(({ list, added, removed }) => ({
      list,
      added: [...added],
      removed: [...removed],
    })),
    missingRight: result.missingRight,
    missingPermit: result.missingPermit ?? "",
    accessChanges: access.changes.map(({ lastReadAtMs, ...change }) => {
      return { ...change, ...(lastReadAtMs === undefined ? {} : { lastReadAt: toTimestamp(lastReadAtMs) }) };
    }),
    accessChangeCount: access.count,
  };
}
