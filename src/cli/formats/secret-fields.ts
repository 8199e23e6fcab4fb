import type { MessageInitShape } from "@bufbuild/protobuf";
import type { SecretInputSchema } from "../../../gen/secret/v1/secret_service_pb.ts";
import { type AccessListName, accessListNames } from "../../text/access-list-names.ts";

/** One secret of a save request. */
export type SecretInput = Exclude<MessageInitShape<typeof SecretInputSchema>, { $typeName: string }>;

/** Fields of a file entry whose value is a string. */
export const textNames = ["id", "key", "value", "checksum", "checksumAlgorithm", "owner"] as const;

export type TextName = (typeof textNames)[number];

/** Every field that an entry of a file may have. */
export const fieldNames: readonly string[] = [...textNames, "encrypted", ...accessListNames, "metadata", "ifVersion"];

/** Sets a list. An empty one goes into `clear`, because the contract takes an empty list for no change. */
export function setList(input: SecretInput, name: AccessListName, entries: readonly string[]): void {
  if (entries.length === 0) input.clear = [...(input.clear ?? []), name];
  else input[name] = [...entries];
}

/** Sets the metadata, like `setList`. The pairs may have any names, including `__proto__`. */
export function setMetadata(input: SecretInput, pairs: ReadonlyMap<string, string>): void {
  if (pairs.size === 0) input.clear = [...(input.clear ?? []), "metadata"];
  else input.metadata = Object.fromEntries(pairs);
}
