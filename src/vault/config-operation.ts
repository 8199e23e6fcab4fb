import { noContent } from "./answers.ts";
import { readFields } from "./body.ts";
import { type MountPath, refusing } from "./mount-path.ts";
import type { Operation } from "./operation.ts";
import { notFound, unsupported } from "./refusal.ts";
import { requireDefaults } from "./settings.ts";

const shown = { cas_required: false, delete_version_after: "0s", max_versions: 10, metadata_cas_required: false };

/** The settings of a mount, which are fixed. */
export function configOperation({ verb, isRoot }: MountPath): Operation {
  const [name, action] = ["MountConfig", "secret.list"];
  if (!isRoot) return refusing(name, action, notFound());
  if (verb === "GET") {
    return { name, action, run: async () => ({ status: 200, data: JSON.stringify(shown), isUnrecorded: true }) };
  }
  if (verb !== "PUT" && verb !== "POST") return refusing(name, action, unsupported());
  return {
    name,
    action,
    async run({ body }) {
      requireDefaults(readFields(body));
      return { ...noContent, isUnrecorded: true };
    },
  };
}
