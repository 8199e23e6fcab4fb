import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const terminal = fileURLToPath(new URL("./pseudo-terminal.py", import.meta.url));
const module = new URL("../../src/cli/terminal.ts", import.meta.url).href;
const script = `
  const { promptHidden } = await import(${JSON.stringify(module)});
  try { process.stdout.write((await promptHidden("Value: ")).toString("hex")); }
  catch (error) { process.stdout.write("error: " + error.message); }
`;

/** Types `keys` once the prompt is there; answers what the program wrote and what the terminal showed. */
function type(keys: string): { stdout: string; shown: string } {
  const args = [
    terminal,
    "Value: ",
    Buffer.from(keys).toString("hex"),
    process.execPath,
    "--input-type=module",
    "-e",
    script,
  ];
  const { stdout, stderr } = spawnSync("python3", args, { encoding: "utf8", timeout: 20_000 });
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout);
}

const hasPython = spawnSync("python3", ["--version"]).status === 0;

describe.runIf(hasPython)("threat 84: the prompt on the terminal", () => {
  test("takes what is typed byte for byte and shows none of it", () => {
    const { stdout, shown } = type("  pä$(x)\t'\"\\ \r");
    expect(Buffer.from(stdout, "hex").toString()).toBe("  pä$(x)\t'\"\\ ");
    expect(shown.trim()).toBe("Value:");
  });

  test("lets characters and lines be taken back", () => {
    expect(Buffer.from(type("xyz\x15aé\x7fb\x7f\x7fc\r").stdout, "hex").toString()).toBe("c");
  });

  test("is cancelled by Ctrl-C and Ctrl-D", () => {
    expect(type("abc\x03").stdout).toBe("error: cancelled");
    expect(type("abc\x04").stdout).toBe("error: cancelled");
  });

  test("refuses several pasted lines", () => {
    expect(type("one\rtwo\r").stdout).toBe("error: more than one line was pasted");
  });
});
