import { computed, signal } from "@preact/signals";

/** Where the page is. All of it is in the fragment, which browsers never send to a server. */
export type Route =
  | { readonly screen: "secrets"; readonly key: string | undefined }
  | { readonly screen: "audit"; readonly key: string }
  | { readonly screen: "people"; readonly section: PeopleSection }
  | { readonly screen: "import" | "health" | "compare" };

/** The parts of the page of people: one of them is shown at a time. */
export const peopleSections = ["users", "permits", "tokens", "you"] as const;

export type PeopleSection = (typeof peopleSections)[number];

const fragment = signal(location.hash);

export const route = computed<Route>(() => readRoute(fragment.value));

export function readRoute(hash: string): Route {
  const [, screen = "", ...rest] = hash.split("/");
  const key = decode(rest.join("/"));
  if (screen === "secret" && key !== "") return { screen: "secrets", key };
  if (screen === "audit") return { screen, key };
  if (screen === "people") return { screen, section: peopleSections.find((section) => section === key) ?? "users" };
  if (screen === "import" || screen === "health" || screen === "compare") return { screen };
  return { screen: "secrets", key: undefined };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export const links = {
  secrets: "#/secrets",
  people: (section: PeopleSection) => `#/people/${section}`,
  secret: (key: string) => `#/secret/${key.split("/").map(encodeURIComponent).join("/")}`,
  audit: (key = "") => (key === "" ? "#/audit" : `#/audit/${key.split("/").map(encodeURIComponent).join("/")}`),
} as const;

/** What has to happen before another place is shown, such as hiding a value. */
const leaving = new Set<() => void>();

export function onLeave(listener: () => void): () => void {
  leaving.add(listener);
  return () => leaving.delete(listener);
}

/** What asks before the page goes elsewhere, because something that was typed would be lost. */
const guards = new Set<() => boolean>();

/** `mayLeave` asks the person where that is needed. */
export function guardLeaving(mayLeave: () => boolean): () => void {
  guards.add(mayLeave);
  return () => guards.delete(mayLeave);
}

export function goTo(hash: string): void {
  if (location.hash !== hash) location.hash = hash;
}

/**
 * Takes a one-time code out of the address, so that it is neither in the history nor in what is copied from the bar.
 */
export function takeOneTimeCode():
  | { readonly kind: "handoff"; readonly code: string }
  | { readonly kind: "claim" }
  | undefined {
  const [, screen, code = ""] = location.hash.split("/");
  if (screen !== "handoff" && screen !== "claim") return undefined;
  history.replaceState(history.state, "", `${location.pathname}#/secrets`);
  fragment.value = location.hash;
  return screen === "claim" ? { kind: "claim" } : { kind: "handoff", code };
}

/** Where in the history the page is: each place has its number, so that one can be gone back to in either direction. */
let position = 0;

export function followFragment(): void {
  position = numberOf(history.state) ?? 0;
  history.replaceState({ position }, "");
  addEventListener("hashchange", () => {
    const to = numberOf(history.state) ?? position + 1;
    const isNew = location.hash !== fragment.peek();
    if (isNew && [...guards].some((mayLeave) => !mayLeave())) {
      // The browser has gone there already: Back, Forward and links do not ask.
      history.go(position - to);
      return;
    }
    position = to;
    history.replaceState({ position }, "");
    if (!isNew) return;
    for (const listener of leaving) listener();
    fragment.value = location.hash;
  });
}

function numberOf(state: unknown): number | undefined {
  const { position: found } = (state ?? {}) as { readonly position?: unknown };
  return typeof found === "number" ? found : undefined;
}
