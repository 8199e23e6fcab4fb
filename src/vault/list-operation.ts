import type { Context } from "../rules/context.ts";
import { type MountPath, refusing } from "./mount-path.ts";
import type { Operation } from "./operation.ts";
import { unsupported } from "./refusal.ts";

/** The names directly in a folder. */
export function listOperation(_context: Context, _path: MountPath): Operation {
  return refusing("ListMetadata", "secret.list", unsupported());
}
