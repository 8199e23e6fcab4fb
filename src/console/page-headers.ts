import type { WebAnswer } from "../http/call/web-file.ts";

/**
 * No script but the page's own files, no request but to its own origin, no frame, and no text that becomes a script or
 * markup: with Trusted Types `'none'`, every sink for markup throws.
 */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src data:",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

/** What the page may never use. Writing to the clipboard is not in the list: Copy needs it. */
const permissionsPolicy = [
  "accelerometer",
  "autoplay",
  "camera",
  "clipboard-read",
  "display-capture",
  "encrypted-media",
  "fullscreen",
  "gamepad",
  "geolocation",
  "gyroscope",
  "hid",
  "idle-detection",
  "local-fonts",
  "magnetometer",
  "microphone",
  "midi",
  "payment",
  "picture-in-picture",
  "screen-wake-lock",
  "serial",
  "storage-access",
  "usb",
  "window-management",
  "xr-spatial-tracking",
]
  .map((feature) => `${feature}=()`)
  .join(", ");

const twoYears = 63_072_000;

/** The headers of the page itself. They are the whole protection against what other pages could do with it. */
export function pageHeaders(hasTls: boolean): WebAnswer["headers"] {
  return {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-cache",
    "content-security-policy": contentSecurityPolicy,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
    "permissions-policy": permissionsPolicy,
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    ...sharedHeaders(hasTls),
  };
}

/** The headers of scripts and styles. Their names change with their content, so a browser never asks again. */
export function assetHeaders(contentType: string, hasTls: boolean): WebAnswer["headers"] {
  return {
    "content-type": contentType,
    "cache-control": "public, max-age=31536000, immutable",
    ...sharedHeaders(hasTls),
  };
}

/** The headers of every answer, redirects and refusals also. */
export function sharedHeaders(hasTls: boolean): WebAnswer["headers"] {
  return {
    "cross-origin-resource-policy": "same-origin",
    "x-content-type-options": "nosniff",
    ...(hasTls ? { "strict-transport-security": `max-age=${twoYears}` } : {}),
  };
}
