import type { MigrationStep } from "./step.ts";
import { toVersion2 } from "./to-2-facts.ts";
import { toVersion3 } from "./to-3-quotas.ts";
import { toVersion4 } from "./to-4-event-macs.ts";
import { toVersion5 } from "./to-5-logins.ts";
import { toVersion6 } from "./to-6-passkeys.ts";
import { toVersion7 } from "./to-7-permits.ts";
import { toVersion8 } from "./to-8-bytes.ts";
import { toVersion9 } from "./to-9-names.ts";

/** Every step, in order. The first migrates from the oldest schema version that this program reads. */
export const migrationSteps: readonly MigrationStep[] = [
  toVersion2,
  toVersion3,
  toVersion4,
  toVersion5,
  toVersion6,
  toVersion7,
  toVersion8,
  toVersion9,
];
