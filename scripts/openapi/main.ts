/**
 * Writes `docs/openapi.json` from the contract, or with `--check` fails when it is stale. The contract is read with buf
 * and not from `gen/`, which has no comments.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createFileRegistry, fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { createDocument } from "./document.ts";

const root = join(import.meta.dirname, "../..");
const file = join(root, "docs/openapi.json");

const image = execFileSync(join(root, "node_modules/.bin/buf"), ["build", "proto", "-o", "-"], {
  cwd: root,
  maxBuffer: 64 * 1024 * 1024,
});
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
const document = createDocument(createFileRegistry(fromBinary(FileDescriptorSetSchema, image)), version);
const text = `${JSON.stringify(document, null, 2)}\n`;

if (!process.argv.includes("--check")) {
  writeFileSync(file, text);
} else if (readFileSync(file, "utf8") !== text) {
  process.stderr.write("docs/openapi.json is stale: run 'npm run generate' and commit the result\n");
  process.exitCode = 1;
}
