/** `npm run picture`: runs the commands of the README's picture against a service, and draws docs/terminal.svg anew. */
import { writeFileSync } from "node:fs";
import { drawTerminal } from "./terminal/draw.ts";
import { recordTerminal } from "./terminal/record.ts";

writeFileSync(new URL("../docs/terminal.svg", import.meta.url), drawTerminal(await recordTerminal()));
