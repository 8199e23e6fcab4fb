import { readFileSync } from "node:fs";
import { join } from "node:path";

/** How bin/secret-svc starts the service, for where there is no shell to run it. */
export interface Start {
  readonly flags: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** Reads it from the scripts, so that there is one place to change. Throws when they are written in another way. */
export function startOf(folder: string): Start {
  const program = readFileSync(join(folder, "bin/secret-svc"), "utf8");
  const shared = /^exec "\$node" (.*) \$flags "\$script" "\$@"$/m.exec(readFileSync(join(folder, "bin/run"), "utf8"));
  const own = /\bflags='(.*?)'/.exec(program);
  const defaults = [...program.matchAll(/\b(\w+)="\$\{\1:-(\w+)\}"/g)];
  if (shared?.[1] === undefined || own?.[1] === undefined || defaults.length === 0) {
    throw new Error("bin/run or bin/secret-svc starts the service in another way than the image knows");
  }
  return {
    flags: [...shared[1].split(" "), ...own[1].split(" ")],
    environment: Object.fromEntries(defaults.map(([, name = "", value = ""]) => [name, value])),
  };
}
