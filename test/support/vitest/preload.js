// JavaScript, because it is loaded in each thread, and a thread would first load what strips types.
import { enableCompileCache, registerHooks } from "node:module";
import { fileURLToPath } from "node:url";
import { getEnvironmentData, isMainThread, setEnvironmentData } from "node:worker_threads";

enableCompileCache(fileURLToPath(new URL("../../../.cache/compiled", import.meta.url)));

// A thread of the embedded store has an empty environment.
if (isMainThread) setEnvironmentData("storeThread", process.env.TEST_STORE_THREAD);
else useBundle(getEnvironmentData("storeThread"));

/** See store-thread-setup.ts. */
function useBundle(url) {
  if (url === undefined) return;
  const hooks = registerHooks({
    resolve: (specifier, context, next) => {
      if (!specifier.endsWith("/src/store/sqlite/worker.ts")) return next(specifier, context);
      hooks.deregister();
      return { url, format: "module", shortCircuit: true };
    },
  });
}
