// JavaScript, because it is loaded in each thread, and a thread would first load what strips types.
import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";

// The threads of the embedded store load their sources several hundred times in a run.
enableCompileCache(fileURLToPath(new URL("../../../.cache/compiled", import.meta.url)));
