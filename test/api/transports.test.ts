import { describe } from "vitest";
import { describeApi } from "./describe-api.ts";
import { allTransports } from "./transports.ts";

for (const transport of allTransports) describe(transport.name, () => describeApi(transport));
