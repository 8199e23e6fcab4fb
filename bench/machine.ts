import { execFileSync } from "node:child_process";
import { cpus, release, totalmem, type } from "node:os";

/** Lines for above the table: what it was measured on, and with which versions. */
export function describeMachine(
  programs: readonly { readonly binary: string; readonly args: readonly string[] }[],
): string {
  const [cpu] = cpus();
  const memory = `${Math.round(totalmem() / 1024 ** 3)} GiB`;
  const machine = `${cpus().length} × ${cpu?.model.trim()}, ${memory}, ${type()} ${release()}`;
  return [machine, `Node ${process.version}`, ...programs.map(versionOf)].join("; ");
}

function versionOf({ binary, args }: { readonly binary: string; readonly args: readonly string[] }): string {
  const [first = ""] = execFileSync(binary, args, { encoding: "utf8" }).split("\n");
  return first.replace(/ \(.*/, "").replace("db version", "MongoDB").trim();
}
