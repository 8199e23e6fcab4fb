import { say } from "./note.tsx";

/** Copies what the page shows anyway, such as a new token or a link. */
export async function copyText(text: string): Promise<void> {
  if (navigator.clipboard === undefined) {
    say("This connection is not secure, so the browser has no clipboard here. Select it and copy it.");
    return;
  }
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    say("The browser refused the clipboard. Select it and copy it.");
    return;
  }
  say("Copied. It stays in the clipboard until you copy something else.");
}
