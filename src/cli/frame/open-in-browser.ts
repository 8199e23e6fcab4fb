import { spawn } from "node:child_process";
import type { Cli } from "./cli.ts";
import { systemProgram } from "./windows.ts";

/**
 * Opens a file or an address, which must not be secret: every user of the machine can see a command line. False when
 * there is no program for it. What that program does later is not waited for.
 */
export function openInBrowser({ env }: Pick<Cli, "env">, what: string): Promise<boolean> {
  const [program, ...args] = openerOf(process.platform, env);
  return new Promise((resolve) => {
    const child = spawn(program, [...args, what], { env, stdio: "ignore", detached: true });
    child.once("error", () => resolve(false));
    child.once("spawn", () => {
      child.unref();
      resolve(true);
    });
  });
}

/** Explorer of Windows opens a folder when an address has a query; this opens the browser. */
function openerOf(system: NodeJS.Platform, env: Cli["env"]): readonly [string, ...string[]] {
  if (system === "win32") return [systemProgram("System32\\rundll32.exe", env), "url.dll,FileProtocolHandler"];
  return system === "darwin" ? ["open"] : ["xdg-open"];
}
