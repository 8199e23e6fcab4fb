import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { drawTerminal } from "../../scripts/terminal/draw.ts";
import { recordTerminal } from "../../scripts/terminal/record.ts";
import { repository } from "../support/docs/markdown.ts";

test("docs/terminal.svg shows what its commands print; npm run picture draws it anew", async () => {
  const picture = readFileSync(join(repository, "docs/terminal.svg"), "utf8");
  expect(picture).toBe(drawTerminal(await recordTerminal()));
}, 120_000);
