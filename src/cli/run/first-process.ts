import { isSea } from "node:sea";

/** A container's first process gets the children of processes that ended, and must wait for them. */
const script = `
for signal in HUP TERM USR1 USR2 WINCH CONT ALRM; do trap "kill -$signal \\$pid 2>/dev/null" $signal; done
[ -t 0 ] || for signal in INT QUIT; do trap "kill -$signal \\$pid 2>/dev/null" $signal; done
"$@" <&0 &
pid=$!
while :; do
  wait "$pid"
  code=$?
  kill -0 "$pid" 2>/dev/null || exit "$code"
done
`;

/**
 * Where this is the first process of a container: becomes a shell that runs `oo` again, forwards signals to it, and
 * reaps everything that ends. Node waits only for the processes that it started. Elsewhere it does nothing.
 */
export function leaveFirstProcess(env: Readonly<NodeJS.ProcessEnv>): void {
  if (process.pid !== 1 || process.execve === undefined || process.platform === "win32") return;
  // The one binary is the program itself, and no options of Node are its own.
  const program = isSea() ? [process.execPath] : [process.execPath, ...process.execArgv, process.argv[1] ?? ""];
  const again = [...program, ...process.argv.slice(2)];
  try {
    process.execve("/bin/sh", ["sh", "-c", script, "oo", ...again], env);
  } catch {
    // An image without a shell. The command still runs.
  }
}
