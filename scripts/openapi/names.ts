/**
 * The name of a message in the document. Generators of clients name the answer of a call `ListSecretsResponse`, with
 * its status and headers, so no schema may have such a name.
 */
export function schemaName(message: string): string {
  return message.replace(/Response$/, "Reply");
}
