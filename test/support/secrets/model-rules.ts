import { type Entry, type List, lists, type Person, type Removal, type Save, type Verdict } from "./model.ts";

// The rules of the model, numbered as in the design of access.

export function has(person: Person, entry: Entry, list: List): boolean {
  if (person.admin) return true;
  const names = entry.lists.get(list) ?? new Set();
  return names.has(person.slug) || person.roles.some((role) => names.has(role));
}

/** Rule 10: a narrowed token keeps of its user's rights those that are granted on the key. */
export function may(person: Person, entry: Entry, list: List): boolean {
  return has(person, entry, list) && isGranted(person, actionOf[list], entry.key);
}

const actionOf: Record<List, string> = {
  readers: "read",
  writers: "save-value",
  deleters: "remove",
  canChangeReaders: "save-lists",
  canChangeWriters: "save-lists",
  canChangeDeleters: "save-lists",
};

export function isGranted(person: Person, action: string, key: string): boolean {
  if (person.can.length === 0) return true;
  return person.can.some((text) => {
    const [granted, glob = ""] = text.split(":");
    return granted === action && matches(glob, key);
  });
}

function matches(glob: string, key: string): boolean {
  const pattern = glob.replaceAll(/[.+]/g, "\\$&").replaceAll("*", ".*");
  return new RegExp(`^${pattern}$`).test(key);
}

export function isVisible(person: Person, entry: Entry): boolean {
  return lists.some((list) => may(person, entry, list));
}

/** Who may see who did what with a secret: "allowed", or the reason why not. */
export function judgeRecords(person: Person, key: string, entry: Entry | undefined): string {
  if (person.can.length > 0) return "NOT_GRANTED";
  if (person.admin) return "allowed";
  if (entry === undefined) return "NOT_FOUND";
  const owns = isOwner(person, entry) && !entry.removed && isVisible(person, entry);
  // Under the lists that are left, a removed secret is brought back by those who may write it.
  if (owns || has(person, entry, "writers")) return "allowed";
  const isKnown = isOwnPrefix(person, key) || (!entry.removed && isVisible(person, entry));
  return isKnown ? "MISSING_RIGHT write" : "NOT_FOUND";
}

/** Rule 4. Where one may create a key, one may learn that it is taken. */
function mayCreate(person: Person, key: string): boolean {
  return userMayCreate(person, key) && isGranted(person, "create", key);
}

function userMayCreate(person: Person, key: string): boolean {
  return person.admin || ownersOf(person, key).length > 0;
}

/**
 * Who may own a new key of someone who is not an admin: the slug under it, else who has a permit. The first one does.
 */
function ownersOf(person: Person, key: string): string[] {
  if (isOwnPrefix(person, key)) return [person.slug];
  const [first = "", second] = key.split("/");
  // No permit reaches under the slug of another user.
  if (second !== undefined && person.slugs.includes(first)) return [];
  return [person.slug, ...[...person.roles].sort()].filter((name) =>
    person.permits.some((permit) => permit.name === name && matches(permit.glob, key)),
  );
}

/** What is named as missing: the token's grant when the user would be allowed. */
function lacking(userMay: boolean, right: string): string {
  return `${userMay ? "NOT_GRANTED" : "MISSING_RIGHT"} ${right}`;
}

function notCreatable(person: Person, key: string): string {
  return userMayCreate(person, key) ? "NOT_GRANTED create" : "FOREIGN_PREFIX create";
}

/** Rule 6: three lists are changed by those in their change list, the change lists by their listed owner. */
function mayChange(person: Person, entry: Entry, list: List): boolean {
  return userMayChange(person, entry, list) && isGranted(person, "save-lists", entry.key);
}

function userMayChange(person: Person, entry: Entry, list: List): boolean {
  if (person.admin) return true;
  if (list === "readers") return has(person, entry, "canChangeReaders");
  if (list === "writers") return has(person, entry, "canChangeWriters");
  if (list === "deleters") return has(person, entry, "canChangeDeleters");
  return isOwner(person, entry) && entry.lists.get(list)?.has(entry.owner) === true;
}

const rightToChange: Record<List, string> = {
  readers: "change-readers",
  writers: "change-writers",
  deleters: "change-deleters",
  canChangeReaders: "change-readers",
  canChangeWriters: "change-writers",
  canChangeDeleters: "change-deleters",
};

/** One of the identities is the owner. */
function isOwner(person: Person, entry: Entry): boolean {
  return entry.owner === person.slug || person.roles.includes(entry.owner);
}

function isOwnPrefix(person: Person, key: string): boolean {
  const [first, second] = key.split("/");
  return second !== undefined && first === person.slug;
}

export function judgeSave(person: Person, entry: Entry | undefined, save: Save, index: number): Verdict {
  if (entry === undefined) return judgeCreation(person, undefined, save, index);
  if (entry.removed) return judgeCreation(person, entry, save, index);
  if (!isVisible(person, entry)) {
    const reason = mayCreate(person, save.key)
      ? lacking(has(person, entry, "writers"), "write")
      : notCreatable(person, save.key);
    return refuse("forbidden", index, save.key, [reason]);
  }
  return judgeUpdate(person, entry, save, index);
}

function judgeCreation(person: Person, former: Entry | undefined, save: Save, index: number): Verdict {
  const { key } = save;
  const allowed =
    former === undefined ? mayCreate(person, key) : has(person, former, "writers") && isGranted(person, "create", key);
  if (!allowed) {
    const mayKnow = former !== undefined && mayCreate(person, key);
    const reason = mayKnow ? "MISSING_RIGHT write" : notCreatable(person, key);
    return refuse("forbidden", index, key, [reason]);
  }
  const owners = former !== undefined ? [former.owner] : person.admin ? [person.slug] : ownersOf(person, key);
  const owner = owners.find((name) => name === save.owner) ?? owners[0] ?? "";
  const wanted = creationLists(person, former, save, owner);
  const missing: string[] = [];
  if (former !== undefined && !person.admin) {
    for (const list of lists) {
      if (differ(former.lists.get(list), wanted.get(list)) && !mayChange(person, former, list)) {
        missing.push(lacking(userMayChange(person, former, list), rightToChange[list]));
      }
    }
  }
  if (!person.admin && save.owner !== undefined && save.owner !== owner) missing.push("ADMIN_ONLY");
  if (missing.length > 0) return refuse("forbidden", index, key, missing);
  if (save.ifVersion !== undefined && save.ifVersion !== 0) return refuse("stale", index, key, ["STALE_VERSION"]);
  if (save.value === undefined) return refuse("invalid", index, key, ["INVALID_FIELD"]);
  if (!save.rightChecksum) return refuse("invalid", index, key, ["CHECKSUM_MISMATCH"]);

  const note = save.note === "clear" ? undefined : save.note;
  const version = (former?.version ?? 0) + 1;
  const changed = ["value", ...lists.filter((list) => (wanted.get(list)?.size ?? 0) > 0)];
  if (note !== undefined) changed.push("metadata");
  return {
    kind: "do",
    result: { key, outcome: "created", version, changed, entries: entriesBetween(new Map(), wanted) },
    entry: { key, value: save.value, version, owner: save.owner ?? owner, lists: wanted, note, removed: false },
  };
}

/**
 * Rule 5, and for a key that comes back: an admin's lists are what is asked for, anyone else builds on the stored ones.
 */
function creationLists(
  person: Person,
  former: Entry | undefined,
  save: Save,
  owner: string,
): ReadonlyMap<List, ReadonlySet<string>> {
  if (former !== undefined && !person.admin) return updatedLists(person, former, save);
  const creator = person.admin ? [] : [owner];
  return new Map(lists.map((list) => [list, new Set([...(asked(save, list) ?? []), ...creator])]));
}

function judgeUpdate(person: Person, entry: Entry, save: Save, index: number): Verdict {
  const { key } = save;
  const mayRead = may(person, entry, "readers");
  const mayWrite = may(person, entry, "writers");
  const newLists = updatedLists(person, entry, save);
  const changedLists = lists.filter((list) => differ(entry.lists.get(list), newLists.get(list)));
  const note = save.note === undefined ? entry.note : save.note === "clear" ? undefined : save.note;
  const owner = save.owner ?? entry.owner;
  const sameValue = save.value === undefined || (mayRead && save.value === entry.value);

  const changed = [
    ...(sameValue ? [] : ["value"]),
    ...changedLists,
    ...(note === entry.note ? [] : ["metadata"]),
    ...(owner === entry.owner ? [] : ["owner"]),
  ];
  const missing: string[] = [];
  const noWrite = lacking(has(person, entry, "writers"), "write");
  if ((!sameValue || note !== entry.note) && !mayWrite) missing.push(noWrite);
  for (const list of changedLists) {
    if (mayChange(person, entry, list)) continue;
    missing.push(lacking(userMayChange(person, entry, list), rightToChange[list]));
  }
  if (owner !== entry.owner) {
    if (!person.admin) missing.push("ADMIN_ONLY");
    else if (!isGranted(person, "save-lists", key)) missing.push("NOT_GRANTED");
  }
  if (changed.length === 0 && !maySaveUnchanged(person, entry)) missing.push(noWrite);
  if (missing.length > 0) return refuse("forbidden", index, key, missing);
  if (save.ifVersion !== undefined && save.ifVersion !== entry.version) {
    return refuse("stale", index, key, ["STALE_VERSION"]);
  }
  if (save.value !== undefined && !save.rightChecksum) return refuse("invalid", index, key, ["CHECKSUM_MISMATCH"]);
  if (changed.length === 0) {
    const result = { key, outcome: "unchanged", version: entry.version, changed, entries: [] } as const;
    return { kind: "do", result, entry: undefined };
  }
  const version = entry.version + 1;
  return {
    kind: "do",
    result: { key, outcome: "updated", version, changed, entries: entriesBetween(entry.lists, newLists) },
    entry: { ...entry, value: save.value ?? entry.value, version, owner, lists: newLists, note },
  };
}

/** Read or write is the user's part; of the token any way to save, or to read, will do. */
function maySaveUnchanged(person: Person, entry: Entry): boolean {
  if (!has(person, entry, "readers") && !has(person, entry, "writers")) return false;
  return ["read", "save-value", "save-lists"].some((action) => isGranted(person, action, entry.key));
}

/** A non-admin owner neither leaves a list by a save nor comes back into one. */
function updatedLists(person: Person, entry: Entry, save: Save): ReadonlyMap<List, ReadonlySet<string>> {
  const after = new Map(entry.lists);
  for (const list of lists) {
    const wanted = asked(save, list);
    if (wanted === undefined) continue;
    const names = new Set(wanted);
    if (!person.admin && isOwner(person, entry)) {
      if (entry.lists.get(list)?.has(entry.owner)) names.add(entry.owner);
      else names.delete(entry.owner);
    }
    after.set(list, names);
  }
  return after;
}

export function judgeRemoval(person: Person, entry: Entry | undefined, removal: Removal, index: number): Verdict {
  const { key } = removal;
  if (entry === undefined || entry.removed || !isVisible(person, entry)) {
    return refuse("forbidden", index, key, ["NOT_FOUND"]);
  }
  if (!may(person, entry, "deleters")) {
    return refuse("forbidden", index, key, [lacking(has(person, entry, "deleters"), "delete")]);
  }
  if (removal.ifVersion !== undefined && removal.ifVersion !== entry.version) {
    return refuse("stale", index, key, ["STALE_VERSION"]);
  }
  const version = entry.version + 1;
  return {
    kind: "do",
    result: { key, outcome: "removed", version, changed: [], entries: [] },
    entry: { ...entry, value: "", version, note: undefined, removed: true },
  };
}

function refuse(kind: "forbidden" | "stale" | "invalid", index: number, key: string, reasons: string[]): Verdict {
  return { kind, refusal: { index, key, reasons } };
}

function asked(save: Save, list: List): readonly string[] | undefined {
  const wanted = save.lists[list];
  if (wanted === "clear") return [];
  return wanted === undefined || wanted.length === 0 ? undefined : wanted;
}

function differ(a: ReadonlySet<string> = new Set(), b: ReadonlySet<string> = new Set()): boolean {
  return a.size !== b.size || [...a].some((name) => !b.has(name));
}

function entriesBetween(
  before: ReadonlyMap<List, ReadonlySet<string>>,
  after: ReadonlyMap<List, ReadonlySet<string>>,
): string[] {
  return lists.flatMap((list) => {
    const old = before.get(list) ?? new Set<string>();
    const now = after.get(list) ?? new Set<string>();
    const added = [...now].filter((name) => !old.has(name)).map((name) => `${list}+${name}`);
    const gone = [...old].filter((name) => !now.has(name)).map((name) => `${list}-${name}`);
    return [...added.sort(), ...gone.sort()];
  });
}
