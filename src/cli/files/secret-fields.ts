import type { MessageInitShape } from "@bufbuild/protobuf";
import type { SecretInputSchema } from "../../../gen/secret/v1/secret_service_pb.ts";
import { type AccessListName, accessListNames } from "../../text/access-list-names.ts";

/** One secret of a save request. */
export type SecretInput = Exclude<MessageInitShape<typeof SecretInputSchema>, { $typeName: string }>;

/** Fields of a file entry that are one text. */
export const textNames = ["id", "key", "value", "checksum", "checksumAlgorithm", "owner"] as const;

export type TextName = (typeof textNames)[number];

/** Every field that an entry of a file may have. */
export const fieldNames: readonly string[] = [...textNames, "encrypted", ...accessListNames, "metadata", "ifVersion"];

/** What a list, or the metadata, is to become: an empty one is cleared, which the contract spells differently. */
export function setList(input: SecretInput, name: AccessListName, entries: readonly string[]): void {
  if (entries.length === 0) input.clear = [...(input.clear ?? []), name];
  else input[name] = [...entries];
}

/** See `setList`. The pairs may have any names, `__proto__` included. */
export function setMetadata(input: SecretInput, pairs: ReadonlyMap<string, string>): void {
  if (pairs.size === 0) input.clear = [...(input.clear ?? []), "metadata"];
  else input.metadata = Object.fromEntries(pairs);
}
