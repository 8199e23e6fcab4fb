import { mergeConfig } from "vitest/config";
import { configOf } from "./test/support/vitest/projects.ts";

/**
 * The tests that draw random inputs, with ten times as many and more. The workers get this from the environment: a
 * project that extends a configuration has an `env` of its own.
 */
process.env.RANDOM_TIMES ??= "1";

const testTimeout = 1_800_000;

export default mergeConfig(configOf("random"), { test: { testTimeout } });
