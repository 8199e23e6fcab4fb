import { computed, signal } from "@preact/signals";
import {
  type ListSecretsResponse,
  type Secret,
  type SecretChange,
  SecretChangeKind,
  SecretState,
  SecretView,
} from "../gen/secret/v1/secret_service_pb.ts";
import { limits } from "../src/limits.ts";
import { compareBytes } from "../src/text/byte-order.ts";
import { problemFrom, secretService } from "./api.ts";
import type { DueKind } from "./model/due.ts";
import { type Searchable, searchableOf } from "./model/filter.ts";
import type { Item } from "./model/tree.ts";
import type { Problem } from "./model/words.ts";
import { pageHalf, serviceNow } from "./session.ts";
import { type WatchState, watchChanges } from "./watch.ts";

/** A secret as the list needs it. */
export interface Entry extends Item {
  readonly secret: Secret;
  readonly state: SecretState;
  readonly searchable: Searchable;
}

/** More than this is not loaded: no one reads it as a list. */
export const loadMax = 50_000;
/** The first page is small, so that something is seen at once. */
const firstPage = 200;
/**
 * How long changes are collected before the list is drawn again: drawing for each of a thousand takes half a minute.
 * While the list is read, each drawing delays the next page of it.
 */
const drawMs = (count: number, isReading: boolean) =>
  count <= firstPage ? 16 : isReading ? 400 : count > 5000 ? 100 : 16;
/** How long a row that changed elsewhere stays marked. */
export const flashMs = 1600;

const entries = new Map<string, Entry>();
const damaged = new Set<string>();
const flashes = new Map<string, number>();
/** What a watch has brought since the list began to be read. */
const arrived = new Set<string>();

/** Counts up whenever the list has changed and is to be drawn. */
export const drawn = signal(0);
export const loadState = signal<{ readonly done: boolean; readonly more: boolean; readonly problem?: Problem }>({
  done: false,
  more: false,
});
export const watchState = signal<WatchState>("connecting");

/** In the order of their keys. Mostly they have come in it, which makes the sorting cheap. */
export const allEntries = computed<readonly Entry[]>(() => {
  void drawn.value;
  return [...entries.values()].sort((a, b) => compareBytes(a.key, b.key));
});

export const damagedKeys = computed<readonly string[]>(() => {
  void drawn.value;
  return [...damaged].sort(compareBytes);
});

export function findSecret(key: string): Secret | undefined {
  void drawn.value;
  return entries.get(key)?.secret;
}

export function isFlashing(key: string): boolean {
  return (flashes.get(key) ?? 0) > Date.now();
}

/** What is due now. The service counts it when it answers; a page that stays open for days has to go on. */
export function stateOf({ state, expireAt }: Secret, nowMs: number): SecretState {
  if (expireAt === undefined) return state;
  const endMs = Number(expireAt.seconds) * 1000;
  if (nowMs >= endMs) return SecretState.EXPIRED;
  return nowMs >= endMs - limits.expiringMs ? SecretState.EXPIRING : state;
}

const dueOf: Readonly<Partial<Record<SecretState, DueKind>>> = {
  [SecretState.EXPIRED]: "expired",
  [SecretState.EXPIRING]: "expiring",
  [SecretState.ROTATION_DUE]: "rotationDue",
};

let timer: ReturnType<typeof setTimeout> | undefined;

function drawSoon(): void {
  timer ??= setTimeout(draw, drawMs(entries.size, !loadState.peek().done));
}

function draw(): void {
  clearTimeout(timer);
  timer = undefined;
  drawn.value += 1;
}

/** Puts a secret into the list unless a newer version is there. */
export function putSecret(secret: Secret): void {
  const before = entries.get(secret.key);
  if (before !== undefined && before.secret.version > secret.version) return;
  const state = stateOf(secret, serviceNow());
  const searchable = before?.secret === secret ? before.searchable : searchableOf(secret);
  entries.set(secret.key, { key: secret.key, secret, state, due: dueOf[state], searchable });
  damaged.delete(secret.key);
  drawSoon();
}

function dropSecret(key: string): void {
  entries.delete(key);
  drawSoon();
}

const changeListeners = new Set<(change: SecretChange) => void>();

export function onChange(listener: (change: SecretChange) => void): () => void {
  changeListeners.add(listener);
  return () => changeListeners.delete(listener);
}

function applyChange(change: SecretChange): void {
  arrived.add(change.key);
  if (change.kind === SecretChangeKind.GONE) dropSecret(change.key);
  else if (change.secret !== undefined) {
    const isNews = (entries.get(change.key)?.secret.version ?? 0) < change.secret.version;
    putSecret(change.secret);
    if (isNews) flashes.set(change.key, Date.now() + flashMs);
  }
  for (const listener of changeListeners) listener(change);
}

let stopFollowing = () => {};

/** Loads all secrets that the viewer may see, and follows their changes until `stopStore`. */
export function startStore(session: string): void {
  stopStore();
  const stopping = new AbortController();
  let loading: AbortController | undefined;
  let wasLive = false;
  const reload = () => {
    loading?.abort();
    loading = new AbortController();
    void loadAll(AbortSignal.any([stopping.signal, loading.signal]));
  };
  const stopWatch = watchChanges(session, {
    change: applyChange,
    state: (state) => {
      watchState.value = state;
      if (state !== "live" || wasLive) return;
      // What happened before the stream began is in the list only if that is read afterwards.
      wasLive = true;
      reload();
    },
    startOver: reload,
  });
  void showBeginning(stopping.signal);
  // The list must not wait for a stream that does not come.
  const impatient = setTimeout(() => loading === undefined && reload(), 1000);
  const aging = setInterval(ageStates, 60_000);
  stopFollowing = () => {
    stopping.abort();
    stopWatch();
    clearTimeout(impatient);
    clearInterval(aging);
    watchState.value = "connecting";
  };
}

interface Ahead {
  readonly half: string;
  readonly page: Promise<ListSecretsResponse>;
}

let ahead: Ahead | undefined;

/** Asks for the beginning of the list while the page still asks who looks at it. */
export function readAhead(): void {
  const half = pageHalf();
  if (half === undefined) return;
  const page = readBeginning();
  page.catch(() => undefined);
  ahead = { half, page };
}

function readBeginning(signal?: AbortSignal): Promise<ListSecretsResponse> {
  const options = signal === undefined ? {} : { signal };
  return secretService.listSecrets({ view: SecretView.METADATA, pageSize: firstPage }, options);
}

/**
 * Something is seen at once, before the stream and the whole list are there. Reading the list says whether it still
 * holds.
 */
async function showBeginning(signal: AbortSignal): Promise<void> {
  const known = ahead?.half === pageHalf() ? ahead?.page : undefined;
  ahead = undefined;
  try {
    const { secrets } = await (known ?? readBeginning(signal));
    if (signal.aborted || loadState.value.done) return;
    for (const secret of secrets) if (!arrived.has(secret.key)) putSecret(secret);
  } catch {
    // Reading the whole list has the same problem, and says so.
  }
}

export function stopStore(): void {
  stopFollowing();
  stopFollowing = () => {};
}

/** Drops everything: another person is going to look at the page. */
export function forgetSecrets(): void {
  entries.clear();
  damaged.clear();
  flashes.clear();
  arrived.clear();
  loadState.value = { done: false, more: false };
  watchState.value = "connecting";
  draw();
}

/** Pages of a list belong together: when the service does not know a page token any more, the list is read anew. */
const maxBeginnings = 3;

async function loadAll(signal: AbortSignal, beginning = 1): Promise<void> {
  const seen = new Set<string>();
  const broken = new Set<string>();
  arrived.clear();
  loadState.value = { done: false, more: false };
  try {
    for (let pageToken = "", pageSize = entries.size === 0 ? firstPage : limits.pageMax; ; pageSize = limits.pageMax) {
      const request = { view: SecretView.METADATA, pageSize, pageToken };
      const page = await secretService.listSecrets(request, { signal });
      for (const secret of page.secrets) {
        seen.add(secret.key);
        // It may have been removed since the page was read.
        if (entries.has(secret.key) || !arrived.has(secret.key)) putSecret(secret);
      }
      for (const { key } of page.errors) broken.add(key);
      pageToken = page.nextPageToken;
      if (pageToken === "" || seen.size >= loadMax) {
        loadState.value = { done: true, more: pageToken !== "" };
        break;
      }
      loadState.value = { done: false, more: false };
    }
    // What was there before and was not listed is gone, unless it came while the list was read.
    if (!loadState.value.more) {
      for (const key of entries.keys()) if (!seen.has(key) && !arrived.has(key)) entries.delete(key);
    }
    damaged.clear();
    for (const key of broken) damaged.add(key);
    draw();
  } catch (error) {
    if (signal.aborted) return;
    const problem = problemFrom(error);
    if (problem.reason === "INVALID_PAGE_TOKEN" && beginning < maxBeginnings) return loadAll(signal, beginning + 1);
    loadState.value = { done: true, more: false, problem };
  }
}

export function reloadAll(): void {
  void loadAll(new AbortController().signal);
}

function ageStates(): void {
  for (const { secret } of entries.values()) putSecret(secret);
}
