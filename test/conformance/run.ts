/**
 * Runs the conformance suites against the transport: h2spec, and that of Connect. Needs Go, which builds both into
 * `.cache/`. With arguments, runs only the suite of Connect, which gets them.
 */
import { runConnectSuite } from "./connect-suite.ts";
import { runH2spec } from "./h2spec/run.ts";

const args = process.argv.slice(2);
if (args.length > 0 || (await runH2spec())) runConnectSuite(args);
else process.exitCode = 1;
