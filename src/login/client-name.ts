import type { IncomingHttpHeaders } from "node:http";
import { limits } from "../limits.ts";

const browsers: readonly (readonly [RegExp, string])[] = [
  [/\bEdg(?:A|iOS)?\//, "Edge"],
  [/\bOPR\//, "Opera"],
  [/\b(?:Firefox|FxiOS)\//, "Firefox"],
  [/(?:Chrome|Chromium|CriOS)\//, "Chrome"],
  [/\bSafari\//, "Safari"],
];

const systems: readonly (readonly [RegExp, string])[] = [
  [/\bAndroid\b/, "Android"],
  [/\b(?:iPhone|iPad)\b/, "iOS"],
  [/\bWindows\b/, "Windows"],
  [/\bMac OS X\b/, "macOS"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bLinux\b/, "Linux"],
];

/**
 * What a browser says that it is, such as "Chrome, Linux", to distinguish the sessions of a list. It proves nothing.
 */
export function clientNameOf({ "user-agent": agent = "" }: IncomingHttpHeaders): string {
  const find = (names: typeof browsers) => names.find(([form]) => form.test(agent))?.[1];
  const found = [find(browsers), find(systems)].filter((name) => name !== undefined);
  return found.length === 0 ? "a browser" : found.join(", ").slice(0, limits.clientChars);
}
