/**
 * Where an error was thrown, with the innermost place first. The stack begins with the message, which may contain lines
 * that look like these.
 */
export function stackFrames({ stack = "", message }: Error): string[] {
  const start = stack.indexOf(message);
  const lines = stack.slice(start < 0 ? 0 : start + message.length).split("\n");
  return lines.filter((line) => /^\s+at /.test(line)).map((line) => line.trim().replace(/^at /, ""));
}
