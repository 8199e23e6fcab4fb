import { StoreError } from "../../store-error.ts";

/** Throws `StoreError` when the server says that it wrote fewer or more documents than it was sent. */
export function requireWritten(written: number, sent: number): void {
  if (written === sent) return;
  throw new StoreError("unavailable", `MongoDB wrote ${written} documents of ${sent}`, { fault: "changed" });
}
