// Draws docs/architecture.svg from the imports of src.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { drawArchitecture, drawingFile } from "./draw.ts";
import { readSource } from "./imports.ts";

const root = join(import.meta.dirname, "../..");
writeFileSync(join(root, drawingFile), drawArchitecture(readSource(join(root, "src"))));
