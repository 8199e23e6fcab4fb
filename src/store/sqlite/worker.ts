import type { KeyObject } from "node:crypto";
import { basename } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import type { AuditRecord } from "../../audit/record.ts";
import { StoreError } from "../store-error.ts";
import { createChainInsert, createIdentityCommit } from "./apply-identity.ts";
import {
  createIdempotencyRemoval,
  createKeyInsert,
  createKeyRemoval,
  createKeyReplace,
  createRewrap,
} from "./apply-keys.ts";
import { createSecretCommit } from "./apply-secrets.ts";
import { openForWriting } from "./database.ts";
import { createAuditDrop } from "./drop-audit.ts";
import { createLogEraser } from "./erase-from-log.ts";
import type { EventKey } from "./events.ts";
import { createSchemaCheck } from "./expected-schema.ts";
import { faultOf, reasonOf } from "./failure.ts";
import { createFileGuard } from "./file-guard.ts";
import { type Applied, type ApplyRequest, createGroupCommit } from "./group-commit.ts";
import { createLoginDrop, createLoginWrite } from "./logins.ts";
import { createWriteProbe } from "./probe.ts";
import { accessSchema, secretsSchema } from "./schema.ts";
import { createSchemaGuard } from "./schema-guard.ts";
import { createShippedInsert } from "./shipped-records.ts";
import type { FromWriter, ToWriter, WriteRequest, WriterSettings } from "./writer-requests.ts";

// Entry point of a writer thread: the only connection that writes to its file. Waiting for the disk blocks only this
// thread.

function schemaOf({ sink }: WriterSettings): string {
  return sink === "changes" ? secretsSchema : accessSchema;
}

function openDatabase(settings: WriterSettings): DatabaseSync {
  const db = openForWriting(settings.path, schemaOf(settings), settings.synchronous);
  if (settings.pagesMax !== undefined) db.exec(`PRAGMA max_page_count = ${settings.pagesMax}`);
  return db;
}

function createChangesApply(db: DatabaseSync, auditKey: EventKey): ApplyRequest {
  const commitSecrets = createSecretCommit(db, auditKey);
  const commitIdentity = createIdentityCommit(db);
  const writeLogin = createLoginWrite(db);
  const dropLogins = createLoginDrop(db);
  const addKey = createKeyInsert(db);
  const replaceKeyData = createKeyReplace(db);
  const removeKey = createKeyRemoval(db);
  const rewrap = createRewrap(db);
  const forgetIdempotency = createIdempotencyRemoval(db);
  const registerChains = createChainInsert(db);
  const dropAudit = createAuditDrop(db);
  const countProbe = createProbeCount(db);
  return (request) => {
    switch (request.kind) {
      case "commit-secrets":
        return commitSecrets(request.body);
      case "commit-identity":
        return commitIdentity(request.body);
      case "write-login":
        return writeLogin(request.body);
      case "drop-logins":
        return dropLogins(request.body);
      case "add-key":
        return addKey(request.body);
      case "replace-key-data":
        return replaceKeyData(request.body);
      case "remove-key":
        return removeKey(request.body);
      case "rewrap":
        return rewrap(request.body);
      case "forget-idempotency":
        return forgetIdempotency(request.body);
      case "register-chains":
        return registerChains(request.body);
      case "drop-audit":
        return dropAudit(request.body);
      case "probe":
        return countProbe();
      case "append":
      case "begin-journal":
      case "end-journal":
      case "ship":
        throw new Error("access records have a file of their own");
    }
  };
}

function createAccessApply(db: DatabaseSync): ApplyRequest {
  const dropAudit = createAuditDrop(db);
  const countProbe = createProbeCount(db);
  const { begin, end, ship } = createShippedInsert(db);
  return (request) => {
    if (request.kind === "ship") return ship(request.body);
    if (request.kind === "begin-journal") return begin(request.body);
    if (request.kind === "end-journal") return end();
    if (request.kind === "drop-audit") return dropAudit(request.body);
    if (request.kind === "probe") return countProbe();
    if (request.kind !== "append") throw new Error("only access records go to this file");
    const audit: readonly AuditRecord[] = JSON.parse(request.body);
    return { outcome: undefined, keep: true, audit };
  };
}

/** A small change, so that the commit of a probe writes to the disk. */
function createProbeCount(db: DatabaseSync): () => Applied {
  const count = db.prepare("INSERT INTO meta VALUES ('probes', 1) ON CONFLICT (name) DO UPDATE SET value = value + 1");
  return () => {
    count.run();
    return { outcome: undefined, keep: true, audit: [] };
  };
}

function createDelay(delayMs: number): () => void {
  const never = new Int32Array(new SharedArrayBuffer(4));
  return delayMs === 0 ? () => undefined : () => void Atomics.wait(never, 0, 0, delayMs);
}

/** Takes everything that has arrived by now, so that it shares one commit. */
function drain(port: MessagePort, first: ToWriter): { requests: WriteRequest[]; close: boolean } {
  const requests: WriteRequest[] = [];
  let next: ToWriter | undefined = first;
  while (next !== undefined) {
    if (next.kind === "close") return { requests, close: true };
    requests.push(...next.requests);
    next = receiveMessageOnPort(port)?.message;
  }
  return { requests, close: false };
}

function serve(port: MessagePort, db: DatabaseSync, settings: WriterSettings): void {
  let auditKey: KeyObject | undefined;
  const apply = settings.sink === "changes" ? createChangesApply(db, () => auditKey) : createAccessApply(db);
  const delay = createDelay(settings.commitDelayMs);
  const requireFiles = createFileGuard(settings.path);
  const beforeCommit = () => {
    delay();
    requireFiles();
  };
  const probe = createWriteProbe(db);
  const afterBegin = createSchemaGuard(db, createSchemaCheck(schemaOf(settings)));
  const commitGroup = createGroupCommit({ db, sink: settings.sink, apply, afterBegin, beforeCommit, probe });
  const eraseFromLog = createLogEraser(db);
  const send = (message: FromWriter) => port.postMessage(message);
  port.on("message", (first: ToWriter) => {
    const { requests, close } = drain(port, first);
    if (requests.length > 0) {
      for (const request of requests) if (request.kind === "start-chain") auditKey = request.body.auditKey;
      const replies = waitingForDisk(db, settings, requests, () => commitGroup(requests));
      eraseFromLog(requests);
      send({ kind: "replies", replies });
    }
    if (close) closeDatabase(db, port);
  });
  send({ kind: "ready" });
}

/** A commit that waits for the disk waits for the whole log. */
function waitingForDisk<T>(
  db: DatabaseSync,
  { synchronous }: WriterSettings,
  requests: readonly WriteRequest[],
  commit: () => T,
): T {
  const isDurable = requests.some((request) => request.kind === "ship" && request.body.isDurable);
  if (!isDurable || synchronous === "FULL") return commit();
  db.exec("PRAGMA synchronous = FULL");
  try {
    return commit();
  } finally {
    db.exec(`PRAGMA synchronous = ${synchronous}`);
  }
}

/** What the last checkpoint could not write stays in the log, and the next start reads it from there. */
function closeDatabase(db: DatabaseSync, port: MessagePort): void {
  try {
    db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    db.close();
  } catch {
    // Nothing waits for an answer any more, and what was acknowledged is in the file or in its log.
  }
  port.close();
}

function start(port: MessagePort, settings: WriterSettings): void {
  try {
    serve(port, openDatabase(settings), settings);
  } catch (error) {
    const isOurs = error instanceof StoreError;
    const message = isOurs ? error.message : `${basename(settings.path)} could not be opened (${reasonOf(error)})`;
    port.postMessage({ kind: "refused", message, fault: faultOf(error) } satisfies FromWriter);
    port.close();
  }
}

if (parentPort === null) throw new Error("this file is the entry point of a thread");
start(parentPort, workerData);
