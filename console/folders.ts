import { computed, signal } from "@preact/signals";
import { SecretView } from "../gen/secret/v1/secret_service_pb.ts";
import { limits } from "../src/limits.ts";
import { problemFrom, secretService } from "./api.ts";
import type { Stub } from "./model/tree.ts";
import type { Problem } from "./model/words.ts";
import { loadState, putSecret } from "./store.ts";

// Where there are more secrets than the page loads, it asks for each folder when that is opened, and has the service
// search.

const found = signal<ReadonlyMap<string, Stub>>(new Map());
const asked = new Set<string>();

/** Folders that are known by their number of secrets, although these are not loaded. */
export const stubs = computed<readonly Stub[]>(() => (loadState.value.more ? [...found.value.values()] : []));

export const folderProblem = signal<Problem | undefined>(undefined);

export function forgetFolders(): void {
  found.value = new Map();
  asked.clear();
  folderProblem.value = undefined;
}

/** Loads what is directly in a folder, unless everything is loaded anyway. "" is the root. */
export function openFolder(path: string): void {
  if (!loadState.value.more || asked.has(path)) return;
  asked.add(path);
  readFolder(path).catch((error: unknown) => {
    asked.delete(path);
    folderProblem.value = problemFrom(error);
  });
}

async function readFolder(path: string): Promise<void> {
  const known = new Map(found.value);
  for (let pageToken = ""; ; ) {
    const request = { folder: path, view: SecretView.METADATA, pageSize: limits.pageMax, pageToken };
    const page = await secretService.listSecrets(request);
    for (const { path: at, secrets, expiring, expired, rotationDue, more } of page.folders) {
      known.set(at, { path: at, count: secrets, due: { expired, expiring, rotationDue }, hasMore: more });
    }
    for (const secret of page.secrets) putSecret(secret);
    pageToken = page.nextPageToken;
    if (pageToken === "") break;
  }
  found.value = new Map([...found.value, ...known]);
}

/** Has the service search where not everything is loaded. What it finds is added to the list. */
export async function searchService(text: string, signal: AbortSignal): Promise<void> {
  if (!loadState.value.more || text.trim() === "" || text.includes("*")) return;
  try {
    const request = { text: text.trim(), view: SecretView.METADATA, pageSize: limits.pageMax };
    const { secrets } = await secretService.listSecrets(request, { signal });
    for (const secret of secrets) putSecret(secret);
  } catch (error) {
    if (!signal.aborted) folderProblem.value = problemFrom(error);
  }
}
