import { describe } from "vitest";
import { describeApi } from "../suites/api/describe-api.ts";
import { allTransports } from "../support/api/transports.ts";

for (const transport of allTransports) describe(transport.name, () => describeApi(transport));
