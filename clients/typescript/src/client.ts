import { create } from "@bufbuild/protobuf";
import { type Client, createClient, type Transport } from "@connectrpc/connect";
import { type Connection, callService } from "./calls.ts";
import { unverified } from "./errors.ts";
import { IdentityService } from "./gen/secret/v1/identity_service_pb.ts";
import {
  type ListSecretsRequest,
  RemoveSecretsRequestSchema,
  type SecretError,
  SecretService,
} from "./gen/secret/v1/secret_service_pb.ts";
import { checkAllFound, type Filter, listRequest, manyRequests, type SaveOptions, saveRequest } from "./requests.ts";
import { SealingKey } from "./sealing.ts";
import { type RemovedSecret, type SaveResult, type Secret, type SecretInput, secretFromMessage } from "./secret.ts";
import { authorizedTransport } from "./transport.ts";
import type { Value } from "./value.ts";
import { type WatchEvent, type WatchOptions, watchSecrets } from "./watch.ts";

/** Calls the service, however it is reached. Printing a client shows its address and nothing else. */
export class ServiceClient {
  readonly #connection: Connection;
  readonly #transport: Transport;
  readonly #secrets: Client<typeof SecretService>;
  readonly #identity: Client<typeof IdentityService>;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#transport = authorizedTransport(connection);
    this.#secrets = createClient(SecretService, connection.transport);
    this.#identity = createClient(IdentityService, connection.transport);
  }

  /**
   * Reads one secret with its value. Throws SecretServiceError: NOT_FOUND if there is none that the caller may read.
   */
  async get(key: string): Promise<Secret> {
    const found = await this.getMany([key]);
    return found.get(key) as Secret;
  }

  /**
   * Reads secrets with their values, by key: all of them, or none. Throws SecretServiceError: NOT_FOUND with details
   * that name the missing ones, or INTEGRITY.
   */
  async getMany(keys: readonly string[]): Promise<Map<string, Secret>> {
    const found = new Map<string, Secret>();
    for (const request of manyRequests(keys)) {
      for await (const secret of this.#pages(request)) found.set(secret.key, secret);
    }
    checkAllFound(keys, found);
    return found;
  }

  /**
   * Goes through the secrets that the caller can see, ordered by key, page after page to the end. A stored document
   * that does not verify is a SecretServiceError with INTEGRITY and its key, after all others.
   */
  list(filter: Filter = {}): AsyncGenerator<Secret, void, undefined> {
    return this.#pages(listRequest(filter));
  }

  /**
   * Creates, updates and removes secrets: all of it, or nothing. The results are those of the secrets, then those of
   * the removals. Throws SecretServiceError.
   */
  async save(secrets: readonly SecretInput[], options: SaveOptions = {}): Promise<SaveResult[]> {
    const request = saveRequest(secrets, options);
    const isRepeatable = request.idempotencyKey !== "";
    const { results } = await callService(this.#connection, isRepeatable, (call) =>
      this.#secrets.saveSecrets(request, call),
    );
    return results.map(({ key, id, outcome, version, changedFields, listChanges, missingRight }) => {
      const lists = listChanges.map(({ list, added, removed }) => ({ list, added, removed }));
      return { key, id, outcome, version, changedFields, listChanges: lists, missingRight };
    });
  }

  /** Removes secrets: all of them, or none. Throws SecretServiceError. */
  async remove(keys: readonly string[], options: Pick<SaveOptions, "idempotencyKey"> = {}): Promise<RemovedSecret[]> {
    const { idempotencyKey = "" } = options;
    const request = create(RemoveSecretsRequestSchema, { keys: [...keys], idempotencyKey });
    const { removed } = await callService(this.#connection, idempotencyKey !== "", (call) =>
      this.#secrets.removeSecrets(request, call),
    );
    return removed.map(({ key, id, version }) => ({ key, id, version }));
  }

  /**
   * Yields every change of the secrets that the caller can see, in order, without values. The first event, without a
   * change, says that the watch has started. After a lost connection, and when the token ended and there is another
   * one, it continues without a gap, until the loop ends or the signal is aborted. Throws SecretServiceError:
   * START_OVER if the resume token is too old.
   */
  watch(options: WatchOptions = {}): AsyncGenerator<WatchEvent, void, undefined> {
    return watchSecrets(this.#connection, this.#secrets, options);
  }

  /** Asks the service for its sealing key, for secrets of the caller's own tenant. Throws SecretServiceError. */
  async sealingKey(): Promise<SealingKey> {
    const { kid, suite, publicKey } = await callService(this.#connection, true, (call) =>
      this.#secrets.getSealingKey({}, call),
    );
    const { tenant } = await callService(this.#connection, true, (call) => this.#identity.whoAmI({}, call));
    return new SealingKey({ kid, suite, publicKey, tenant });
  }

  /**
   * Seals a value as `key` with the sealing key of the service. The value does not leave the program unsealed. To seal
   * many, or without the service, use a SealingKey.
   */
  async seal(key: string, value: string | Uint8Array | Value): Promise<string> {
    return (await this.sealingKey()).seal(key, value);
  }

  /**
   * The connection of this client for generated code, such as `createClient(AuditService, client.transport)`. Each call
   * sends the token of the client, and ends after its timeout unless it has another one; a stream has none. Nothing is
   * repeated. Errors are those of Connect; `errorFromCall` finds their reason.
   */
  get transport(): Transport {
    return this.#transport;
  }

  /** Ends the connection; running calls fail. */
  close(): void {
    this.#connection.close();
  }

  toString(): string {
    return `SecretClient(${this.#connection.name})`;
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }

  async *#pages(request: ListSecretsRequest): AsyncGenerator<Secret, void, undefined> {
    const failures: SecretError[] = [];
    for (let pageToken = ""; ; ) {
      const page = await callService(this.#connection, true, (call) =>
        this.#secrets.listSecrets({ ...request, pageToken }, call),
      );
      yield* page.secrets.map(secretFromMessage);
      failures.push(...page.errors);
      pageToken = page.nextPageToken;
      if (pageToken === "") break;
    }
    if (failures.length > 0) throw unverified(failures);
  }
}
