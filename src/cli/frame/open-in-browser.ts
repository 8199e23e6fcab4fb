import { spawn } from "node:child_process";
import type { Cli } from "./cli.ts";

const openers: Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>> = {
  darwin: ["open"],
  win32: ["explorer.exe"],
};

/**
 * Opens a file or an address, which must not be secret: every user of the machine can see a command line. False when
 * there is no program for it. What that program does later is not waited for.
 */
export function openInBrowser({ env }: Pick<Cli, "env">, what: string): Promise<boolean> {
  const [program, ...args] = openers[process.platform] ?? ["xdg-open"];
  return new Promise((resolve) => {
    const child = spawn(program, [...args, what], { env, stdio: "ignore", detached: true });
    child.once("error", () => resolve(false));
    child.once("spawn", () => {
      child.unref();
      resolve(true);
    });
  });
}
