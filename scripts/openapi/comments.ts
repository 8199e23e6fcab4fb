import type { DescFile } from "@bufbuild/protobuf";
import { schemaName } from "./names.ts";

/** Numbers of fields in `google/protobuf/descriptor.proto`. The paths to comments consist of them. */
export const at = { message: 4, enum: 5, service: 6, messageField: 2, enumValue: 2, serviceMethod: 2 } as const;

/** Finds the comment before a part of a file, as one paragraph; empty when there is none. */
export type ReadComment = (file: DescFile, ...path: number[]) => string;

/**
 * Reads the comments of the contract for readers of its JSON form: fields and messages have the names that they have
 * there. `files` are those whose names may be mentioned.
 */
export function createCommentReader(files: readonly DescFile[]): ReadComment {
  const jsonNames = new Map(
    files.flatMap((file) =>
      file.messages.flatMap(({ fields }) => fields.map(({ name, jsonName }) => [name, jsonName])),
    ),
  );
  const messages = new Set(files.flatMap((file) => file.messages.map(({ name }) => name)));
  const comments = new Map(
    files.flatMap((file) =>
      (file.proto.sourceCodeInfo?.location ?? []).map(({ path, leadingComments }) => [
        `${file.name} ${path.join(" ")}`,
        leadingComments,
      ]),
    ),
  );
  return (file, ...path) =>
    (comments.get(`${file.name} ${path.join(" ")}`) ?? "")
      .replaceAll(/\s+/g, " ")
      .trim()
      .replaceAll(/\b[a-z]+(?:_[a-z]+)+\b/g, (name) => jsonNames.get(name) ?? name)
      .replaceAll(/\b[A-Za-z]+\b/g, (name) => (messages.has(name) ? schemaName(name) : name));
}
