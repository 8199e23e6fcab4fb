import type { MigrationStep } from "./step.ts";
import { toVersion5 } from "./to-5-facts.ts";
import { toVersion6 } from "./to-6-quotas.ts";
import { toVersion7 } from "./to-7-event-macs.ts";
import { toVersion8 } from "./to-8-logins.ts";
import { toVersion9 } from "./to-9-audit-actions.ts";
import { toVersion10 } from "./to-10-passkeys.ts";
import { toVersion11 } from "./to-11-permits.ts";
import { toVersion12 } from "./to-12-bytes.ts";

/** Every step, in order. The first migrates from the oldest schema version that this program reads. */
export const migrationSteps: readonly MigrationStep[] = [
  toVersion5,
  toVersion6,
  toVersion7,
  toVersion8,
  toVersion9,
  toVersion10,
  toVersion11,
  toVersion12,
];
