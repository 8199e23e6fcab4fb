/** The tenant that is filled has many small services, each with its own namespace and team. */
export const secretsOfService = 100;

export function keyAt(index: number): string {
  const service = String(Math.floor(index / secretsOfService)).padStart(5, "0");
  return `svc-${service}/SETTING_${String(index % secretsOfService).padStart(3, "0")}`;
}

export function teamAt(index: number): string {
  return `team-${Math.floor(index / secretsOfService) % 1000}`;
}

/** Sees only ten secrets, the last ones, however many there are. */
export const fewSlug = "sees-few";
export const fewRole = "few";
export const fewSecrets = 10;

/** Sees all secrets, by being listed on each. */
export const allSlug = "sees-all";
export const allRole = "all";
