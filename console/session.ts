import { signal } from "@preact/signals";

/** The only file that uses `localStorage` and `fetch`. What it stores is worthless without the cookie. */
const halfName = "secret-svc/page-half";
const themeName = "secret-svc/theme";
const seenName = "secret-svc/last-input";

export type Theme = "system" | "light" | "dark";

export const theme = signal<Theme>(readTheme());

function readTheme(): Theme {
  const stored = localStorage.getItem(themeName);
  return stored === "light" || stored === "dark" ? stored : "system";
}

export function showTheme(): void {
  const { dataset } = document.documentElement;
  if (theme.value === "system") delete dataset.theme;
  else dataset.theme = theme.value;
}

export function chooseTheme(chosen: Theme): void {
  theme.value = chosen;
  if (chosen === "system") localStorage.removeItem(themeName);
  else localStorage.setItem(themeName, chosen);
  showTheme();
}

/** The half of the session that this page has. The other half is in a cookie that no script can read. */
export function pageHalf(): string | undefined {
  return localStorage.getItem(halfName) ?? undefined;
}

export function newHalf(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  const text = btoa(String.fromCharCode(...bytes));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

export function storeHalf(half: string | undefined): void {
  if (half === undefined) localStorage.removeItem(halfName);
  else localStorage.setItem(halfName, half);
}

/** Another tab has signed out, or signed in as someone else. */
export function onOtherHalf(listener: () => void): void {
  addEventListener("storage", ({ key }) => {
    if (key === halfName || key === null) listener();
  });
}

/** When a person last did something in any tab, in ms by the clock of this machine. */
export function lastInput(): number {
  return Number(localStorage.getItem(seenName) ?? "0");
}

export function noteInput(now: number): void {
  localStorage.setItem(seenName, String(now));
}

/** Milliseconds by which the clock of the service is ahead of the one of this machine. */
let aheadMs = 0;

/** The time by the clock of the service: a wrong clock of a laptop must not say that a secret is still valid. */
export function serviceNow(): number {
  return Date.now() + aheadMs;
}

/** Headers have whole seconds, and take their time. A smaller difference than this is not one. */
const clockTolerance = 3000;

/** `fetch` with the page's half of the session, for calls to this service only. */
export const callService: typeof fetch = async (input, init) => {
  const headers = new Headers(init?.headers);
  const half = pageHalf();
  if (half !== undefined && !isOpening(input)) headers.set("x-oo-half", half);
  const response = await fetch(input, { ...init, headers, credentials: "same-origin", redirect: "error" });
  const date = Date.parse(response.headers.get("date") ?? "");
  if (!Number.isNaN(date)) {
    const difference = date + 500 - Date.now();
    aheadMs = Math.abs(difference) < clockTolerance ? 0 : difference;
  }
  return response;
};

/** A new session does not begin with the half of an old one. */
function isOpening(input: RequestInfo | URL): boolean {
  return String(input).endsWith("/OpenSession");
}
