/** Names of trust domains and parts of paths, as in the SPIFFE specification. */
const domainForm = /^[a-z0-9._-]{1,255}$/;
const idForm = /^spiffe:\/\/([a-z0-9._-]{1,255})((?:\/[A-Za-z0-9._-]+)+)$/;
const idBytes = 2048;

/** Whether a text is the name of a SPIFFE trust domain. */
export function isTrustDomain(text: string): boolean {
  return domainForm.test(text);
}

/** The trust domain of a SPIFFE ID that names a workload; undefined for any other text. */
export function trustDomainOf(id: string): string | undefined {
  if (id.length > idBytes) return undefined;
  const [, domain, path = ""] = idForm.exec(id) ?? [];
  const isPlain = path.split("/").every((part) => part !== "." && part !== "..");
  return isPlain ? domain : undefined;
}
