import { say } from "./note.tsx";

/** Copies what the page shows anyway, such as a new token or a link. Says whether it did. */
export async function copyText(text: string): Promise<boolean> {
  if (navigator.clipboard === undefined) {
    say("This connection is not secure, so the browser has no clipboard here. Select it and copy it.");
    return false;
  }
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    say("The browser refused the clipboard. Select it and copy it.");
    return false;
  }
  say("Copied. It stays in the clipboard until you copy something else.");
  return true;
}
