import { join } from "node:path";
import { createVitest, type Reporter } from "vitest/node";

// A process that runs test files again and again, as its parent asks, without the start of vitest each time. Run in a
// copy of the checkout.

let failed = false;
const stop = () => {
  failed = true;
  void vitest.cancelCurrentRun("test-failure");
};
const reporter: Reporter = {
  onTestCaseResult: (test) => {
    if (test.result().state === "failed") stop();
  },
  onTestModuleEnd: (module) => {
    if (module.state() === "failed") stop();
  },
};
const vitest = await createVitest("test", {
  ...{ root: process.cwd(), config: "test/mutants/vitest.config.ts", project: ["sqlite"], watch: false, maxWorkers: 1 },
  ...{ reporters: [reporter], silent: true },
});

process.on("message", ({ files }: { readonly files: readonly string[] }) => {
  void run(files).then(
    (passed) => process.send?.({ passed }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.on("disconnect", () => process.exit());
process.send?.({ ready: true });

async function run(files: readonly string[]): Promise<boolean> {
  failed = false;
  const [project] = vitest.projects;
  if (project === undefined) throw new Error("there is no project");
  const specifications = files.map((file) => project.createSpecification(join(process.cwd(), file)));
  const { unhandledErrors } = await vitest.runTestSpecifications(specifications);
  return !failed && unhandledErrors.length === 0;
}
