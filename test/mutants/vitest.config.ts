import { mergeConfig } from "vitest/config";
import config from "../../vitest.config.ts";

/** The tests of `npm test`, with a count of what each file calls. */
export default mergeConfig(config, { test: { setupFiles: ["test/mutants/coverage-setup.ts"] } });
