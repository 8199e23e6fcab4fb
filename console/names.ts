import { signal } from "@preact/signals";
import { NameKind } from "../gen/secret/v1/identity_service_pb.ts";
import { limits } from "../src/limits.ts";
import { identityService } from "./api.ts";
import type { Name, Names } from "./model/grid.ts";

/** The users and roles of the tenant, as far as the viewer may see them. Empty until they are loaded. */
export const names = signal<Names>(new Map());

let loading: Promise<void> | undefined;

/** More names than this are not loaded: the picker finds what is typed, and the grid shows what is in the lists. */
const pagesMax = 5;

/** Loads them once. Without the permission the page works without: a name is then shown without what it is. */
export function loadNames(): Promise<void> {
  loading ??= readNames().catch(() => undefined);
  return loading;
}

export function forgetNames(): void {
  loading = undefined;
  names.value = new Map();
}

async function readNames(): Promise<void> {
  const found = new Map<string, Name>();
  let pageToken = "";
  for (let page = 0; page < pagesMax; page += 1) {
    const answer = await identityService.listNames({ pageSize: limits.pageMax, pageToken });
    for (const { name, kind, members, isAdmin } of answer.names) {
      found.set(name, { name, kind: kind === NameKind.ROLE ? "role" : "user", members, isAdmin });
    }
    pageToken = answer.nextPageToken;
    if (pageToken === "") break;
  }
  names.value = found;
}
