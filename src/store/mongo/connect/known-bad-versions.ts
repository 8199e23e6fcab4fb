/** A vulnerability of MongoDB that matters to a store of secrets, and the first version of each series without it. */
interface Vulnerability {
  readonly name: string;
  readonly what: string;
  readonly fixedIn: readonly (readonly [major: number, minor: number, patch: number])[];
}

const vulnerabilities: readonly Vulnerability[] = [
  {
    name: "CVE-2025-14847",
    what: "shows its memory to anyone who can connect",
    fixedIn: [
      [6, 0, 27],
      [7, 0, 28],
      [8, 0, 17],
      [8, 2, 3],
    ],
  },
  {
    name: "CVE-2026-8053",
    what: "lets any of its users run programs",
    fixedIn: [
      [6, 0, 28],
      [7, 0, 34],
      [8, 0, 23],
      [8, 2, 9],
      [8, 3, 2],
    ],
  },
];

/** The first version of each series without any of the vulnerabilities, such as `8.0.23`. */
export function firstSafeVersions(): readonly string[] {
  const versions = vulnerabilities.flatMap(({ fixedIn }) => fixedIn.map((version) => version.join(".")));
  return versions.filter((version) => {
    const [major, minor, patch] = version.split(".").map(Number);
    const isLater = ([otherMajor, otherMinor, otherPatch]: readonly number[]) =>
      otherMajor === major && otherMinor === minor && Number(otherPatch) > Number(patch);
    return !vulnerabilities.some(({ fixedIn }) => fixedIn.some(isLater));
  });
}

/** The known vulnerabilities of a version such as `7.0.12`, each with its name and effect. */
export function knownVulnerabilities(version: string): readonly string[] {
  const [major = 0, minor = 0, patch = 0] = version.split(".").map((part) => Number.parseInt(part, 10));
  return vulnerabilities
    .filter((vulnerability) => isOpen(vulnerability, major, minor, patch))
    .map(({ name, what }) => `${name}, which ${what}`);
}

function isOpen({ fixedIn }: Vulnerability, major: number, minor: number, patch: number): boolean {
  const [lastMajor = 0, lastMinor = 0] = fixedIn.at(-1) ?? [];
  // Later series never had the vulnerability.
  if (major > lastMajor || (major === lastMajor && minor > lastMinor)) return false;
  const series = fixedIn.find(([fixedMajor, fixedMinor]) => fixedMajor === major && fixedMinor === minor);
  return series === undefined || patch < series[2];
}
