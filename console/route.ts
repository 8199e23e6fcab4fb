import { computed, signal } from "@preact/signals";

/** Where the page is. All of it is in the fragment, which browsers never send to a server. */
export type Route =
  | { readonly screen: "secrets"; readonly key: string | undefined }
  | { readonly screen: "audit"; readonly key: string }
  | { readonly screen: "import" | "people" | "health" | "compare" };

const fragment = signal(location.hash);

export const route = computed<Route>(() => readRoute(fragment.value));

export function readRoute(hash: string): Route {
  const [, screen = "", ...rest] = hash.split("/");
  const key = decode(rest.join("/"));
  if (screen === "secret" && key !== "") return { screen: "secrets", key };
  if (screen === "audit") return { screen, key };
  if (screen === "import" || screen === "people" || screen === "health" || screen === "compare") return { screen };
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
  secret: (key: string) => `#/secret/${key.split("/").map(encodeURIComponent).join("/")}`,
  audit: (key = "") => (key === "" ? "#/audit" : `#/audit/${key.split("/").map(encodeURIComponent).join("/")}`),
} as const;

/** What has to happen before another place is shown, such as hiding a value. */
const leaving = new Set<() => void>();

export function onLeave(listener: () => void): () => void {
  leaving.add(listener);
  return () => leaving.delete(listener);
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
  history.replaceState(null, "", `${location.pathname}#/secrets`);
  fragment.value = location.hash;
  return screen === "claim" ? { kind: "claim" } : { kind: "handoff", code };
}

export function followFragment(): void {
  addEventListener("hashchange", () => {
    for (const listener of leaving) listener();
    fragment.value = location.hash;
  });
}
