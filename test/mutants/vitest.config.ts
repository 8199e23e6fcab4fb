import type { ViteUserConfig } from "vitest/config";
import { mergeConfig } from "vitest/config";
import { configOf } from "../support/vitest/projects.ts";

/** Tests run in the order in which they are named. */
class GivenOrder {
  async sort<Files>(files: Files): Promise<Files> {
    return files;
  }

  async shard<Files>(files: Files): Promise<Files> {
    return files;
  }
}

/**
 * The tests of `npm test`. Node reads the sources itself: that takes a fraction of the time of a bundler, and positions
 * in what runs are those in the source.
 */
const own: ViteUserConfig = {
  test: {
    experimental: { viteModuleRunner: false, nodeLoader: false },
    sequence: { sequencer: GivenOrder },
    setupFiles: process.env.COVERAGE_LOG === undefined ? [] : ["test/mutants/coverage-setup.ts"],
  },
};

export default mergeConfig(configOf("quick"), own);
