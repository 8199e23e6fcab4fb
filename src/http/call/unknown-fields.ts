import type { DescMessage, Message } from "@bufbuild/protobuf";
import type { ReflectMessage } from "@bufbuild/protobuf/reflect";
import { reflect } from "@bufbuild/protobuf/reflect";

/**
 * Whether a decoded message, or one nested in it, had fields that the contract does not have. Entries of maps cannot be
 * checked: the decoder drops their unknown fields.
 */
export function hasUnknownFields(desc: DescMessage, message: Message): boolean {
  return isUnknownIn(reflect(desc, message));
}

function isUnknownIn(message: ReflectMessage): boolean {
  if ((message.getUnknown()?.length ?? 0) > 0) return true;
  return message.fields.some((field) => {
    if (!message.isSet(field)) return false;
    if (field.fieldKind === "message") return isUnknownIn(message.get(field));
    if (field.fieldKind !== "list" || field.listKind !== "message") return false;
    for (const item of message.get(field)) if (isUnknownIn(item as ReflectMessage)) return true;
    return false;
  });
}
