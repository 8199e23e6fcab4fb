/** Both are on the same secrets. Their names are fixed. */
export const mountNames = ["secret", "env"] as const;
export type MountName = (typeof mountNames)[number];

const descriptions: Readonly<Record<MountName, string>> = {
  secret: "secrets, one for each path",
  env: "secrets, as the fields of the path above them",
};

/** The description of a mount; undefined when there is none with this name. */
export function mountOf(name: string): Readonly<Record<string, unknown>> | undefined {
  if (!isMountName(name)) return undefined;
  return {
    accessor: `kv_${name}`,
    config: { default_lease_ttl: 0, force_no_cache: false, max_lease_ttl: 0 },
    deprecation_status: "supported",
    description: descriptions[name],
    external_entropy_access: false,
    local: false,
    options: { version: "2" },
    path: `${name}/`,
    plugin_version: "",
    running_plugin_version: "",
    running_sha256: "",
    seal_wrap: false,
    type: "kv",
    uuid: "00000000-0000-0000-0000-000000000000",
  };
}

export function isMountName(name: string): name is MountName {
  return mountNames.some((each) => each === name);
}
